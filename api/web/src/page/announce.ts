/** What a screen reader is told: what is new since it was last told, politely, and not at every pause. */

import type { Scorecard } from "../shared/scorecard.ts";
import { count, levelOf, shortOf } from "../shared/words.ts";

/** Feedback is announced at most this often; what a reader does themselves is answered at once. */
export const QUIET_MS = 8_000;

export interface Heard {
  levels: Record<string, string>;
  comments: ReadonlySet<string>;
}

export function heardOf(card: Scorecard, comments: string[]): Heard {
  const levels = Object.entries(card.dimensions).map(([name, dimension]) => [name, levelOf(dimension)]);
  return { levels: Object.fromEntries(levels) as Record<string, string>, comments: new Set(comments) };
}

/** One sentence or two of what changed, or nothing where nothing did. */
export function news(before: Heard | null, now: Heard): string {
  const levels = Object.entries(now.levels)
    .filter(([name, level]) => before?.levels[name] !== level)
    .map(([name, level]) => `${shortOf(name)}: ${level.toLowerCase()}`);
  const fresh = [...now.comments].filter((id) => !before?.comments.has(id)).length;
  const parts: string[] = [];
  if (levels.length) parts.push(`${levels.join(", ")}.`);
  if (fresh) parts.push(before ? `${count(fresh, "new comment")}.` : `${count(fresh, "comment")}.`);
  return parts.join(" ");
}

export class Announcer {
  private told: Heard | null = null;
  private last = 0;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private next: Heard | null = null;

  constructor(
    private readonly say: (text: string) => void,
    private readonly quiet = QUIET_MS,
  ) {}

  /** New feedback: said now, or once it has been quiet for long enough. */
  feedback(now: Heard): void {
    this.next = now;
    clearTimeout(this.waiting);
    const wait = Math.max(0, this.last + this.quiet - Date.now());
    this.waiting = setTimeout(() => this.flush(), wait);
  }

  /** An answer to something the reader did. */
  answer(text: string): void {
    this.say(text);
  }

  forget(): void {
    clearTimeout(this.waiting);
    this.told = null;
    this.next = null;
  }

  private flush(): void {
    if (!this.next) return;
    const text = news(this.told, this.next);
    this.told = this.next;
    this.next = null;
    if (!text) return;
    this.last = Date.now();
    this.say(text);
  }
}
