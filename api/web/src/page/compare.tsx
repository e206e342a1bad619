/** Two drafts of one record side by side: what the second gained and lost. */

import { useEffect, useRef, useState } from "preact/hooks";

import type { Draft, Scorecard } from "../shared/scorecard.ts";
import type { Outcome } from "../shared/service.ts";
import { count, labelOf, LEVELS, quoted, shortOf, titleOf } from "../shared/words.ts";
import { changesBetween, type Changes, type EvidenceChange, type LevelChange } from "./changes.ts";
import { FileTrouble, textOfFile } from "./files.ts";
import { marked } from "./marked.ts";
import { spansOf } from "./spans.ts";

interface Props {
  draft: Draft;
  earlier: string;
  onEarlier(text: string): void;
  ask(draft: Draft, signal: AbortSignal): Promise<Outcome>;
  say(text: string): void;
  onClose(): void;
}

interface Compared {
  before: { text: string; card: Scorecard };
  after: { text: string; card: Scorecard };
  changes: Changes;
}

export function Compare({ draft, earlier, onEarlier, ask, say, onClose }: Props) {
  const [wrong, setWrong] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [compared, setCompared] = useState<Compared | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const results = useRef<HTMLHeadingElement>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => {
    heading.current?.focus();
    return () => running.current?.abort();
  }, []);
  useEffect(() => results.current?.focus(), [compared]);

  const compare = async (): Promise<void> => {
    if (busy) return;
    if (!earlier.trim()) return setWrong("Paste or open the earlier draft.");
    if (!draft.text.trim()) return setWrong("Your present draft is empty. Go back and write or paste it first.");
    setWrong(null);
    setBusy(true);
    say("Comparing the drafts.");
    running.current = new AbortController();
    const first = await ask({ ...draft, text: earlier }, running.current.signal);
    const second = "card" in first ? await ask(draft, running.current.signal) : first;
    setBusy(false);
    if ("trouble" in second) return setWrong(`${second.trouble.message} Both drafts are still here.`);
    if (!("card" in first) || !("card" in second)) return;
    setCompared({
      before: { text: earlier, card: first.card },
      after: { text: draft.text, card: second.card },
      changes: changesBetween(first.card, second.card),
    });
  };
  const open = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    try {
      onEarlier(await textOfFile(file));
      setWrong(null);
    } catch (error) {
      setWrong(error instanceof FileTrouble ? error.message : "The file could not be read.");
    }
  };

  return (
    <section id="compare" aria-labelledby="compare-heading">
      <button type="button" class="govuk-back-link link-button" onClick={onClose}>Back to the draft</button>
      <h2 class="govuk-heading-l" id="compare-heading" tabIndex={-1} ref={heading}>Compare two drafts</h2>
      <p class="govuk-body">
        See what your present draft gained and lost against an earlier draft of the same record. Neither is stored.
      </p>
      <div class={`govuk-form-group${wrong ? " govuk-form-group--error" : ""}`}>
        <label class="govuk-label govuk-label--s" for="earlier">Earlier draft</label>
        <p class="govuk-hint" id="earlier-hint">
          Paste it here, open a file, or use your present draft now and come back when you have written on.
        </p>
        {wrong && (
          <p class="govuk-error-message" id="earlier-error" role="alert">
            <span class="govuk-visually-hidden">Error:</span> {wrong}
          </p>
        )}
        <textarea
          class={`govuk-textarea${wrong ? " govuk-textarea--error" : ""}`}
          id="earlier"
          rows={6}
          spellcheck={false}
          autocomplete="off"
          aria-describedby={wrong ? "earlier-hint earlier-error" : "earlier-hint"}
          value={earlier}
          onInput={(event) => onEarlier(event.currentTarget.value)}
        />
      </div>
      <div class="govuk-button-group">
        <button type="button" class="govuk-button" aria-disabled={busy} onClick={() => void compare()}>Compare</button>
        <label class="govuk-button govuk-button--secondary file-button">
          Open the earlier draft
          <input
            class="govuk-visually-hidden"
            type="file"
            accept=".docx,.txt,.html"
            onChange={(event) => {
              void open(event.currentTarget.files?.[0]);
              event.currentTarget.value = "";
            }}
          />
        </label>
        <button
          type="button"
          class="govuk-button govuk-button--secondary"
          onClick={() => {
            onEarlier(draft.text);
            say("Your present draft is now the earlier one. Go back and write on.");
          }}
        >
          Use my present draft
        </button>
      </div>
      {compared && <Results {...compared} heading={results} />}
    </section>
  );
}

