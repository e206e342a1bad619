/** What the component shows of a scorecard, as nodes of its shadow root. */

import type { Reasons } from "../shared/reasons.ts";
import { childrenOf, type Finding, type Scorecard } from "../shared/scorecard.ts";
import {
  childName, heardOf, LEVELS, levelOf, quoted, rangeOf, seenDetail, severityOf, shortOf, statusOf, titleOf,
} from "../shared/words.ts";

export interface ShownFinding {
  finding: Finding;
  quote: string;
  show(): void;
}

export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className = "",
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function childrenNodes(card: Scorecard): Node[] {
  const children = childrenOf(card);
  if (!children.length) return [];
  const list = make("ul", "children");
  for (const { name, seen, heard } of children) {
    const item = make("li", "", make("strong", "", childName(name)));
    if (seen) item.append(make("span", "", [statusOf(seen.status), seenDetail(seen)].filter(Boolean).join(". ")));
    if (heard) item.append(make("span", "", `Heard: ${heardOf(heard.heard).toLowerCase()}`));
    list.append(item);
  }
  return [make("h3", "", "Each child"), list];
}

/** The four dimensions, each folded; those a reader has opened stay open. */
export function dimensionNodes(card: Scorecard, open: ReadonlySet<string>, reasons: Reasons): Node[] {
  const parts = Object.entries(card.dimensions).map(([name, dimension]) => {
    const judged = dimension.level !== null;
    const level = judged ? `${levelOf(dimension)} (level ${dimension.level} of ${LEVELS.length - 1})` : levelOf(dimension);
    const box = make("details", "dimension", make("summary", "", make("strong", "", titleOf(name)), `: ${level}`));
    box.dataset["dimension"] = name;
    box.open = open.has(name);
    box.append(make("p", "", judged ? dimension.reason : (dimension.not_applicable?.message ?? dimension.reason)));
    const range = rangeOf(dimension);
    if (judged && range) box.append(make("p", "soft", range));
    if (dimension.prompts.length) {
      box.append(
        make("p", "", make("strong", "", "What would help")),
        make("ul", "", ...dimension.prompts.map(({ code, message }) => make("li", "", message, ...why(code, reasons)))),
      );
    }
    return box;
  });
  return [make("h3", "", "The record on four dimensions"), ...parts];
}

export function findingNodes(findings: ShownFinding[], reasons: Reasons): Node[] {
  const list = make("ol", "findings");
  for (const { finding, quote, show } of findings) {
    const go = make("button", "", quoted(quote));
    go.type = "button";
    go.addEventListener("click", show);
    const head = make("span", `severity ${finding.severity}`, severityOf(finding.severity));
    list.append(
      make("li", "", make("p", "", head, ` ${shortOf(finding.dimension)}`), make("p", "", finding.message), go, ...why(finding.code, reasons)),
    );
  }
  const none = make("p", "soft", "There are no comments on particular passages.");
  return [make("h3", "", `Comments on the text (${findings.length})`), findings.length ? list : none];
}

function why(code: string, reasons: Reasons): Node[] {
  const found = reasons[code];
  if (!found) return [];
  const sources = found.source.map((source) => make("p", "soft", source));
  return [make("details", "why", make("summary", "", "Why it matters"), make("p", "", found.why), ...sources)];
}
