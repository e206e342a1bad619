/** Comments that a reader has put aside, with why: remembered for the words they were about, undoable, told without text. */

import { headersOf, urlOf, type Asking } from "../shared/service.ts";

/** The reasons that `v1/feedback` knows which bear on a comment, as a reader would say them. */
export const REASONS: Record<string, string> = {
  missed_evidence: "It is said elsewhere in the record",
  wrong_evidence: "The text is misread",
  wrong_child: "It is about somebody else",
  not_relevant: "It does not matter for this record",
  other: "Another reason",
};

export interface Dismissal {
  key: string;
  dimension: string;
  code: string;
  message: string;
  reason: string;
}

/** A digest of the text, by which the same draft is known again; null where the browser offers none (plain http). */
export async function digestOf(text: string): Promise<string | null> {
  if (!globalThis.crypto?.subtle) return null;
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export interface Opinion {
  dimension: string;
  code: string;
  agree: boolean;
  reason_code?: string;
}

/**
 * Tell the service that a reader disagrees, or no longer does. No words of the record go along.
 *
 * Whether it takes it changes nothing for the reader: a service without a store answers 404, and the comment stays away.
 */
export async function tell(opinion: Opinion, text: string, asking: Asking): Promise<boolean> {
  try {
    const digest = await digestOf(text);
    const reply = await (asking.fetch ?? fetch)(urlOf(asking, "v1/feedback"), {
      method: "POST",
      headers: await headersOf(asking),
      body: JSON.stringify({ ...opinion, ...(digest ? { text_digest: digest } : {}) }),
      cache: "no-store",
      credentials: "same-origin",
      keepalive: true,
    });
    return reply.ok;
  } catch {
    return false;
  }
}
