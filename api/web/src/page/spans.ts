/** What a scorecard marks in the text, and which of it is shown: spans that stay on their words while one types. */

import { RangeSet, RangeValue, StateEffect, StateField, type ChangeDesc, type Range } from "@codemirror/state";

import type { Finding, Scorecard } from "../shared/scorecard.ts";
import type { Place, Writing } from "../shared/sentences.ts";

export interface Span {
  id: string;
  kind: "evidence" | "finding";
  dimension: string;
  text: string;
  /** Of evidence: the labels that the passage earned. */
  labels: string[];
  /** Of a finding. */
  finding: Finding | null;
  /** What a dismissal is remembered by: the same comment on the same words. */
  key: string;
}

export type PlacedSpan = Span & Place;

class SpanValue extends RangeValue {
  // Typing at either edge does not widen a mark.
  override startSide = 1;
  override endSide = -1;

  constructor(readonly span: Span) {
    super();
  }

  override eq(other: RangeValue): boolean {
    return other instanceof SpanValue && other.span === this.span;
  }
}

export const setSpans = StateEffect.define<PlacedSpan[]>();

/** Every span of the last scorecard, shown or not, at its present place. */
export const spansField = StateField.define<RangeSet<SpanValue>>({
  create: () => RangeSet.empty,
  update(spans, transaction) {
    let next = spans.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (effect.is(setSpans)) {
        const ranges: Range<SpanValue>[] = effect.value
          .filter(({ from, to }) => from < to && to <= transaction.newDoc.length)
          .map(({ from, to, ...span }) => new SpanValue(span).range(from, to));
        next = RangeSet.of(ranges, true);
      }
    }
    return next;
  },
});

export interface Shown {
  dimensions: ReadonlySet<string>;
  /** Keys of dismissed comments. */
  dismissed: ReadonlySet<string>;
  evidence: boolean;
  /** The span a reader has gone to, outlined. */
  active: string | null;
}

export const setShown = StateEffect.define<Shown>();
export const ALL_SHOWN: Shown = {
  dimensions: new Set(["child_voice", "seen_alone", "analysis", "parental_capacity"]),
  dismissed: new Set(),
  evidence: true,
  active: null,
};

export const shownField = StateField.define<Shown>({
  create: () => ALL_SHOWN,
  update(shown, transaction) {
    for (const effect of transaction.effects) if (effect.is(setShown)) return effect.value;
    return shown;
  },
});

/** Whether a span shows now: its dimension is wanted, it is not dismissed, and nobody is writing its sentence. */
export function visible(span: PlacedSpan, shown: Shown, writing: Writing | null): boolean {
  if (!shown.dimensions.has(span.dimension)) return false;
  if (span.kind === "evidence" && !shown.evidence) return false;
  if (span.kind === "finding" && shown.dismissed.has(span.key)) return false;
  return !(writing && writing.from < writing.to && span.from < writing.to && span.to > writing.from);
}

/** The spans between two places, in the order of the text. */
export function placedSpans(spans: RangeSet<SpanValue>, from: number, to: number): PlacedSpan[] {
  const found: PlacedSpan[] = [];
  spans.between(from, to, (start, end, { span }) => {
    found.push({ ...span, from: start, to: end });
  });
  return found.sort((a, b) => a.from - b.from || b.to - a.to);
}

/** What the card marks, evidence of one place and dimension brought together, findings by what they say of which words. */
export function spansOf(card: Scorecard, text: string): PlacedSpan[] {
  const evidence = new Map<string, PlacedSpan>();
  for (const [dimension, { evidence: items }] of Object.entries(card.dimensions)) {
    for (const { start, end, label } of items ?? []) {
      const id = `evidence:${dimension}:${start}-${end}`;
      const known = evidence.get(id);
      if (known && !known.labels.includes(label)) known.labels.push(label);
      if (known) continue;
      const quote = text.slice(start, end);
      evidence.set(id, {
        id, kind: "evidence", dimension, text: quote, labels: [label], finding: null, key: id, from: start, to: end,
      });
    }
  }
  const seen = new Map<string, number>();
  const findings = [...(card.findings ?? [])]
    .sort((a, b) => a.start - b.start || a.end - b.end)
    .map((finding): PlacedSpan => {
      const quote = text.slice(finding.start, finding.end);
      const key = findingKey(finding.code, quote);
      const times = seen.get(key) ?? 0;
      seen.set(key, times + 1);
      return {
        id: `${key}#${times}`, kind: "finding", dimension: finding.dimension, text: quote, labels: [], finding, key,
        from: finding.start, to: finding.end,
      };
    });
  return [...evidence.values(), ...findings];
}

export function findingKey(code: string, quote: string): string {
  return `${code}|${quote.trim().replace(/\s+/g, " ")}`;
}

/** Spans of a text that has changed since: those on changed words go, the others move with theirs. */
export function moved(spans: PlacedSpan[], changes: ChangeDesc): PlacedSpan[] {
  if (changes.empty) return spans;
  return spans
    .filter(({ from, to }) => !changes.touchesRange(from, to))
    .map((span) => ({ ...span, from: changes.mapPos(span.from, 1), to: changes.mapPos(span.to, -1) }))
    .filter(({ from, to }) => from < to);
}
