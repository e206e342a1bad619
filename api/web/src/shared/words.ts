/** What the identifiers of the scheme are called on screen and on paper. */

import type { Dimension, SeenChild, Severity } from "./scorecard.ts";

export const LEVELS = ["Absent", "Limited", "Sound", "Strong"] as const;

export const TITLES: Record<string, string> = {
  child_voice: "Child's voice",
  seen_alone: "Seen alone: how clearly recorded",
  analysis: "Analysis versus description",
  parental_capacity: "Evaluation of parental capacity",
};

export const SHORT: Record<string, string> = {
  child_voice: "Child's voice",
  seen_alone: "Seen alone",
  analysis: "Analysis",
  parental_capacity: "Parenting",
};

export const SEVERITY: Record<Severity, string> = {
  praise: "Works well",
  suggestion: "Suggestion",
  important: "Important",
};

const STATUS: Record<string, string> = {
  seen_alone: "Seen alone",
  seen_not_alone: "Seen, but not alone",
  seen_unclear: "Seen; the record does not say whether alone",
  not_seen: "Not seen",
  not_stated: "The record does not say whether they were seen",
};

const COMPANION: Record<string, string> = {
  parent: "a parent",
  carer: "a carer",
  sibling: "a brother or sister",
  relative: "a relative",
  professional: "another professional",
  other: "somebody else",
};

const HEARD: Record<string, string> = {
  words: "In their own words",
  view: "Their views, told to the writer",
  observed: "Through what the writer observed",
  via_other: "Only through somebody else",
  not_heard: "Not heard",
};

export const plain = (code: string): string => code.replaceAll("_", " ");
export const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const titleOf = (dimension: string): string => TITLES[dimension] ?? sentenceCase(plain(dimension));
export const shortOf = (dimension: string): string => SHORT[dimension] ?? sentenceCase(plain(dimension));
export const statusOf = (status: string): string => STATUS[status] ?? sentenceCase(plain(status));
export const heardOf = (heard: string): string => HEARD[heard] ?? sentenceCase(plain(heard));
export const severityOf = (severity: string): string => SEVERITY[severity as Severity] ?? sentenceCase(plain(severity));
export const labelOf = (label: string): string => sentenceCase(plain(label));

export function join(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString("en-GB")} ${number === 1 ? one : many}`;
}

/** With whom, why not, and whether a person should look: what stands under a child's status. */
export function seenDetail(seen: SeenChild): string {
  const parts: string[] = [];
  if (seen.companions.length) parts.push(`With ${join(seen.companions.map((role) => COMPANION[role] ?? plain(role)))}.`);
  else if (seen.status === "seen_not_alone") parts.push("Who was there is not said.");
  if (seen.reason) parts.push(`Reason: ${seen.reason}`);
  if (seen.refer) parts.push("This is uncertain; a person should judge.");
  return parts.join(" ");
}

export function childName(name: string): string {
  const unnamed = /^unknown(?: (\d+))?$/.exec(name);
  return unnamed ? `A child who is not named${unnamed[1] ? ` (${unnamed[1]})` : ""}` : name;
}

export function levelOf(dimension: Dimension): string {
  return dimension.level === null ? "Not judged" : (LEVELS[dimension.level] ?? String(dimension.level));
}

/** How sure the level is, in words; empty where the set holds one level alone. */
export function rangeOf({ interval, refer }: Dimension): string {
  const [low, high] = (interval ?? []).map((level) => LEVELS[level]?.toLowerCase());
  const range = low === high ? "" : `Could be read as anything from ${low} to ${high}.`;
  return refer ? `${range} A person should judge.`.trim() : range;
}

/** A passage in quotation marks, unless it has its own. */
export function quoted(text: string): string {
  const passage = text.trim().replace(/\s+/g, " ");
  return /["“”]/.test(passage) ? passage : `“${passage}”`;
}
