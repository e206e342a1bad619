/** What both exports and the printed page hold: the draft, its comments by number, the levels and the questions. */

import type { Reasons } from "../shared/reasons.ts";
import { childrenOf, type Scorecard } from "../shared/scorecard.ts";
import { childName, heardOf, levelOf, rangeOf, seenDetail, severityOf, statusOf, titleOf } from "../shared/words.ts";
import type { PlacedSpan } from "./spans.ts";

export interface Comment {
  number: number;
  span: PlacedSpan;
  heading: string;
  message: string;
  why: string | null;
}

export interface Report {
  text: string;
  spans: PlacedSpan[];
  comments: Comment[];
  children: { name: string; lines: string[] }[];
  dimensions: { dimension: string; title: string; level: string; reason: string; range: string; questions: string[] }[];
  notice: string | null;
  madeBy: string;
}

/** The report of a card whose spans are where they now stand; dismissed comments and questions are left out. */
export function reportOf(
  card: Scorecard,
  text: string,
  spans: PlacedSpan[],
  dismissed: ReadonlySet<string>,
  reasons: Reasons = {},
): Report {
  const findings = spans.filter((span) => span.finding && !dismissed.has(span.key)).sort((a, b) => a.from - b.from);
  return {
    text,
    spans: [...findings, ...spans.filter((span) => span.kind === "evidence")],
    comments: findings.map((span, index) => ({
      number: index + 1,
      span,
      heading: `${severityOf(span.finding!.severity)} · ${titleOf(span.dimension)}`,
      message: span.finding!.message,
      why: reasons[span.finding!.code]?.why ?? null,
    })),
    children: childrenOf(card).map(({ name, seen, heard }) => ({
      name: childName(name),
      lines: [
        ...(seen ? [[statusOf(seen.status), seenDetail(seen)].filter(Boolean).join(". ")] : []),
        ...(heard ? [`Heard: ${heardOf(heard.heard).toLowerCase()}`] : []),
      ],
    })),
    dimensions: Object.entries(card.dimensions).map(([dimension, value]) => ({
      dimension,
      title: titleOf(dimension),
      level: levelOf(value),
      reason: value.not_applicable?.message ?? value.reason,
      range: rangeOf(value),
      questions: value.prompts
        .filter((prompt) => !dismissed.has(promptKey(prompt.code, prompt.message)))
        .map((prompt) => prompt.message),
    })),
    notice: card.notice ?? null,
    madeBy:
      `Model ${card.model.name} ${card.model.version}, scheme ${card.scheme}. ` +
      "The levels are about what is written, and can be wrong. A person decides.",
  };
}

export const promptKey = (code: string, message: string): string => `prompt|${code}|${message}`;

export function numbersOf(report: Report): Map<string, number> {
  return new Map(report.comments.map(({ span, number }) => [span.id, number]));
}
