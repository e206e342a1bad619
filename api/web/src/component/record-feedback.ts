/**
 * `<record-feedback for="note">`: feedback on the draft in a field of somebody else's page.
 *
 * Attributes: `for` (id of a textarea or an element with contenteditable), `endpoint` (address of the service; where this
 * script came from unless told), `record-type`, `people` (JSON). Properties: `target` (an element, for one without an id
 * or in a frame), `getToken` (a function that gives a bearer token, or a promise of one). Events: `record-feedback:levels`,
 * `record-feedback:findings`, which bubble. It changes nothing in the field and stores nothing.
 */

import { Checker, type Phase } from "../shared/checker.ts";
import { reasonsOf, type Reasons } from "../shared/reasons.ts";
import { childrenOf, type Draft, type Finding, type Person, type Scorecard } from "../shared/scorecard.ts";
import { beingWritten, type Place, type Writing } from "../shared/sentences.ts";
import { ask, type Trouble } from "../shared/service.ts";
import sheetText from "../styles/record-feedback.css";
import { canHighlight, Highlights } from "./highlights.ts";
import { caretOf, isTextField, placedIn, rangeOf, textOf, type FieldText } from "./text-of.ts";
import { childrenNodes, dimensionNodes, findingNodes, make } from "./view.ts";

const REST_MS = 2_000;
const PHASES: Record<Phase, string> = {
  empty: "Feedback comes when you pause.",
  writing: "Waiting for a pause",
  checking: "Checking…",
  current: "Up to date",
  trouble: "",
};
// The script lies in the service's folder `static`.
const HOME = new URL("..", (document.currentScript as HTMLScriptElement | null)?.src || document.baseURI).href;

interface Mark extends Place {
  name: string;
  finding: Finding | null;
}

export class RecordFeedback extends HTMLElement {
  static readonly observedAttributes = ["for", "endpoint", "record-type", "people"];

  getToken: (() => string | null | Promise<string | null>) | null = null;

