import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Checker, PAUSE_MS, type Phase } from "../src/shared/checker.ts";
import type { Draft, Scorecard } from "../src/shared/scorecard.ts";
import { offline, tooLong, troubleOf, type Outcome } from "../src/shared/service.ts";
import { card } from "./cards.ts";

interface Question {
  draft: Draft;
  signal: AbortSignal;
  answer(outcome: Outcome): Promise<void>;
}

function checking() {
  const questions: Question[] = [];
  const shown: string[] = [];
  const phases: Phase[] = [];
  let text = "";
  const checker = new Checker({
    read: () => ({ text, recordType: "visit", people: null }),
    ask: (draft, signal) =>
      new Promise((resolve) => {
        const answer = async (outcome: Outcome) => {
          resolve(outcome);
          await vi.advanceTimersByTimeAsync(0);
        };
        questions.push({ draft, signal, answer });
      }),
    onCard: (_: Scorecard, draft) => shown.push(draft.text),
    onPhase: (phase) => phases.push(phase),
  });
  const write = (now: string) => {
    text = now;
    checker.changed();
  };
  return { checker, questions, shown, phases, write };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the checker", () => {
  it("waits for a pause, and asks once", async () => {
    const { write, questions } = checking();
    for (const text of ["I", "I s", "I saw"]) {
      write(text);
      await vi.advanceTimersByTimeAsync(PAUSE_MS - 1);
    }
    expect(questions).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(questions.map(({ draft }) => draft.text)).toEqual(["I saw"]);
  });

  it("drops the reply to an older text, and ends its request", async () => {
    const { write, questions, shown } = checking();
    write("first");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    write("second");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(questions[0]!.signal.aborted).toBe(true);
    await questions[1]!.answer({ card: card() });
    await questions[0]!.answer({ card: card() });
    expect(shown).toEqual(["second"]);
  });

  it("does not ask twice about one text", async () => {
    const { write, questions, shown, phases } = checking();
    write("one");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    await questions[0]!.answer({ card: card() });
    write("one more");
    write("one");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(questions).toHaveLength(1);
    expect(shown).toEqual(["one", "one"]);
    expect(phases.at(-1)).toBe("current");
  });

  it("asks again after trouble, later and later, and at once when told", async () => {
    const { checker, write, questions, phases } = checking();
    write("text");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    await questions[0]!.answer({ trouble: offline() });
    expect(phases.at(-1)).toBe("trouble");
    await vi.advanceTimersByTimeAsync(3_000);
    expect(questions).toHaveLength(2);
    await questions[1]!.answer({ trouble: offline() });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(questions).toHaveLength(2);
    checker.now();
    expect(questions).toHaveLength(3);
  });

  it("leaves the service alone for as long as it asked, even while one writes on", async () => {
    const { write, questions } = checking();
    write("text");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    await questions[0]!.answer({ trouble: troubleOf(429, {}, 20_000) });
    write("text, longer");
    await vi.advanceTimersByTimeAsync(19_000);
    expect(questions).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(questions.map(({ draft }) => draft.text)).toEqual(["text", "text, longer"]);
  });

  it("does not repeat what cannot succeed until the text changes", async () => {
    const { write, questions } = checking();
    write("long");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    await questions[0]!.answer({ trouble: tooLong(3) });
    await vi.advanceTimersByTimeAsync(100_000);
    expect(questions).toHaveLength(1);
    write("lo");
    await vi.advanceTimersByTimeAsync(PAUSE_MS);
    expect(questions).toHaveLength(2);
  });

  it("says nothing of an empty draft", async () => {
    const { write, questions, phases } = checking();
    write("text");
    write("  ");
    await vi.advanceTimersByTimeAsync(PAUSE_MS * 2);
    expect(questions).toHaveLength(0);
    expect(phases.at(-1)).toBe("empty");
  });
});
