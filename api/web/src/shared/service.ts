/** Asks the service about a draft, and puts whatever goes wrong in plain words. */

import type { Draft, Scorecard } from "./scorecard.ts";
import { sentenceCase } from "./words.ts";

export type TroubleKind = "offline" | "busy" | "too_long" | "refused" | "signed_out" | "late" | "failed";

export interface Trouble {
  kind: TroubleKind;
  message: string;
  /** Path of the field that is refused, as in `people.0.age`. */
  field: string | null;
  /** Milliseconds the service asked to be left alone, or null where it did not say. */
  retryAfter: number | null;
  /** Whether asking again without a change could help. */
  again: boolean;
}

export type Outcome = { card: Scorecard } | { trouble: Trouble } | { dropped: true };

export interface Asking {
  /** Where the service is; the end of the URL is ours, and nothing of a record is ever in it. */
  base: string;
  token?: (() => string | null | Promise<string | null>) | null;
  fetch?: typeof fetch;
}

const TIMEOUT_MS = 120_000;

/** Milliseconds that a `Retry-After` header asks for: seconds or a date (RFC 9110, 10.2.3). */
export function retryAfter(header: string | null, now = Date.now()): number | null {
  if (!header) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

export function bodyOf(draft: Draft): string {
  return JSON.stringify({ text: draft.text, record_type: draft.recordType, people: draft.people, draft: true });
}

/** The headers of a request with JSON, and the caller's token where there is one. */
export async function headersOf(asking: Asking): Promise<Record<string, string>> {
  const token = asking.token ? await asking.token() : null;
  return { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) };
}

export function urlOf(asking: Asking, path: string): string {
  return `${asking.base.replace(/\/+$/, "")}${asking.base ? "/" : ""}${path}`;
}

export async function ask(draft: Draft, asking: Asking, signal: AbortSignal): Promise<Outcome> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  const either = new AbortController();
  for (const each of [signal, limit]) {
    if (each.aborted) either.abort();
    each.addEventListener("abort", () => either.abort(), { once: true });
  }
  try {
    const reply = await (asking.fetch ?? fetch)(urlOf(asking, "v1/score?offsets=utf-16"), {
      method: "POST",
      headers: await headersOf(asking),
      body: bodyOf(draft),
      cache: "no-store",
      credentials: "same-origin",
      signal: either.signal,
    });
    if (reply.ok) return { card: (await reply.json()) as Scorecard };
    const problem = (await reply.json().catch(() => ({}))) as { detail?: string; field?: string | null };
    return { trouble: troubleOf(reply.status, problem, retryAfter(reply.headers.get("Retry-After"))) };
  } catch {
    if (signal.aborted) return { dropped: true };
    if (limit.aborted) return { trouble: late() };
    return { trouble: offline() };
  }
}

function trouble(kind: TroubleKind, message: string, rest: Partial<Trouble> = {}): Trouble {
  return { kind, message, field: null, retryAfter: null, again: true, ...rest };
}

export function offline(): Trouble {
  return trouble("offline", "The service does not answer. It may have stopped, or you may be offline.");
}

function late(): Trouble {
  return trouble("late", "The service took too long to answer.");
}

export function tooLong(limit: number): Trouble {
  const most = limit.toLocaleString("en-GB");
  return trouble("too_long", `The draft is longer than ${most} characters, the most that can be checked at once.`, {
    field: "text",
    again: false,
  });
}

/** The plain words for a reply that is no scorecard. */
export function troubleOf(
  status: number,
  problem: { detail?: string; field?: string | null },
  wait: number | null,
): Trouble {
  const field = problem.field ?? null;
  if (status === 429) {
    return trouble("busy", "You have asked for more checks than the service allows just now.", { retryAfter: wait });
  }
  if (status === 503 || status === 504) {
    return trouble("busy", "The service is busy or starting.", { retryAfter: wait });
  }
  if (status === 413) {
    return trouble("too_long", sentenceCase(problem.detail ?? "The draft is too long to be checked at once."), {
      field: "text",
      again: false,
    });
  }
  if (status === 401 || status === 403) {
    return trouble("signed_out", "The service does not know you, or your sign-in has ended. Sign in and check again.", {
      again: false,
    });
  }
  if (status === 400 || status === 422 || status === 415) {
    return trouble("refused", sentenceCase(problem.detail ?? "The service could not read the request."), {
      field,
      again: false,
    });
  }
  return trouble("failed", `The service could not check the draft (status ${status}).`, { retryAfter: wait });
}
