/** A text as still nodes, cut at every edge of a span: for paper, for the exported page and for two drafts side by side. */

import type { PlacedSpan } from "./spans.ts";

/** Whatever comes from a record reaches the document through text nodes alone. */
export function marked(text: string, spans: PlacedSpan[], numbers: ReadonlyMap<string, number>): DocumentFragment {
  const result = document.createDocumentFragment();
  let at = 0;
  for (const line of text.split("\n")) {
    const from = at;
    const to = at + line.length;
    at = to + 1;
    if (!line.trim()) continue;
    const paragraph = document.createElement("p");
    const here = spans.filter((span) => span.from < to && span.to > from);
    paragraph.append(...pieces(text, from, to, here, numbers));
    result.append(paragraph);
  }
  return result;
}

function pieces(
  text: string,
  from: number,
  to: number,
  spans: PlacedSpan[],
  numbers: ReadonlyMap<string, number>,
): Node[] {
  const edges = new Set([from, to]);
  for (const span of spans) edges.add(Math.max(from, span.from)).add(Math.min(to, span.to));
  const cuts = [...edges].sort((a, b) => a - b);
  const nodes: Node[] = [];
  for (let index = 0; index + 1 < cuts.length; index += 1) {
    const [start, end] = [cuts[index]!, cuts[index + 1]!];
    let node: Node = document.createTextNode(text.slice(start, end));
    for (const span of spans.filter((each) => each.from <= start && each.to >= end).reverse()) {
      const mark = document.createElement("mark");
      mark.className = span.kind === "finding" ? `finding ${span.finding?.severity ?? ""}` : `evidence ${span.dimension}`;
      mark.append(node);
      const number = numbers.get(span.id);
      if (number !== undefined && span.to === end) {
        const sign = document.createElement("sup");
        sign.textContent = `[${number}]`;
        mark.append(sign);
      }
      node = mark;
    }
    nodes.push(node);
  }
  return nodes;
}
