import type { Dimension, Finding, Scorecard } from "../src/shared/scorecard.ts";

export function dimension(patch: Partial<Dimension> = {}): Dimension {
  return {
    level: 1, name: "limited", interval: [1, 1], refer: false, not_applicable: null, reason: "A reason.",
    evidence: [], prompts: [], ...patch,
  };
}

export function card(
  dimensions: Record<string, Partial<Dimension>> = {},
  findings: Partial<Finding>[] = [],
): Scorecard {
  const all = ["child_voice", "seen_alone", "analysis", "parental_capacity"];
  return {
    scheme: "1.0",
    model: { name: "stub", version: "1" },
    dimensions: Object.fromEntries(all.map((name) => [name, dimension(dimensions[name])])),
    findings: findings.map((finding) => ({
      start: 0, end: 1, dimension: "analysis", code: "analysis.bare_concern", severity: "suggestion",
      message: "A question.", ...finding,
    })),
  };
}

export function evidence(text: string, quote: string, label: string) {
  const start = text.indexOf(quote);
  return { start, end: start + quote.length, text: quote, label };
}
