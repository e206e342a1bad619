/** The draft as a Word document, each comment a real comment on its words; loaded only when asked for. */

import {
  CommentRangeEnd, CommentRangeStart, CommentReference, Document, Packer, Paragraph, TextRun, type ICommentOptions,
  type ParagraphChild,
} from "docx";

import type { Report } from "./report.ts";

const AUTHOR = "nlp-quality";

export async function docxOf(report: Report, date = new Date()): Promise<Blob> {
  const options = (id: number, lines: string[]): ICommentOptions => ({
    id,
    author: AUTHOR,
    initials: "nq",
    date,
    children: lines.map((line) => new Paragraph({ children: [new TextRun(line)] })),
  });
  const comments: ICommentOptions[] = [];
  const spans: { id: number; from: number; to: number }[] = [];
  const add = (from: number, to: number, lines: string[]): void => {
    spans.push({ id: comments.length, from, to });
    comments.push(options(comments.length, lines));
  };
  // What is said of the record as a whole stands at its first words.
  const first = /\S+/.exec(report.text);
  if (first) {
    const [from, to] = [first.index, first.index + first[0].length];
    if (report.notice) add(from, to, [report.notice]);
    if (report.children.length) {
      add(from, to, ["Each child", ...report.children.map(({ name, lines }) => `${name}: ${lines.join("; ")}`)]);
    }
    for (const { title, level, reason, range, questions } of report.dimensions) {
      add(from, to, [`${title}: ${level}`, reason, ...(range ? [range] : []), ...questions]);
    }
    add(from, to, [report.madeBy]);
  }
  for (const { span, heading, message, why } of report.comments) {
    add(span.from, span.to, [heading, message, ...(why ? [why] : [])]);
  }
  const file = new Document({
    creator: AUTHOR,
    title: "Draft with comments",
    comments: { children: comments },
    sections: [{ children: paragraphs(report.text, spans) }],
  });
  return Packer.toBlob(file);
}

function paragraphs(text: string, spans: { id: number; from: number; to: number }[]): Paragraph[] {
  const result: Paragraph[] = [];
  let at = 0;
  for (const line of text.split("\n")) {
    const [from, to] = [at, at + line.length];
    at = to + 1;
    result.push(new Paragraph({ spacing: { after: 120 }, children: runs(text, from, to, spans) }));
  }
  return result;
}

function runs(
  text: string,
  from: number,
  to: number,
  spans: { id: number; from: number; to: number }[],
): ParagraphChild[] {
  const opening = spans.filter((span) => span.from >= from && span.from < to);
  const closing = spans.filter((span) => span.to > from && span.to <= to);
  const cuts = [...new Set([from, to, ...opening.map((span) => span.from), ...closing.map((span) => span.to)])];
  cuts.sort((a, b) => a - b);
  const children: ParagraphChild[] = [];
  for (const [index, cut] of cuts.entries()) {
    for (const span of closing.filter((each) => each.to === cut)) {
      children.push(new CommentRangeEnd(span.id), new TextRun({ children: [new CommentReference(span.id)] }));
    }
    for (const span of opening.filter((each) => each.from === cut)) children.push(new CommentRangeStart(span.id));
    const next = cuts[index + 1];
    if (next !== undefined && next > cut) children.push(new TextRun(text.slice(cut, next)));
  }
  return children;
}
