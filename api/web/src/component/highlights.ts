/** Marks in a page that is not ours, by the CSS Custom Highlight API: no node of the page is touched. */

const PREFIX = "record-feedback";

// Highlights may carry colour and text decoration alone, so each kind has its own line as well as its own colour.
const RULES = `
::highlight(${PREFIX}-child_voice) { text-decoration: underline solid #17558f 2px; }
::highlight(${PREFIX}-seen_alone) { text-decoration: underline double #7a2e7c 2px; }
::highlight(${PREFIX}-analysis) { text-decoration: underline dotted #1d5c3a 2px; }
::highlight(${PREFIX}-parental_capacity) { text-decoration: underline dashed #9a3f06 2px; }
::highlight(${PREFIX}-praise) { background-color: #d9f0e3; color: #0b0c0c; }
::highlight(${PREFIX}-suggestion) { background-color: #fdf0c4; color: #0b0c0c; }
::highlight(${PREFIX}-important) { background-color: #fbdcd6; color: #0b0c0c; text-decoration: underline wavy #8a1f11 2px; }
`;

type View = Window & typeof globalThis;

const styled = new WeakSet<object>();

export function canHighlight(view: View | null): boolean {
  return !!view && "Highlight" in view && !!view.CSS && "highlights" in view.CSS;
}

/** The marks of one component: others on the same page keep theirs. */
export class Highlights {
  private ranges: { name: string; range: Range }[] = [];
  private view: View | null = null;

  draw(field: HTMLElement, marks: { name: string; range: Range }[]): void {
    this.clear();
    const view = field.ownerDocument.defaultView as View | null;
    if (!view || !canHighlight(view)) return;
    this.view = view;
    style(field, view);
    this.ranges = marks.map(({ name, range }) => ({ name: `${PREFIX}-${name}`, range }));
    for (const { name, range } of this.ranges) {
      const known = view.CSS.highlights.get(name);
      if (known) known.add(range);
      else view.CSS.highlights.set(name, new view.Highlight(range));
    }
  }

  clear(): void {
    for (const { name, range } of this.ranges) this.view?.CSS.highlights.get(name)?.delete(range);
    this.ranges = [];
  }
}

/** The rules belong where the text is: its document, or the shadow root around it. A constructed sheet needs no `unsafe-inline`. */
function style(field: HTMLElement, view: View): void {
  const root = field.getRootNode() as Document | ShadowRoot;
  if (styled.has(root) || !("adoptedStyleSheets" in root)) return;
  styled.add(root);
  const sheet = new view.CSSStyleSheet();
  sheet.replaceSync(RULES);
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}
