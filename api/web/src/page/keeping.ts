/** The draft in this browser's own storage: only where the reader has asked for it, and until they clear it. */

import type { Dismissal } from "./dismissals.ts";

const KEY = "nlp-quality.draft";

export interface PersonRow {
  row: number;
  name: string;
  role: string;
  age: string;
}

export interface Kept {
  text: string;
  recordType: string;
  people: PersonRow[];
  dismissals: Dismissal[];
}

export function load(storage: Storage = localStorage): Kept | null {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? "null") as Kept | null;
    return kept && typeof kept.text === "string" ? kept : null;
  } catch {
    return null;
  }
}

/** Returns whether it could be kept: storage may be full or forbidden. */
export function save(kept: Kept, storage: Storage = localStorage): boolean {
  try {
    storage.setItem(KEY, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function clear(storage: Storage = localStorage): void {
  try {
    storage.removeItem(KEY);
  } catch {
    // Nothing could have been kept.
  }
}
