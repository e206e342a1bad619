/** Who is in the record: rows of name, role and age, each wrong one saying what is wrong with it. */

import { useState } from "preact/hooks";

import type { Person } from "../shared/scorecard.ts";
import { sentenceCase } from "../shared/words.ts";
import type { PersonRow } from "./keeping.ts";

export const blank = ({ name, age }: PersonRow): boolean => !name.trim() && !age.trim();

/** What is wrong with a row, and with which part of it; null where it can be sent or is wholly empty. */
export function wrongWith(row: PersonRow): { part: "name" | "age"; message: string } | null {
  if (blank(row)) return null;
  if (!row.name.trim()) return { part: "name", message: "Enter this person’s name, or remove them." };
  const age = row.age.trim().replace(",", ".");
  if (age && !/^\d+(\.\d+)?$/.test(age)) return { part: "age", message: "Enter the age as a number of years." };
  return null;
}

/** The rows that can be sent, in order. */
export const complete = (rows: PersonRow[]): PersonRow[] => rows.filter((row) => !blank(row) && !wrongWith(row));

export function personOf(row: PersonRow): Person {
  const age = row.age.trim().replace(",", ".");
  return { name: row.name.trim(), role: row.role, ...(age ? { age: Number(age) } : {}) };
}

interface Props {
  rows: PersonRow[];
  roles: string[];
  refused: { row: number; part: string; message: string } | null;
  change(rows: PersonRow[], said?: string): void;
}

export function People({ rows, roles, refused, change }: Props) {
  const [left, setLeft] = useState<ReadonlySet<number>>(new Set());
  const set = (row: number, patch: Partial<PersonRow>): void =>
    change(rows.map((each) => (each.row === row ? { ...each, ...patch } : each)));
  const add = (): void => {
    const row = Math.max(0, ...rows.map((each) => each.row)) + 1;
    change([...rows, { row, name: "", role: roles[0] ?? "child", age: "" }]);
    requestAnimationFrame(() => document.getElementById(`person-${row}-name`)?.focus());
  };
  const remove = (index: number): void => {
    const next = rows[index + 1] ?? rows[index - 1];
    change(rows.filter((_, each) => each !== index), `Person ${index + 1} removed.`);
    requestAnimationFrame(() => document.getElementById(next ? `person-${next.row}-name` : "add-person")?.focus());
  };
  return (
    <div class="people">
      <p class="govuk-hint" id="people-hint">
        Name the children and adults as the text does. If you name nobody, people are worked out from the text, which is
        less sure.
      </p>
      {rows.map((row, index) => {
        const own = left.has(row.row) ? wrongWith(row) : null;
        const wrong = own ?? (refused?.row === row.row ? refused : null);
        const id = `person-${row.row}`;
        const invalid = (part: string) =>
          wrong?.part === part ? { "aria-invalid": true, "aria-describedby": `${id}-error` } : {};
        return (
          <fieldset
            key={row.row}
            class={`govuk-fieldset person${wrong ? " govuk-form-group--error" : ""}`}
            onFocusOut={(event) => {
              if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setLeft(new Set([...left, row.row]));
            }}
          >
            <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">Person {index + 1}</legend>
            {wrong && (
              <p class="govuk-error-message" id={`${id}-error`}>
                <span class="govuk-visually-hidden">Error:</span> {wrong.message}
              </p>
            )}
            <div class="person-parts">
              <div class="grow">
                <label class="govuk-label" for={`${id}-name`}>Name</label>
                <input
                  class={`govuk-input${wrong?.part === "name" ? " govuk-input--error" : ""}`}
                  id={`${id}-name`}
                  autocomplete="off"
                  spellcheck={false}
                  value={row.name}
                  {...invalid("name")}
                  onInput={(event) => set(row.row, { name: event.currentTarget.value })}
                />
              </div>
              <div>
                <label class="govuk-label" for={`${id}-role`}>Role</label>
                <select
                  class="govuk-select"
                  id={`${id}-role`}
                  value={row.role}
                  onChange={(event) => set(row.row, { role: event.currentTarget.value })}
                >
                  {roles.map((role) => <option key={role} value={role}>{sentenceCase(role)}</option>)}
                </select>
              </div>
              <div>
                <label class="govuk-label" for={`${id}-age`}>Age in years</label>
                <input
                  class={`govuk-input govuk-input--width-4${wrong?.part === "age" ? " govuk-input--error" : ""}`}
                  id={`${id}-age`}
                  inputMode="decimal"
                  autocomplete="off"
                  value={row.age}
                  {...invalid("age")}
                  onInput={(event) => set(row.row, { age: event.currentTarget.value })}
                />
              </div>
              <button type="button" class="govuk-button govuk-button--secondary" onClick={() => remove(index)}>
                Remove<span class="govuk-visually-hidden"> person {index + 1}</span>
              </button>
            </div>
          </fieldset>
        );
      })}
      <button type="button" class="govuk-button govuk-button--secondary" id="add-person" onClick={add}>
        Add a person
      </button>
    </div>
  );
}
