/** What a second draft of one record gained and lost against the first: levels, children, evidence. */

import { childrenOf, type Scorecard } from "../shared/scorecard.ts";
import { childName, heardOf, seenDetail, statusOf } from "../shared/words.ts";

export interface LevelChange {
  dimension: string;
  before: number | null;
  after: number | null;
}

export interface ChildChange {
  name: string;
  /** Lines: seen, with whom, heard. */
  before: string[];
  after: string[];
  /** The child is in one of the drafts alone. */
  only: "before" | "after" | null;
}

export interface EvidenceChange {
  dimension: string;
  label: string;
  text: string;
}

export interface Changes {
  levels: LevelChange[];
  children: ChildChange[];
  gained: EvidenceChange[];
  lost: EvidenceChange[];
}

export function changesBetween(before: Scorecard, after: Scorecard): Changes {
  const order = [...new Set([...Object.keys(before.dimensions), ...Object.keys(after.dimensions)])];
  const had = evidenceOf(before);
  const has = evidenceOf(after);
  return {
    levels: order.map((dimension) => ({
      dimension,
      before: before.dimensions[dimension]?.level ?? null,
      after: after.dimensions[dimension]?.level ?? null,
    })),
    children: childChanges(before, after),
    gained: [...has].filter(([key]) => !had.has(key)).map(([, item]) => item),
    lost: [...had].filter(([key]) => !has.has(key)).map(([, item]) => item),
  };
}

/** Evidence by what it is and which words it is, so that a passage that only moved is neither gained nor lost. */
function evidenceOf(card: Scorecard): Map<string, EvidenceChange> {
  const found = new Map<string, EvidenceChange>();
  for (const [dimension, { evidence }] of Object.entries(card.dimensions)) {
    for (const { label, text } of evidence ?? []) {
      const words = text.trim().replace(/\s+/g, " ");
      found.set(`${dimension}|${label}|${words.toLowerCase()}`, { dimension, label, text: words });
    }
  }
  return found;
}

function childChanges(before: Scorecard, after: Scorecard): ChildChange[] {
  const said = (card: Scorecard): Map<string, string[]> =>
    new Map(
      childrenOf(card).map(({ name, seen, heard }) => [
        name,
        [
          seen ? statusOf(seen.status) : "",
          seen ? seenDetail(seen) : "",
          heard ? `Heard: ${heardOf(heard.heard).toLowerCase()}` : "",
        ].filter(Boolean),
      ]),
    );
  const [old, now] = [said(before), said(after)];
  return [...new Set([...old.keys(), ...now.keys()])].map((name) => ({
    name: childName(name),
    before: old.get(name) ?? [],
    after: now.get(name) ?? [],
    only: !old.has(name) ? "after" : !now.has(name) ? "before" : null,
  }));
}
