/** Rich text to plain text: the words, with paragraphs, list items and table rows on lines of their own. */

const PARAGRAPH = new Set("P H1 H2 H3 H4 H5 H6 BLOCKQUOTE PRE UL OL TABLE SECTION ARTICLE HEADER FOOTER HR FIGURE DL".split(" "));
const LINE = new Set("DIV LI TR DT DD CAPTION ADDRESS".split(" "));
const UNSEEN = new Set("SCRIPT STYLE TEMPLATE HEAD TITLE NOSCRIPT OBJECT IFRAME".split(" "));

/** The text of HTML. The markup is parsed as an inert document: no script runs and nothing is fetched. */
export function textOfHtml(html: string): string {
  const parsed = new DOMParser().parseFromString(withoutStyles(html), "text/html");
  const lines = new Lines();
  walk(parsed.body, lines);
  return lines.text();
}

/** A strict policy refuses each style of a parsed text and says so on the console; the words need none. */
function withoutStyles(html: string): string {
  return html
    .replace(/<style\b[\s\S]*?<\/style>/gi, "")
    .replace(/<[^>]*>/g, (tag) => tag.replace(/\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, ""));
}

class Lines {
  private out = "";
  private line = "";

  add(text: string): void {
    this.line += text;
  }

  /** End the line, and have at least `breaks` line breaks before what follows. */
  end(breaks: number): void {
    const text = this.line.replace(/[^\S\n]+/g, " ").trim();
    this.line = "";
    if (text) this.out += text;
    if (!this.out) return;
    const known = /\n*$/.exec(this.out)?.[0].length ?? 0;
    if (known < breaks) this.out += "\n".repeat(breaks - known);
  }

  breakLine(): void {
    const text = this.line.replace(/[^\S\n]+/g, " ").trim();
    this.line = "";
    this.out += `${text}\n`;
  }

  text(): string {
    this.end(0);
    return this.out.replace(/\n{3,}/g, "\n\n").trim();
  }
}

function walk(node: Node, lines: Lines): void {
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) lines.add((child.textContent ?? "").replace(/\s+/g, " "));
    if (!(child instanceof Element) && child.nodeType !== Node.ELEMENT_NODE) continue;
    const tag = (child as Element).tagName.toUpperCase();
    if (UNSEEN.has(tag)) continue;
    if (tag === "BR") {
      lines.breakLine();
      continue;
    }
    const breaks = PARAGRAPH.has(tag) ? 2 : LINE.has(tag) ? 1 : 0;
    if (breaks) lines.end(breaks);
    walk(child, lines);
    if (tag === "TD" || tag === "TH") lines.add(" ");
    if (breaks) lines.end(breaks);
  }
}
