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
    expect(url).toBe("https://records.example/tool/v1/score?offsets=utf-16&deadline_ms=30000");
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
    [403, "forbidden", false],
    [408, "late", true],
    [421, "forbidden", false],
    [422, "refused", false],
    [500, "failed", true],
    [502, "failed", true],
  ])("%i is %s", (status, kind, again) => {
    expect(troubleOf(status, {}, null)).toMatchObject({ kind, again });
  });

  it.each([
    [401, "unauthenticated", "The service does not know who is asking."],
    [403, "not_local", "only on the computer it runs on"],
    [403, "insufficient_scope", "may not check drafts"],
    [403, "", "does not let this page check drafts"],
    [413, "too_long_for_deadline", "too long to be checked while you wait"],
    [413, "body_too_large", "too long to be checked at once"],
    [421, "wrong_host", "does not answer to this address"],
    [503, "not_ready", "starting"],
    [503, "busy", "busy with other records"],
    [503, "deadline_exceeded", "What is done is kept"],
  ])("%i %s is said in plain words, never the service's own", (status, code, words) => {
    const { message } = troubleOf(status, { code, detail: "deadline_ms and /v1/batches" }, null);
    expect(message).toContain(words);
    expect(message).not.toMatch(/_|\/v1/);
  });

  it("says that a sign-in has ended only where people sign in", async () => {
    const reply = () => answering(new Response("{}", { status: 401 })).fetch;
    const outcome = await ask(DRAFT, { base: "", signedIn: true, fetch: reply() }, never);
    expect(outcome).toMatchObject({ trouble: { kind: "signed_out", message: "Your sign-in has ended." } });
    const other = await ask(DRAFT, { base: "", fetch: reply() }, never);
    expect(other).toMatchObject({ trouble: { message: expect.not.stringContaining("sign-in") as string } });
  });

  it("asks again without a deadline of its own where the service gives nobody that long", async () => {
    const urls: string[] = [];
    const fetch = (url: string) => {
      urls.push(url);
      const problem = { code: "out_of_range", field: "deadline_ms", detail: "deadline_ms must be 1 to 5,000." };
      return Promise.resolve(
        urls.length === 1 ? new Response(JSON.stringify(problem), { status: 422 }) : new Response(JSON.stringify(card())),
      );
    };
    const outcome = await ask(DRAFT, { base: "", fetch: fetch as unknown as typeof globalThis.fetch }, never);
    expect("card" in outcome).toBe(true);
    expect(urls).toEqual(["v1/score?offsets=utf-16&deadline_ms=30000", "v1/score?offsets=utf-16"]);
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