  private field: HTMLElement | null = null;
  private given: HTMLElement | null = null;
  private card: Scorecard | null = null;
  /** Places in the text as it was when the marks were last placed. */
  private marks: Mark[] = [];
  private placed = "";
  private writing: Writing | null = null;
  private rest: ReturnType<typeof setTimeout> | undefined;
  /** Comments as last drawn, and as last told to the page. */
  private drawn = "";
  private told = "";
  private reasons: Reasons | null = null;
  private readonly highlights = new Highlights();
  private readonly open = new Set<string>();
  private readonly box = make("section", "box");
  private readonly status = make("p", "status");
  private readonly again = make("button", "", "Try again now");
  private readonly notice = make("p", "notice");
  private readonly people = make("section");
  private readonly levels = make("section");
  private readonly findings = make("section");
  private readonly checker = new Checker({
    read: () => this.draft(),
    ask: (draft, signal) => ask(draft, { base: this.endpoint, token: this.getToken }, signal),
    onCard: (card, draft) => this.onCard(card, draft),
    onPhase: (phase, trouble) => this.onPhase(phase, trouble),
  });

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(sheetText);
    root.adoptedStyleSheets = [sheet];
    this.status.setAttribute("role", "status");
    this.status.textContent = PHASES.empty;
    this.again.type = "button";
    this.again.hidden = true;
    this.again.addEventListener("click", () => this.checker.now());
    this.notice.hidden = true;
    this.box.append(make("h2", "", "Feedback on the record"), this.status, this.again);
    this.box.append(this.notice, this.people, this.levels, this.findings);
    root.append(this.box);
    this.levels.addEventListener(
      "toggle",
      ({ target }) => {
        const { open, dataset } = target as HTMLDetailsElement;
        const dimension = dataset["dimension"];
        if (dimension && open) this.open.add(dimension);
        else if (dimension) this.open.delete(dimension);
      },
      true,
    );
  }

  /** The field that is read: the one given, else the one that `for` names. */
  get target(): HTMLElement | null {
    return this.given ?? this.named();
  }

  set target(field: HTMLElement | null) {
    this.given = field;
    if (this.isConnected) this.attach();
  }

  get endpoint(): string {
    return this.getAttribute("endpoint") ?? HOME;
  }

  connectedCallback(): void {
    if (document.readyState === "loading") {
      document.addEventListener("DOMContentLoaded", () => this.attach(), { once: true });
    } else this.attach();
  }

  disconnectedCallback(): void {
    this.detach();
  }

  attributeChangedCallback(name: string): void {
    if (!this.isConnected) return;
    if (name === "for") this.attach();
    else this.checker.changed();
  }

  /** Check at once, as after a paste by script, which fires no `input`. */
  check(): void {
    this.attach();
    this.checker.now();
  }

  private named(): HTMLElement | null {
    const id = this.getAttribute("for");
    return id ? (this.getRootNode() as Document | ShadowRoot).getElementById(id) : null;
  }

  private attach(): void {
    const field = this.target;
    if (field === this.field) return;
    this.detach();
    this.field = field;
    if (!field) return;
    this.box.setAttribute("aria-label", ["Feedback on the record", labelOf(field)].filter(Boolean).join(": "));
    field.addEventListener("input", this.onInput);
    field.addEventListener("focusout", this.onLeave);
    field.ownerDocument.addEventListener("selectionchange", this.onSelection);
    if (textOf(field).text.trim()) this.checker.changed(0);
  }

  private detach(): void {
    this.checker.stop();
    this.highlights.clear();
    clearTimeout(this.rest);
    this.field?.removeEventListener("input", this.onInput);
    this.field?.removeEventListener("focusout", this.onLeave);
    this.field?.ownerDocument.removeEventListener("selectionchange", this.onSelection);
    this.field = null;
  }

  private draft(): Draft {
    const field = this.field;
    return {
      text: field ? textOf(field).text : "",
      recordType: this.getAttribute("record-type") ?? "other",
      people: peopleOf(this.getAttribute("people")),
    };
  }

  // --- writing ------------------------------------------------------------------------------------------------------

  private readonly onInput = (event: Event): void => {
    const field = this.field;
    if (!field) return;
    const read = textOf(field);
    const typed = !(event instanceof InputEvent) || !/paste|drop/i.test(event.inputType);
    const caret = caretOf(field, read);
    this.writing = typed && caret !== null ? sentenceAt(read.text, caret) : null;
    clearTimeout(this.rest);
    if (this.writing?.finished) this.rest = setTimeout(() => this.settle(), REST_MS);
    this.checker.changed();
    this.draw(read);
  };

  private readonly onLeave = (): void => this.settle();

  private readonly onSelection = (): void => {
    if (!this.writing || !this.field) return;
    const caret = caretOf(this.field, textOf(this.field));
    if (caret !== null && caret >= this.writing.from && caret <= this.writing.to) return;
    this.settle();
  };

  private settle(): void {
    if (!this.writing) return;
    this.writing = null;
    this.draw();
  }

  // --- showing ------------------------------------------------------------------------------------------------------

  private onPhase(phase: Phase, trouble: Trouble | null): void {
    const text = trouble ? `${trouble.message} Your draft is still here.` : PHASES[phase];
    // A live region that repeats itself would chatter: only trouble and the end of a check are told.
    if (phase === "trouble" || phase === "current" || phase === "empty") this.status.setAttribute("role", "status");
    else this.status.removeAttribute("role");
    if (this.status.textContent !== text) this.status.textContent = text;
    this.status.classList.toggle("trouble", phase === "trouble");
    this.again.hidden = phase !== "trouble";
    if (phase !== "empty") return;
    this.card = null;
    this.marks = [];
    this.notice.hidden = true;
    for (const part of [this.people, this.levels, this.findings]) part.replaceChildren();
    this.highlights.clear();
  }

  private onCard(card: Scorecard, draft: Draft): void {
    this.card = card;
    this.placed = draft.text;
    this.marks = [
      ...Object.entries(card.dimensions).flatMap(([name, { evidence }]) =>
        (evidence ?? []).map(({ start, end }) => ({ name, from: start, to: end, finding: null })),
      ),
      ...(card.findings ?? []).map((finding) => ({
        name: finding.severity, from: finding.start, to: finding.end, finding,
      })),
    ];
    this.notice.textContent = card.notice ?? "";
    this.notice.hidden = !card.notice;
    this.people.replaceChildren(...childrenNodes(card));
    this.levels.replaceChildren(...dimensionNodes(card, this.open, this.reasons ?? {}));
    if (!this.reasons) {
      this.reasons = {};
      void reasonsOf({ base: this.endpoint, token: this.getToken }).then((reasons) => {
        this.reasons = reasons;
        this.drawn = "";
        if (this.card) this.levels.replaceChildren(...dimensionNodes(this.card, this.open, reasons));
        this.draw();
      });
    }
    const levels = Object.fromEntries(
      Object.entries(card.dimensions).map(([name, { level, name: word, refer }]) => [name, { level, name: word, refer }]),
    );
    const children = childrenOf(card).map(({ name, seen, heard }) => ({
      child: name, status: seen?.status ?? null, companions: seen?.companions ?? [], heard: heard?.heard ?? null,
    }));
    this.tell("levels", { levels, children });
    this.drawn = "";
    this.told = "";
    this.draw();
  }

  /** Marks and comments that show now: in their present places, and none in the sentence being written. */
  private draw(read: FieldText | null = this.field ? textOf(this.field) : null): void {
    const field = this.field;
    if (!field || !read || !this.card) return;
    const move = placedIn(this.placed, read.text);
    this.marks = this.marks.flatMap((mark) => {
      const place = move(mark);
      return place ? [{ ...mark, ...place }] : [];
    });
    this.placed = read.text;
    const shown = this.marks.filter((mark) => !within(mark, this.writing));
    if (!isTextField(field) && canHighlight(field.ownerDocument.defaultView as (Window & typeof globalThis) | null)) {
      this.highlights.draw(
        field,
        shown.flatMap(({ name, ...place }) => {
          const range = rangeOf(read, place);
          return range ? [{ name, range }] : [];
        }),
      );
    }
    const comments = shown.filter((mark) => mark.finding).sort((a, b) => a.from - b.from || a.to - b.to);
    const now = JSON.stringify(comments.map(({ from, to, finding }) => [from, to, finding?.code]));
    if (now === this.drawn) return;
    this.drawn = now;
    this.findings.replaceChildren(
      ...findingNodes(
        comments.map(({ from, to, finding }) => ({
          finding: finding!,
          quote: read.text.slice(from, to),
          show: () => this.show({ from, to }),
        })),
        this.reasons ?? {},
      ),
    );
    if (now === this.told) return;
    this.told = now;
    this.tell("findings", { findings: comments.map(({ from, to, finding }) => ({ ...finding, start: from, end: to })) });
  }

  private show(place: Place): void {
    const field = this.field;
    if (!field) return;
    field.focus();
    if (isTextField(field)) return field.setSelectionRange(place.from, place.to);
    const range = rangeOf(textOf(field), place);
    const selection = field.ownerDocument.getSelection();
    if (!range || !selection) return;
    selection.removeAllRanges();
    selection.addRange(range);
    range.startContainer.parentElement?.scrollIntoView({ block: "nearest" });
  }

  private tell(what: "levels" | "findings", detail: object): void {
    this.dispatchEvent(new CustomEvent(`record-feedback:${what}`, { detail, bubbles: true, composed: true }));
  }
}

/** What the page calls the field, so that two components on one page are told apart. */
function labelOf(field: HTMLElement): string {
  const labels = (field as HTMLTextAreaElement).labels;
  return (field.getAttribute("aria-label") ?? labels?.[0]?.textContent ?? "").trim();
}

function within(mark: Place, writing: Writing | null): boolean {
  return writing !== null && writing.from < writing.to && mark.from < writing.to && mark.to > writing.from;
}

function sentenceAt(text: string, caret: number): Writing {
  const from = text.lastIndexOf("\n", caret - 1) + 1;
  const end = text.indexOf("\n", caret);
  const found = beingWritten(text.slice(from, end < 0 ? text.length : end), caret - from);
  return { from: from + found.from, to: from + found.to, finished: found.finished };
}

function peopleOf(json: string | null): Person[] | null {
  if (!json) return null;
  try {
    const people: unknown = JSON.parse(json);
    return Array.isArray(people) ? (people as Person[]) : null;
  } catch {
    console.warn("record-feedback: the attribute people is not JSON, and is left out"); // never its content
    return null;
  }
}

if (!customElements.get("record-feedback")) customElements.define("record-feedback", RecordFeedback);
