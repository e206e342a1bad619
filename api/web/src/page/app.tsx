/** The page: the draft on one side, what is found in it on the other. */

import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";

import { Checker, type Phase } from "../shared/checker.ts";
import { reasonsOf, type Reasons } from "../shared/reasons.ts";
import type { Draft, Scorecard } from "../shared/scorecard.ts";
import { ask, tooLong, type Asking, type Trouble } from "../shared/service.ts";
import { sentenceCase, severityOf, shortOf } from "../shared/words.ts";
import { Announcer, heardOf } from "./announce.ts";
import { Compare } from "./compare.tsx";
import type { PageData } from "./data.ts";
import { tell, type Dismissal } from "./dismissals.ts";
import { makeEditor, type Editor } from "./editor.ts";
import { reportNodes } from "./export-html.ts";
import { FileTrouble, saveDocx, saveHtml, textOfFile } from "./files.ts";
import { Filter } from "./filter.tsx";
import * as keeping from "./keeping.ts";
import type { PersonRow } from "./keeping.ts";
import { idOf, Panel } from "./panel.tsx";
import { complete, People, personOf } from "./people.tsx";
import { reportOf } from "./report.ts";
import { ALL_SHOWN, type PlacedSpan, type Shown } from "./spans.ts";
import { StatusBar } from "./status.tsx";

const EDITOR_LABEL = "Text of the record";
const KEEP_MS = 500;

export interface Status {
  phase: Phase;
  trouble: Trouble | null;
  retryAt: number | null;
}