function direction({ before, after }: LevelChange): string {
  if (before === after) return "No change";
  if (before === null || after === null) return "Cannot be compared";
  return after > before ? `Gained ${count(after - before, "level")}` : `Lost ${count(before - after, "level")}`;
}

const nameOf = (level: number | null): string => (level === null ? "Not judged" : (LEVELS[level] ?? String(level)));

function Results({ before, after, changes, heading }: Compared & { heading: { current: HTMLHeadingElement | null } }) {
  return (
    <div id="compared">
      <h3 class="govuk-heading-m" tabIndex={-1} ref={heading}>What the present draft gained and lost</h3>
      {changes.children.length > 0 && (
        <table class="govuk-table" id="child-changes">
          <caption class="govuk-table__caption govuk-table__caption--s">Each child</caption>
          <thead class="govuk-table__head">
            <tr class="govuk-table__row">
              {["Child", "Earlier draft", "Present draft"].map((title) => <th key={title} scope="col" class="govuk-table__header">{title}</th>)}
            </tr>
          </thead>
          <tbody class="govuk-table__body">
            {changes.children.map((child) => (
              <tr key={child.name} class="govuk-table__row">
                <th scope="row" class="govuk-table__header"><bdi>{child.name}</bdi></th>
                <td class="govuk-table__cell">{child.only === "after" ? "Not in this draft" : <Lines lines={child.before} />}</td>
                <td class="govuk-table__cell">
                  {child.only === "before" ? "Not in this draft" : <Lines lines={child.after} />}
                  {child.before.join() === child.after.join() && <span class="soft"> (no change)</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <table class="govuk-table" id="level-changes">
        <caption class="govuk-table__caption govuk-table__caption--s">Levels</caption>
        <thead class="govuk-table__head">
          <tr class="govuk-table__row">
            {["Dimension", "Earlier draft", "Present draft", "Change"].map((title) => <th key={title} scope="col" class="govuk-table__header">{title}</th>)}
          </tr>
        </thead>
        <tbody class="govuk-table__body">
          {changes.levels.map((level) => (
            <tr key={level.dimension} class="govuk-table__row">
              <th scope="row" class="govuk-table__header">{titleOf(level.dimension)}</th>
              <td class="govuk-table__cell">{nameOf(level.before)}</td>
              <td class="govuk-table__cell">{nameOf(level.after)}</td>
              <td class="govuk-table__cell"><strong>{direction(level)}</strong></td>
            </tr>
          ))}
        </tbody>
      </table>
      <div class="sides">
        <Passages id="gained" title="Evidence gained" items={changes.gained} />
        <Passages id="lost" title="Evidence lost" items={changes.lost} />
      </div>
      <div class="sides">
        <Side title="Earlier draft" {...before} />
        <Side title="Present draft" {...after} />
      </div>
    </div>
  );
}

function Lines({ lines }: { lines: string[] }) {
  return <>{lines.map((line) => <span key={line} class="line">{line}</span>)}</>;
}

function Passages({ id, title, items }: { id: string; title: string; items: EvidenceChange[] }) {
  return (
    <section aria-labelledby={`${id}-heading`} id={id}>
      <h4 class="govuk-heading-s" id={`${id}-heading`}>{title} ({items.length})</h4>
      {items.length === 0 && <p class="govuk-body soft">None.</p>}
      <ul class="quotes">
        {items.map(({ dimension, label, text }) => (
          <li key={`${dimension}${label}${text}`}>
            <span class={id === "gained" ? "added" : "removed"}>{quoted(text)}</span>
            <span class="what">{shortOf(dimension)}: {labelOf(label).toLowerCase()}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Side({ title, text, card }: { title: string; text: string; card: Scorecard }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const evidence = spansOf(card, text).filter(({ kind }) => kind === "evidence");
    box.current?.replaceChildren(marked(text, evidence, new Map()));
  }, [text, card]);
  return (
    <section>
      <h4 class="govuk-heading-s">{title}</h4>
      <div class="still" ref={box} />
    </section>
  );
}
