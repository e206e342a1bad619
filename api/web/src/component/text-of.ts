/** The text of a field that belongs to somebody else's page, and the way back from a place in it to the page. */

import type { Place } from "../shared/sentences.ts";

const PARAGRAPH = new Set("P H1 H2 H3 H4 H5 H6 BLOCKQUOTE PRE TABLE SECTION ARTICLE UL OL".split(" "));
const LINE = new Set("DIV LI TR DT DD BR".split(" "));
const UNSEEN = new Set("SCRIPT STYLE TEMPLATE SELECT BUTTON".split(" "));

export interface Piece {
  node: Text;
  from: number;
}

export interface FieldText {
  text: string;
  /** The text nodes the text was read from, in order; none for a textarea. */
  pieces: Piece[];
}

export function isTextField(field: Element): field is HTMLTextAreaElement | HTMLInputElement {
  return "selectionStart" in field && "value" in field;
}

export function textOf(field: HTMLElement): FieldText {
  if (isTextField(field)) return { text: field.value, pieces: [] };
  const found: FieldText = { text: "", pieces: [] };
  read(field, found);
  return found;
}

/** Characters are taken one for one, so that an offset leads back to its node; only what separates blocks is added. */
function read(parent: Node, found: FieldText): void {
  for (const node of parent.childNodes) {
    if (node.nodeType === 3) {
      found.pieces.push({ node: node as Text, from: found.text.length });
      found.text += (node as Text).data.replace(/[\t\r\n\u00a0]/g, " ");
      continue;
    }
    if (node.nodeType !== 1) continue;
    const tag = (node as Element).tagName.toUpperCase();
    if (UNSEEN.has(tag)) continue;
    const breaks = PARAGRAPH.has(tag) ? 2 : LINE.has(tag) ? 1 : 0;
    if (tag === "BR") {
      found.text += "\n";
      continue;
    }
    separate(found, breaks);
    read(node, found);
    separate(found, breaks);
  }
}

function separate(found: FieldText, breaks: number): void {
  if (!breaks || !found.text) return;
  const known = /\n*$/.exec(found.text)?.[0].length ?? 0;
  if (known < breaks) found.text += "\n".repeat(breaks - known);
}

/** The range of a place in the text; null where the page has changed under it. */
export function rangeOf({ pieces }: FieldText, { from, to }: Place): Range | null {
  const start = pieces.findLast((piece) => piece.from <= from);
  const end = pieces.findLast((piece) => piece.from < to);
  if (!start?.node.isConnected || !end?.node.isConnected) return null;
  const range = start.node.ownerDocument.createRange();
  try {
    range.setStart(start.node, Math.min(from - start.from, start.node.length));
    range.setEnd(end.node, Math.min(to - end.from, end.node.length));
  } catch {
    return null;
  }
  return range.collapsed ? null : range;
}

/** Where the caret is in the text; null where it is elsewhere. */
export function caretOf(field: HTMLElement, { pieces }: FieldText): number | null {
  if (isTextField(field)) return field.ownerDocument.activeElement === field ? field.selectionEnd : null;
  const root = field.getRootNode() as Document | (ShadowRoot & { getSelection?: () => Selection | null });
  const selection = root.getSelection?.() ?? field.ownerDocument.getSelection();
  const node = selection?.focusNode;
  if (!selection || !node || !field.contains(node)) return null;
  const piece = pieces.find((each) => each.node === node);
  if (piece) return piece.from + selection.focusOffset;
  const before = pieces.findLast((each) => node.compareDocumentPosition(each.node) & 2); // precedes
  return before ? before.from + before.node.length : 0;
}

/** A place of an earlier text in a later one: moved with what is around it, null where it was itself changed. */
export function placedIn(before: string, after: string): (place: Place) => Place | null {
  if (before === after) return (place) => place;
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  const shift = after.length - before.length;
  return ({ from, to }) => {
    if (to <= head) return { from, to };
    if (from >= before.length - tail) return { from: from + shift, to: to + shift };
    return null;
  };
}
