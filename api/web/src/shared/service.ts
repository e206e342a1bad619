/** Asks the service about a draft, and puts whatever goes wrong in plain words. */

import type { Draft, Scorecard } from "./scorecard.ts";
import { sentenceCase } from "./words.ts";

export type TroubleKind =
  | "offline" | "busy" | "too_long" | "refused" | "signed_out" | "forbidden" | "late" | "failed";

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
  /** Whether people sign in to the page that asks. */
  signedIn?: boolean;
  fetch?: typeof fetch;
}

const TIMEOUT_MS = 120_000;
/** A save waits two seconds at most; somebody who reads on while a long draft is checked can wait longer. */
const DEADLINE_MS = 30_000;
const SCORE = "v1/score?offsets=utf-16";
const ASK = "Ask whoever runs the service.";

/** What a service says of itself when it refuses (RFC 9457). */
export interface Problem {
  code?: string;
  detail?: string;
  field?: string | null;
}

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
    const send = async (path: string): Promise<Response> =>
      (asking.fetch ?? fetch)(urlOf(asking, path), {
        method: "POST",
        headers: await headersOf(asking),
        body: bodyOf(draft),
        cache: "no-store",
        credentials: "same-origin",
        signal: either.signal,
      });
    let reply = await send(`${SCORE}&deadline_ms=${DEADLINE_MS}`);
    let problem = reply.ok ? {} : await problemOf(reply);
    if (reply.status === 422 && problem.field === "deadline_ms") {
      // This service gives nobody that long.
      reply = await send(SCORE);
      problem = reply.ok ? {} : await problemOf(reply);
    }
    if (reply.ok) return { card: (await reply.json()) as Scorecard };
    const wait = retryAfter(reply.headers.get("Retry-After"));
    return { trouble: troubleOf(reply.status, problem, wait, asking.signedIn) };
  } catch {
    if (signal.aborted) return { dropped: true };
    if (limit.aborted) return { trouble: late() };
    return { trouble: offline() };
  }
}

async function problemOf(reply: Response): Promise<Problem> {
  const found: unknown = await reply.json().catch(() => null); // a proxy answers as it likes
  return typeof found === "object" && found !== null ? found : {};
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

const BUSY: Readonly<Record<string, string>> = {
  busy: "The service is busy with other records.",
  not_ready: "The service is starting.",
  deadline_exceeded: "This draft takes a while to check. What is done is kept, so the next try goes further.",
};

const FORBIDDEN: Readonly<Record<string, string>> = {
  not_local: "Until it is set up who may use it, the service answers only on the computer it runs on.",
  cross_site: "The service takes no drafts from this page’s address.",
  wrong_host: "The service does not answer to this address.",
  insufficient_scope: "You are known to the service, but may not check drafts.",
};

/** The plain words for a reply that is no scorecard. */
export function troubleOf(status: number, problem: Problem, wait: number | null, signedIn = false): Trouble {
  const { code = "", detail, field = null } = problem;
  if (status === 429) {
    return trouble("busy", "More checks were asked for than the service allows just now.", { retryAfter: wait });
  }
  if (status === 503 || status === 504) {
    return trouble("busy", BUSY[code] ?? "The service is busy or starting.", { retryAfter: wait });
  }
  if (status === 408) {
    return trouble("late", "The draft did not reach the service in time. The connection may be slow.");
  }
  if (status === 413) {
    const words =
      code === "too_long_for_deadline" ? "The draft is too long to be checked while you wait."
      : code === "too_long" && detail ? sentenceCase(detail)
      : "The draft is too long to be checked at once.";
    return trouble("too_long", words, { field: "text", again: false });
  }
  if (status === 401) {
    const words = signedIn
      ? "Your sign-in has ended."
      : `The service does not know who is asking. ${ASK}`;
    return trouble("signed_out", words, { again: false });
  }
  if (status === 403 || status === 421) {
    const words = FORBIDDEN[code] ?? "The service does not let this page check drafts.";
    return trouble("forbidden", `${words} ${ASK}`, { again: false });
  }
  if (status === 400 || status === 422 || status === 415) {
    return trouble("refused", sentenceCase(detail ?? "The service could not read the request."), { field, again: false });
  }
  return trouble("failed", `The service could not check the draft (status ${status}).`, { retryAfter: wait });
}
