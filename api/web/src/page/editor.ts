/** The editor: CodeMirror in a shadow root, so that its styles are constructed sheets and the page's policy stays strict. */

import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { forEachDiagnostic, linter, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { ChangeSet, EditorSelection, EditorState, RangeSetBuilder } from "@codemirror/state";
import {
  Decoration, drawSelection, EditorView, keymap, placeholder, ViewPlugin, type DecorationSet, type ViewUpdate,
} from "@codemirror/view";

import { textOfHtml } from "../shared/rich-text.ts";
import type { Scorecard, Severity } from "../shared/scorecard.ts";
import { severityOf, shortOf } from "../shared/words.ts";
import sheetText from "../styles/editor.css";
import {
  moved, placedSpans, setShown, setSpans, shownField, spansField, spansOf, visible, type PlacedSpan, type Shown,
} from "./spans.ts";
import { settle, writing, writingField } from "./writing.ts";

const LINT_SEVERITY: Record<Severity, Diagnostic["severity"]> = {
  praise: "hint",
  suggestion: "info",
  important: "warning",
};

interface OwnDiagnostic extends Diagnostic {
  span: PlacedSpan;
}

export interface EditorParts {
  host: HTMLElement;
  label: string;
  description: string;
  onChange(): void;
  /** What shows has changed: other comments, or the sentence that was being written is finished. */
  onShown(): void;
  onActive(id: string): void;
  onDismiss(span: PlacedSpan): void;
  onFiles(files: File[]): void;
}

export interface Editor {
  text(): string;
  replace(text: string): void;
  show(card: Scorecard, text: string): void;
  clear(): void;
  setShown(shown: Shown): void;
  /** From now on changes are remembered, so that a reply to the present text can be placed. */
  remember(): void;
  /** Findings that show, at their present places, in order. */
  findings(): PlacedSpan[];
  /** Every span of the scorecard, at its present place. */
  spans(): PlacedSpan[];
  goTo(place: { from: number; to: number }, focus: boolean): void;
  caret(): number;
  focus(): void;
  settle(): void;
}

/** Evidence as underlines, and where the reader has gone: built for what is on screen alone, however long the draft. */
const marks = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;

    constructor(view: EditorView) {
      this.decorations = this.build(view);
    }

    update(update: ViewUpdate): void {
      const changed = [spansField, shownField, writingField].some(
        (field) => update.startState.field(field as typeof spansField) !== update.state.field(field as typeof spansField),
      );
      if (update.docChanged || update.viewportChanged || changed) this.decorations = this.build(update.view);
    }

    build(view: EditorView): DecorationSet {
      const builder = new RangeSetBuilder<Decoration>();
      const { state } = view;
      const now = state.field(writingField);
      const { from, to } = view.viewport;
      for (const span of placedSpans(state.field(spansField), from, to)) {
        const shown = state.field(shownField);
        if (!visible(span, shown, now)) continue;
        if (span.id === shown.active) builder.add(span.from, span.to, Decoration.mark({ class: "active" }));
        if (span.kind !== "evidence") continue;
        const what = `${shortOf(span.dimension)}: ${span.labels.map((label) => label.replaceAll("_", " ")).join(", ")}`;
        builder.add(
          span.from,
          span.to,
          Decoration.mark({ class: `evidence ${span.dimension}`, attributes: { "data-what": what } }),
        );
      }
      return builder.finish();
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

export function makeEditor(parts: EditorParts): Editor {
  let since: ChangeSet | null = null;
  let wanted = false;
  let drawn = "";
  let hidden = "";

  const dispatchFindings = (view: EditorView): void => {
    wanted = false;
    hidden = hiddenBy(view.state);
    const spans = shownFindings(view.state);
    // The same comments at the same places: nothing to draw, and an open tooltip stays open.
    const now = JSON.stringify(spans.map(({ id, from, to }) => [id, from, to]));
    if (now === drawn) return;
    drawn = now;
    view.dispatch(setDiagnostics(view.state, spans.map((span) => diagnosticOf(span, parts.onDismiss))));
    parts.onShown();
  };
  // A listener may not dispatch while an update runs.
  const drawFindings = (view: EditorView): void => {
    // Each key moves the sentence being written; what it hides changes seldom, and the whole draft is not gone through.
    const now = hiddenBy(view.state);
    if (wanted || now === hidden) return;
    hidden = now;
    wanted = true;
    queueMicrotask(() => dispatchFindings(view));
  };

  const root = parts.host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(sheetText);
  root.adoptedStyleSheets = [sheet];
  const hint = document.createElement("p");
  hint.id = "hint";
  hint.className = "unseen";
  hint.textContent = parts.description;
  root.append(hint);

  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      extensions: [
        history(),
        drawSelection(),
        EditorView.lineWrapping,
        keymap.of([...defaultKeymap, ...historyKeymap]),
        placeholder("Write or paste the record here."),
        EditorView.contentAttributes.of({
          "aria-label": parts.label,
          "aria-describedby": "hint",
          tabindex: "0",
          // Spelling help of some browsers sends the text to their maker.
          spellcheck: "false",
          autocorrect: "off",
          autocapitalize: "sentences",
          writingsuggestions: "false",
        }),
        spansField,
        shownField,
        writing(drawFindings),
        marks,
        linter(null),
        EditorView.domEventHandlers({
          paste: (event, target) => pasteRich(event, target),
          drop: (event) => dropFiles(event, parts.onFiles),
          click: (_, target) => {
            const active = findingAt(target.state, target.state.selection.main);
            if (active) parts.onActive(active.id);
          },
        }),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          since = since?.compose(update.changes) ?? null;
          parts.onChange();
        }),
      ],
    }),
  });

  return {
    text: () => view.state.doc.toString(),
    replace(text) {
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: view.state.toText(text) },
        selection: { anchor: 0 },
        effects: settle.of(null),
        userEvent: "input.paste",
        scrollIntoView: true,
      });
    },
    show(card, text) {
      const spans = spansOf(card, text);
      const placed = since && since.length === text.length ? moved(spans, since) : spans;
      view.dispatch({ effects: setSpans.of(placed) });
      dispatchFindings(view);
      parts.onShown();
    },
    clear() {
      view.dispatch({ effects: setSpans.of([]) });
      dispatchFindings(view);
    },
    setShown(shown) {
      view.dispatch({ effects: setShown.of(shown) });
      dispatchFindings(view);
    },
    remember() {
      since = ChangeSet.empty(view.state.doc.length);
    },
    findings: () => shownFindings(view.state),
    spans: () => placedSpans(view.state.field(spansField), 0, view.state.doc.length),
    goTo({ from, to }, focus) {
      view.dispatch({
        // A caret, not a selection: the next key must not replace the passage.
        selection: { anchor: to },
        effects: [settle.of(null), EditorView.scrollIntoView(EditorSelection.range(from, to), { y: "center" })],
      });
      if (focus) view.focus();
    },
    caret: () => view.state.selection.main.head,
    focus: () => view.focus(),
    settle: () => view.dispatch({ effects: settle.of(null) }),
  };
}