export function App({ data }: { data: PageData }) {
  const service = useMemo((): Asking => ({ base: "", signedIn: data.signedIn }), [data]);
  const kept = useMemo(() => keeping.load(), []);
  const [recordType, setRecordType] = useState(kept?.recordType ?? "visit");
  const [people, setPeople] = useState<PersonRow[]>(kept?.people ?? []);
  const [keep, setKeep] = useState(kept !== null);
  const [keepTrouble, setKeepTrouble] = useState(false);
  const [status, setStatus] = useState<Status>({ phase: "empty", trouble: null, retryAt: null });
  const [card, setCard] = useState<Scorecard | null>(null);
  const [drawn, setDrawn] = useState<{ spans: PlacedSpan[]; findings: PlacedSpan[] }>({ spans: [], findings: [] });
  const [shown, setShownState] = useState<Shown>(ALL_SHOWN);
  const [dismissals, setDismissals] = useState<ReadonlyMap<string, Dismissal>>(
    new Map(kept?.dismissals.map((each) => [each.key, each])),
  );
  const [active, setActive] = useState<string | null>(null);
  const [asking, setAsking] = useState<string | null>(null);
  const [words, setWords] = useState(0);
  const [fileTrouble, setFileTrouble] = useState<string | null>(null);
  const [comparing, setComparing] = useState(false);
  const [earlier, setEarlier] = useState("");
  const [said, setSaid] = useState("");
  const [reasons, setReasons] = useState<Reasons>({});

  const statusNow = useRef(status);
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | null>(null);
  const checker = useRef<Checker | null>(null);
  const announcer = useMemo(() => new Announcer(setSaid), []);
  // What callbacks made once read when they are called.
  const now = useRef({ recordType, people, keep, dismissals, card, active, reasons });
  now.current = { recordType, people, keep, dismissals, card, active, reasons };

  const draft = useCallback((): Draft => {
    const rows = complete(now.current.people);
    return {
      text: editor.current?.text() ?? "",
      recordType: now.current.recordType,
      people: rows.length ? rows.map(personOf) : null,
    };
  }, []);

  const askWithin = useCallback(
    async (asked: Draft, signal: AbortSignal) => {
      // Code points, as the service counts; never more than UTF-16 units, so short drafts need no counting.
      const long = asked.text.length > data.maxText && [...asked.text].length > data.maxText;
      return long ? { trouble: tooLong(data.maxText) } : ask(asked, service, signal);
    },
    [data],
  );

  const redraw = useCallback(() => {
    const at = editor.current;
    if (at) setDrawn({ spans: at.spans(), findings: at.findings() });
  }, []);

  const activate = useCallback((id: string, scroll: boolean) => {
    setActive(id);
    if (scroll) requestAnimationFrame(() => document.getElementById(idOf(id))?.scrollIntoView({ block: "nearest" }));
  }, []);

  // The editor and the checker live as long as the page.
  useEffect(() => {
    const made = makeEditor({
      host: host.current!,
      label: EDITOR_LABEL,
      description:
        `Type or paste up to ${data.maxText.toLocaleString("en-GB")} characters. ` +
        "Press F8 for the next comment and Shift F8 for the previous one. Tab leaves the text.",
      onChange: () => {
        checker.current?.changed();
        keepSoon.current();
      },
      onShown: redraw,
      onActive: (id) => activate(id, true),
      onDismiss: (span) => {
        setAsking(span.id);
        activate(span.id, true);
        requestAnimationFrame(() => document.querySelector<HTMLElement>(`#${idOf(span.id)} input`)?.focus());
      },
      onFiles: (files) => void open(files[0]),
    });
    editor.current = made;
    checker.current = new Checker({
      read: draft,
      ask: askWithin,
      onAsk: () => made.remember(),
      onCard: (next, asked) => {
        setCard(next);
        made.show(next, asked.text);
        announcer.feedback(heardOf(next, made.findings().map(({ key }) => key)));
      },
      onPhase: (phase, trouble, retryAt) => {
        // A key that changes nothing on the page but the text draws nothing but the text.
        const was = statusNow.current;
        if (phase === was.phase && !trouble && !was.trouble) return;
        statusNow.current = { phase, trouble, retryAt };
        setStatus(statusNow.current);
        if (trouble) announcer.answer(`${trouble.message} Your draft is still here.`);
        if (phase === "empty") {
          setCard(null);
          made.clear();
          announcer.forget();
        }
        if (phase !== "writing") setWords(wordsOf(made.text()));
      },
    });
    if (kept?.text) made.replace(kept.text);
    void reasonsOf(service).then(setReasons);
    const online = (): void => {
      if (statusNow.current.trouble) checker.current?.now();
    };
    // Back from the window where one has signed in again.
    const back = (): void => {
      if (statusNow.current.trouble?.kind === "signed_out" && data.signedIn) checker.current?.now();
    };
    addEventListener("online", online);
    addEventListener("focus", back);
    return () => {
      removeEventListener("online", online);
      removeEventListener("focus", back);
      checker.current?.stop();
    };
  }, []);

  // What is said of the draft has changed: the draft is read anew.
  useEffect(() => {
    if (editor.current?.text().trim()) checker.current?.changed();
  }, [recordType, people]);

  useEffect(() => {
    const dismissed = new Set(dismissals.keys());
    editor.current?.setShown({ ...shown, dismissed, active });
    redraw();
  }, [shown, dismissals, active]);

  // --- kept in the browser, if asked for --------------------------------------------------------------------------

  const keepTimer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const keepNow = (): void => {
    clearTimeout(keepTimer.current);
    if (!now.current.keep) return;
    const { recordType, people, dismissals } = now.current;
    const text = editor.current?.text() ?? "";
    setKeepTrouble(!keeping.save({ text, recordType, people, dismissals: [...dismissals.values()] }));
  };
  const keepSoon = useRef(() => {});
  keepSoon.current = () => {
    clearTimeout(keepTimer.current);
    if (now.current.keep) keepTimer.current = setTimeout(keepNow, KEEP_MS);
  };
  useEffect(() => keepSoon.current(), [recordType, people, dismissals]);
  useEffect(() => {
    addEventListener("pagehide", keepNow);
    return () => removeEventListener("pagehide", keepNow);
  }, []);
  // A draft that is nowhere else is not lost by a slip of the hand.
  useEffect(() => {
    const guard = (event: BeforeUnloadEvent): void => {
      if (!now.current.keep && editor.current?.text().trim()) event.preventDefault();
    };
    addEventListener("beforeunload", guard);
    return () => removeEventListener("beforeunload", guard);
  }, []);
  const setKeeping = (on: boolean): void => {
    setKeep(on);
    now.current.keep = on;
    if (on) keepNow();
    else {
      keeping.clear();
      setKeepTrouble(false);
      announcer.answer("The draft is no longer kept in this browser.");
    }
  };
  const empty = (): void => {
    editor.current?.replace("");
    setPeople([]);
    setDismissals(new Map());
    setKeep(false);
    now.current.keep = false;
    keeping.clear();
    setEarlier("");
    announcer.answer("The draft and all that was kept of it are cleared.");
    editor.current?.focus();
  };

  // --- comments -----------------------------------------------------------------------------------------------------

  const go = (id: string): void => {
    const span = editor.current?.spans().find((each) => each.id === id);
    if (!span) return;
    editor.current?.goTo(span, true);
    setActive(id);
  };

  const step = (by: 1 | -1): void => {
    const found = editor.current?.findings() ?? [];
    if (!found.length) return announcer.answer("There are no comments on particular passages.");
    const current = found.findIndex(({ id }) => id === now.current.active);
    const caret = editor.current?.caret() ?? 0;
    const after = found.findIndex(({ from }) => from >= caret);
    const start = after < 0 ? found.length : after;
    const index = current >= 0 ? current + by : by === 1 ? start : start - 1;
    const chosen = found[(index + found.length) % found.length]!;
    editor.current?.goTo(chosen, true);
    activate(chosen.id, true);
    const { severity, message } = chosen.finding!;
    const place = found.indexOf(chosen) + 1;
    announcer.answer(
      `Comment ${place} of ${found.length}. ${severityOf(severity)}, ${shortOf(chosen.dimension)}: ${message}`,
    );
  };
  const stepNow = useRef(step);
  stepNow.current = step;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== "F8" || event.ctrlKey || event.altKey || event.metaKey) return;
      event.preventDefault();
      stepNow.current(event.shiftKey ? -1 : 1);
    };
    // Before the editor's own keys.
    addEventListener("keydown", onKey, { capture: true });
    return () => removeEventListener("keydown", onKey, { capture: true });
  }, []);

  const dismiss = (dismissal: Dismissal): void => {
    setDismissals(new Map([...dismissals, [dismissal.key, dismissal]]));
    setAsking(null);
    announcer.answer("Dismissed. It will not come back for these words.");
    const { dimension, code, reason } = dismissal;
    void tell({ dimension, code, agree: false, reason_code: reason }, draft().text, service);
    const id = asking ?? dismissal.key;
    focusOnce(`${idOf(id)}-undo`);
  };
  const undo = (key: string): void => {
    const dismissal = dismissals.get(key);
    if (!dismissal) return;
    const next = new Map(dismissals);
    next.delete(key);
    setDismissals(next);
    announcer.answer("The comment is back.");
    void tell({ dimension: dismissal.dimension, code: dismissal.code, agree: true }, draft().text, service);
    const id = drawn.spans.find((span) => span.key === key)?.id ?? key;
    focusOnce(`${idOf(id)}-open`);
  };

  // --- files, paper -------------------------------------------------------------------------------------------------

  const open = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    setFileTrouble(null);
    try {
      const text = await textOfFile(file);
      if (!text.trim()) throw new FileTrouble("There is no text in this file.");
      editor.current?.replace(text);
      announcer.answer("The document is open.");
      editor.current?.focus();
    } catch (error) {
      setFileTrouble(error instanceof FileTrouble ? error.message : "The file could not be read.");
    }
  };
  const report = useCallback(() => {
    const at = editor.current;
    if (!at || !now.current.card) return null;
    const { card, dismissals, reasons } = now.current;
    return reportOf(card, at.text(), at.spans(), new Set(dismissals.keys()), reasons);
  }, []);
  const save = async (how: typeof saveDocx): Promise<void> => {
    const made = report();
    if (made) await how(made);
  };
  const paper = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const fill = (): void => {
      const made = report();
      paper.current?.replaceChildren(...(made ? [reportNodes(made)] : []));
    };
    const clear = (): void => paper.current?.replaceChildren();
    addEventListener("beforeprint", fill);
    addEventListener("afterprint", clear);
    return () => {
      removeEventListener("beforeprint", fill);
      removeEventListener("afterprint", clear);
    };
  }, []);

  const rows = complete(people);
  const refused = refusedRow(status.trouble, rows);
  const stale = card !== null && status.phase === "trouble";
  return (
    <>
      <p class="govuk-visually-hidden" role="status" id="said">{said}</p>
      <div ref={paper} class="paper" />
      {comparing && (
        <Compare
          draft={draft()}
          earlier={earlier}
          onEarlier={setEarlier}
          ask={askWithin}
          say={announcer.answer.bind(announcer)}
          onClose={() => {
            setComparing(false);
            requestAnimationFrame(() => document.getElementById("open-compare")?.focus());
          }}
        />
      )}
      <div class="setting" hidden={comparing}>
      <div class="about">
        <div class="govuk-form-group">
          <label class="govuk-label" for="record-type">Type of record</label>
          <select
            class="govuk-select"
            id="record-type"
            value={recordType}
            onChange={(event) => setRecordType(event.currentTarget.value)}
          >
            {data.recordTypes.map((type) => (
              <option key={type} value={type}>{sentenceCase(type.replaceAll("_", " "))}</option>
            ))}
          </select>
        </div>
        <details class="govuk-details" id="people" open={people.length > 0 || undefined}>
          <summary class="govuk-details__summary">
            <span class="govuk-details__summary-text">
              People in the record ({rows.length ? rows.length : "worked out from the text"})
            </span>
          </summary>
          <div class="govuk-details__text">
            <People
              rows={people}
              roles={data.roles}
              refused={refused}
              change={(next, text) => {
                setPeople(next);
                if (text) announcer.answer(text);
              }}
            />
          </div>
        </details>
      </div>
      </div>
      <div class="workspace" hidden={comparing}>
        <section class="writing" aria-labelledby="draft-heading">
          <h2 class="govuk-heading-m" id="draft-heading" onClick={() => editor.current?.focus()}>Your draft</h2>
          <div class="editor-box">
            <div class="editor" ref={host} />
            <StatusBar
              status={status}
              signedIn={data.signedIn}
              words={words}
              comments={card ? drawn.findings.length : null}
              onAgain={() => checker.current?.now()}
            />
          </div>
          {fileTrouble && (
            <p class="govuk-error-message" id="file-error" role="alert">
              <span class="govuk-visually-hidden">Error:</span> {fileTrouble} Your draft is still here.
            </p>
          )}
          <div class="govuk-button-group tools">
            <label class="govuk-button govuk-button--secondary file-button">
              Open a document
              <input
                class="govuk-visually-hidden"
                type="file"
                id="open"
                accept=".docx,.txt,.html"
                onChange={(event) => {
                  void open(event.currentTarget.files?.[0]);
                  event.currentTarget.value = "";
                }}
              />
            </label>
            <button type="button" class="govuk-button govuk-button--secondary" id="open-compare" onClick={() => setComparing(true)}>
              Compare two drafts
            </button>
            {card && (
              <>
                <button type="button" class="govuk-button govuk-button--secondary" onClick={() => void save(saveDocx)}>
                  Save as Word with comments
                </button>
                <button type="button" class="govuk-button govuk-button--secondary" onClick={() => void save(saveHtml)}>
                  Save as a web page
                </button>
                <button type="button" class="govuk-button govuk-button--secondary" onClick={() => print()}>Print</button>
              </>
            )}
          </div>
          <div class="keeping">
            <div class="govuk-checkboxes govuk-checkboxes--small">
              <div class="govuk-checkboxes__item">
                <input
                  class="govuk-checkboxes__input"
                  type="checkbox"
                  id="keep"
                  checked={keep}
                  aria-describedby="keep-hint"
                  onChange={(event) => setKeeping(event.currentTarget.checked)}
                />
                <label class="govuk-label govuk-checkboxes__label" for="keep">Keep this draft in this browser</label>
                <p class="govuk-hint govuk-checkboxes__hint" id="keep-hint">
                  {keepTrouble
                    ? "This browser could not keep it. Copy the draft to somewhere safe."
                    : "Not on a shared computer. Untick it, or clear the draft, and it is gone. The service never stores it."}
                </p>
              </div>
            </div>
            <button type="button" class="govuk-button govuk-button--secondary" onClick={empty}>Clear the draft</button>
          </div>
        </section>
        <section class="feedback" aria-labelledby="feedback-heading" id="feedback">
          <h2 class="govuk-heading-m" id="feedback-heading" tabIndex={-1}>Feedback</h2>
          {!card && (
            <div class="govuk-inset-text first" id="no-feedback">
              <p>Feedback comes when you pause. The sentence you are writing is left alone until you finish it.</p>
              <p>It asks and points; what to write stays with you.</p>
            </div>
          )}
          {stale && <p class="govuk-inset-text" id="stale">This feedback is about an earlier version of your draft.</p>}
          {card && (
            <>
              <Filter dimensions={Object.keys(card.dimensions)} shown={shown} onShown={setShownState} />
              <Panel
                card={card}
                reasons={reasons}
                spans={drawn.spans}
                findings={drawn.findings}
                shown={shown}
                dismissals={dismissals}
                active={active}
                asking={asking}
                onShown={setShownState}
                onGo={go}
                onStep={step}
                onAsk={(key) => {
                  setAsking(key);
                  if (key) {
                    requestAnimationFrame(() => document.querySelector<HTMLElement>(".dismissing input")?.focus());
                  }
                }}
                onDismiss={dismiss}
                onUndo={undo}
              />
            </>
          )}
        </section>
      </div>
    </>
  );
}

/** Focus what a change of state draws, once it is there: the list is drawn again after the text is. */
function focusOnce(id: string, frames = 60): void {
  requestAnimationFrame(() => {
    const element = document.getElementById(id);
    if (element) element.focus();
    else if (frames) focusOnce(id, frames - 1);
  });
}

function wordsOf(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** The row that the service refuses: `people.2.age` counts the rows that were sent. */
function refusedRow(trouble: Trouble | null, sent: PersonRow[]) {
  const found = /^people\.(\d+)(?:\.(\w+))?/.exec(trouble?.field ?? "");
  const row = found ? sent[Number(found[1])] : undefined;
  return row && trouble ? { row: row.row, part: found?.[2] ?? "name", message: trouble.message } : null;
}

