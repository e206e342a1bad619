/** Why each prompt and finding matters, and the standard it rests on, as the service's scheme has it. */

import { headersOf, urlOf, type Asking } from "./service.ts";

export interface Why {
  why: string;
  source: string[];
}

export type Reasons = Readonly<Record<string, Why>>;

/** By code; empty where the service does not say, for nothing else hangs on it. */
export async function reasonsOf(asking: Asking): Promise<Reasons> {
  try {
    const reply = await (asking.fetch ?? fetch)(urlOf(asking, "v1/scheme"), {
      headers: await headersOf(asking),
      credentials: "same-origin",
    });
    if (!reply.ok) return {};
    return ((await reply.json()) as { codes?: Reasons }).codes ?? {};
  } catch {
    return {};
  }
}
