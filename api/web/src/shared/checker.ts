/** When a draft is checked: after a pause, one request at a time, the newest alone counting, again after trouble. */

import type { Draft, Scorecard } from "./scorecard.ts";
import type { Outcome, Trouble } from "./service.ts";

export type Phase = "empty" | "writing" | "checking" | "current" | "trouble";

/** From the last key to the question: long enough for a breath in typing, short enough to feel attended to. */
export const PAUSE_MS = 700;
const BACK_OFF_MS = [3_000, 6_000, 12_000, 30_000, 60_000] as const;

export interface Checking {
  read(): Draft;
  ask(draft: Draft, signal: AbortSignal): Promise<Outcome>;
  /** A request leaves: from now on changes to the text are to be remembered, so that its reply can be placed. */
  onAsk?(): void;
  onCard(card: Scorecard, draft: Draft): void;
  onPhase(phase: Phase, trouble: Trouble | null, retryAt: number | null): void;
}

export class Checker {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | null = null;
  private sequence = 0;
  private failures = 0;
  private notBefore = 0;
  private last: { asked: string; card: Scorecard } | null = null;

  constructor(private readonly parts: Checking) {}

  /** The text or what is said of it has changed: ask after a pause. */
  changed(pause = PAUSE_MS): void {
    clearTimeout(this.timer);
    if (!this.parts.read().text.trim()) return this.emptied();
    const wait = Math.max(pause, this.notBefore - Date.now());
    this.timer = setTimeout(() => void this.check(), wait);
    // A service that asked to be left alone keeps its notice while one writes on.
    if (this.notBefore <= Date.now()) this.parts.onPhase("writing", null, null);
  }

  /** Ask at once, whatever the service said of waiting. */
  now(): void {
    this.notBefore = 0;
    this.last = null;
    void this.check();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.sequence += 1;
  }

  private emptied(): void {
    this.stop();
    this.last = null;
    this.failures = 0;
    this.parts.onPhase("empty", null, null);
  }

  private async check(): Promise<void> {
    clearTimeout(this.timer);
    const draft = this.parts.read();
    if (!draft.text.trim()) return this.emptied();
    const asked = JSON.stringify(draft);
    this.running?.abort();
    const mine = (this.sequence += 1);
    if (this.last?.asked === asked) {
      // Changed and changed back: marks on words that were gone for a moment are put back.
      this.parts.onAsk?.();
      this.parts.onCard(this.last.card, draft);
      return this.parts.onPhase("current", null, null);
    }
    const controller = (this.running = new AbortController());
    this.parts.onPhase("checking", null, null);
    this.parts.onAsk?.();
    const outcome = await this.parts.ask(draft, controller.signal);
    if (mine !== this.sequence || "dropped" in outcome) return; // a newer question stands
    this.running = null;
    if ("trouble" in outcome) return this.failed(outcome.trouble);
    this.failures = 0;
    this.notBefore = 0;
    this.last = { asked, card: outcome.card };
    this.parts.onCard(outcome.card, draft);
    if (JSON.stringify(this.parts.read()) === asked) this.parts.onPhase("current", null, null);
  }

  private failed(trouble: Trouble): void {
    clearTimeout(this.timer);
    if (!trouble.again) return this.parts.onPhase("trouble", trouble, null);
    const own = BACK_OFF_MS[Math.min(this.failures, BACK_OFF_MS.length - 1)] ?? 0;
    this.failures += 1;
    const wait = trouble.retryAfter ?? own;
    this.notBefore = Date.now() + wait;
    this.timer = setTimeout(() => void this.check(), wait);
    this.parts.onPhase("trouble", trouble, this.notBefore);
  }
}
