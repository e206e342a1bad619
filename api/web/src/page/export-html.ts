/** The draft with its comments as one HTML file that needs nothing else. */

import { marked } from "./marked.ts";
import { numbersOf, type Report } from "./report.ts";
import sheet from "../styles/report.css";

const PAGE = "body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; background: #fff; }\n";

/** The body of the report, as nodes; the printed page shows the same. */
export function reportNodes(report: Report): HTMLElement {
  const body = make("article", "report");
  body.append(make("h1", "", "Draft with comments"));
  if (report.notice) body.append(make("p", "notice", report.notice));
  if (report.children.length) {
    body.append(make("h2", "", "Each child"));
    const list = make("dl", "");
    for (const { name, lines } of report.children) {
      list.append(make("dt", "", name), ...lines.map((line) => make("dd", "", line)));
    }
    body.append(list);
  }
  body.append(make("h2", "", "The record on four dimensions"));
  for (const { title, level, reason, range, questions } of report.dimensions) {
    const section = make("section", "");
    section.append(make("h3", "", title), make("p", "level", level), make("p", "", reason));
    if (range) section.append(make("p", "soft", range));
    if (questions.length) {
      const list = make("ul", "");
      list.append(...questions.map((question) => make("li", "", question)));
      section.append(list);
    }
    body.append(section);
  }
  body.append(make("h2", "", "The draft"));
  const text = make("div", "text");
  text.append(marked(report.text, report.spans, numbersOf(report)));
  body.append(text);
  if (report.comments.length) {
    body.append(make("h2", "", "Comments"));
    const list = make("ol", "");
    for (const { heading, message, why } of report.comments) {
      const item = make("li", "");
      item.append(make("strong", "", heading), make("p", "", message));
      if (why) item.append(make("p", "soft", why));
      list.append(item);
    }
    body.append(list);
  }
  body.append(make("p", "soft", report.madeBy));
  return body;
}

export function htmlOf(report: Report): Blob {
  // The nodes hold text alone, and serialising them escapes it.
  const head = `<meta charset="utf-8"><title>Draft with comments</title><style>${PAGE}${sheet}</style>`;
  const body = reportNodes(report).outerHTML;
  return new Blob([`<!doctype html>\n<html lang="en-GB"><head>${head}</head><body>${body}</body></html>\n`], {
    type: "text/html",
  });
}

function make(tag: string, className: string, text = ""): HTMLElement {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}
