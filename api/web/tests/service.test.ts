import { describe, expect, it } from "vitest";

import { ask, retryAfter, troubleOf, urlOf } from "../src/shared/service.ts";
import { card } from "./cards.ts";

const DRAFT = { text: "Zephyrine was seen.", recordType: "visit", people: null };
const never = new AbortController().signal;

function answering(reply: Response | Error) {
  const asked: { url: string; init: RequestInit }[] = [];
  const fetch = (url: string, init: RequestInit) => {
    asked.push({ url, init });
    return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
  };
  return { asked, fetch: fetch as unknown as typeof globalThis.fetch };
}

describe("asking", () => {
  it("always sends a draft, and nothing of it in the address", async () => {
    const { asked, fetch } = answering(new Response(JSON.stringify(card())));
    const outcome = await ask(DRAFT, { base: "https://records.example/tool/", fetch, token: () => "secret" }, never);
    expect("card" in outcome).toBe(true);
    const [{ url, init }] = asked as [{ url: string; init: RequestInit }];
    expect(url).toBe("https://records.example/tool/v1/score?offsets=utf-16");
    expect(JSON.parse(init.body as string)).toEqual({
      text: DRAFT.text, record_type: "visit", people: null, draft: true,
    });
    expect((init.headers as Record<string, string>)["Authorization"]).toBe("Bearer secret");
  });

  it("is relative to the page where no address is given", () => {
    expect(urlOf({ base: "" }, "v1/score")).toBe("v1/score");
  });

  it("says that the service does not answer", async () => {
    const outcome = await ask(DRAFT, { base: "", fetch: answering(new TypeError("failed")).fetch }, never);
    expect(outcome).toMatchObject({ trouble: { kind: "offline", again: true } });
  });

  it("keeps to Retry-After", async () => {
    const reply = new Response("{}", { status: 503, headers: { "Retry-After": "7" } });
    const outcome = await ask(DRAFT, { base: "", fetch: answering(reply).fetch }, never);
    expect(outcome).toMatchObject({ trouble: { kind: "busy", retryAfter: 7_000 } });
  });

  it.each([
    [429, "busy", true],
    [503, "busy", true],
    [413, "too_long", false],
    [401, "signed_out", false],
    [403, "signed_out", false],
    [422, "refused", false],
    [500, "failed", true],
    [502, "failed", true],
  ])("%i is %s", (status, kind, again) => {
    expect(troubleOf(status, {}, null)).toMatchObject({ kind, again });
  });

  it.each([
    [null, null],
    ["5", 5_000],
    ["-5", 0],
    ["Thu, 01 Jan 1970 00:00:20 GMT", 10_000],
    ["soon", null],
  ])("Retry-After %s", (header, wait) => {
    expect(retryAfter(header, 10_000)).toBe(wait);
  });
});
