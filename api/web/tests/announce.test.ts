import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Announcer, heardOf, QUIET_MS } from "../src/page/announce.ts";
import { card } from "./cards.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what is announced", () => {
  it("is what is new, at intervals, and nothing where nothing is", () => {
    const said: string[] = [];
    const announcer = new Announcer((text) => said.push(text));
    announcer.feedback(heardOf(card(), ["a"]));
    vi.advanceTimersByTime(0);
    expect(said).toEqual(["Child's voice: limited, Seen alone: limited, Analysis: limited, Parenting: limited. 1 comment."]);
    announcer.feedback(heardOf(card(), ["a", "b"]));
    announcer.feedback(heardOf(card({ analysis: { level: 2 } }), ["a", "b", "c"]));
    vi.advanceTimersByTime(QUIET_MS - 1);
    expect(said).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(said.slice(1)).toEqual(["Analysis: sound. 2 new comments."]);
    announcer.feedback(heardOf(card({ analysis: { level: 2 } }), ["a", "c"]));
    vi.advanceTimersByTime(QUIET_MS);
    expect(said).toHaveLength(2);
  });
});
