/** The scorecard as `POST v1/score` gives it, cut to what is shown. Offsets are UTF-16, as asked for. */

export type Severity = "praise" | "suggestion" | "important";

export interface Evidence {
  start: number;
  end: number;
  text: string;
  label: string;
}

export interface Prompt {
  code: string;
  message: string;
}

export interface Child {
  child: string;
  id: string | null;
  evidence?: Evidence[];
}

export interface SeenChild extends Child {
  status: string;
  companions: string[];
  reason: string | null;
  refer: boolean;
}

export interface HeardChild extends Child {
  heard: string;
}

export interface Dimension {
  level: number | null;
  name: string | null;
  interval: number[] | null;
  refer: boolean;
  not_applicable: { code: string; message: string } | null;
  reason: string;
  evidence: Evidence[];
  prompts: Prompt[];
  children?: (SeenChild | HeardChild)[];
}

export interface Finding {
  start: number;
  end: number;
  dimension: string;
  code: string;
  severity: Severity;
  message: string;
}

export interface Scorecard {
  scheme: string;
  model: { name: string; version: string };
  dimensions: Record<string, Dimension>;
  findings: Finding[];
  notice?: string | null;
}

export interface Person {
  name: string;
  role: string;
  age?: number;
}

/** What is asked about: never an id, a team or a worker, and always a draft. */
export interface Draft {
  text: string;
  recordType: string;
  people: Person[] | null;
}

/** One child, with what each of the two dimensions that speak of children says. */
export interface ChildView {
  key: string;
  name: string;
  seen: SeenChild | null;
  heard: HeardChild | null;
}

/** The children of a scorecard in its order, those named by both dimensions brought together. */
export function childrenOf(card: Scorecard): ChildView[] {
  const rows = new Map<string, ChildView>();
  const row = (child: Child): ChildView => {
    const key = JSON.stringify([child.id, child.child]);
    const known = rows.get(key) ?? { key, name: child.child, seen: null, heard: null };
    rows.set(key, known);
    return known;
  };
  for (const child of card.dimensions["seen_alone"]?.children ?? []) row(child).seen = child as SeenChild;
  for (const child of card.dimensions["child_voice"]?.children ?? []) row(child).heard = child as HeardChild;
  return [...rows.values()];
}