/** The comments that the sentence being written hides, by id. */
function hiddenBy(state: EditorState): string {
  const now = state.field(writingField);
  if (!now || now.from === now.to) return "";
  const spans = placedSpans(state.field(spansField), now.from, now.to);
  return spans.flatMap(({ kind, id, from, to }) => (kind === "finding" && from < now.to && to > now.from ? [id] : [])).join();
}

function shownFindings(state: EditorState): PlacedSpan[] {
  const now = state.field(writingField);
  const shown = state.field(shownField);
  return placedSpans(state.field(spansField), 0, state.doc.length).filter(
    (span) => span.kind === "finding" && visible(span, shown, now),
  );
}

function findingAt(state: EditorState, { from, to }: { from: number; to: number }): PlacedSpan | null {
  let found: PlacedSpan | null = null;
  forEachDiagnostic(state, (diagnostic, start, end) => {
    if (!found && start <= from && end >= to) found = (diagnostic as OwnDiagnostic).span;
  });
  return found;
}

function diagnosticOf(span: PlacedSpan, dismiss: (span: PlacedSpan) => void): OwnDiagnostic {
  const finding = span.finding!;
  return {
    span,
    from: span.from,
    to: span.to,
    severity: LINT_SEVERITY[finding.severity] ?? "info",
    message: finding.message,
    markClass: `finding ${finding.severity}`,
    renderMessage() {
      const box = document.createElement("div");
      const head = document.createElement("strong");
      head.textContent = `${severityOf(finding.severity)} · ${shortOf(finding.dimension)}`;
      const message = document.createElement("p");
      message.textContent = finding.message;
      box.append(head, message);
      return box;
    },
    actions: [{ name: "Dismiss…", apply: () => dismiss(span) }],
  };
}

/** Rich text comes in as its words, with its paragraphs. */
function pasteRich(event: ClipboardEvent, view: EditorView): boolean {
  const html = event.clipboardData?.getData("text/html");
  if (!html) return false;
  const text = textOfHtml(html);
  if (!text) return false;
  event.preventDefault();
  view.dispatch(view.state.replaceSelection(text), { userEvent: "input.paste", scrollIntoView: true });
  return true;
}

function dropFiles(event: DragEvent, open: (files: File[]) => void): boolean {
  const files = [...(event.dataTransfer?.files ?? [])];
  if (!files.length) return false;
  event.preventDefault();
  open(files);
  return true;
}
