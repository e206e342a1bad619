// @vitest-environment jsdom
import JSZip from "jszip";
import { describe, expect, it } from "vitest";

import { docxOf } from "../src/page/export-docx.ts";
import { htmlOf } from "../src/page/export-html.ts";
import { marked } from "../src/page/marked.ts";
import { numbersOf, promptKey, reportOf } from "../src/page/report.ts";
import { spansOf } from "../src/page/spans.ts";
import { card, evidence } from "./cards.ts";

const TEXT = "😀 I saw <b>Mia</b>.\n\nI am concerned & she is sad.";
const CARD = card(
  {
    child_voice: {
      evidence: [evidence(TEXT, "she is sad", "child_observed")],
      prompts: [{ code: "voice.daily_life", message: "What is a day like?" }, { code: "voice.used", message: "And so?" }],
    },
  },
  [
    { start: TEXT.indexOf("I am"), end: TEXT.length, message: "What worries you?" },
    { start: 0, end: 2, code: "other.code", message: "Put aside." },
  ],
);

function report() {
  const spans = spansOf(CARD, TEXT);
  const aside = spans.find(({ finding }) => finding?.code === "other.code")!;
  return reportOf(CARD, TEXT, spans, new Set([aside.key, promptKey("voice.used", "And so?")]));
}

function bytes(blob: Blob): Promise<ArrayBuffer> {
  return new Promise((resolve) => {
    const reader = new FileReader(); // jsdom's Blob has no `arrayBuffer`
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.readAsArrayBuffer(blob);
  });
}

describe("a draft with its comments", () => {
  it("leaves out what was dismissed", () => {
    const { comments, dimensions } = report();
    expect(comments.map(({ number, message }) => [number, message])).toEqual([[1, "What worries you?"]]);
    expect(dimensions[0]!.questions).toEqual(["What is a day like?"]);
  });

  it("as a Word document has each comment on its words, and the draft unchanged", async () => {
    const zip = await JSZip.loadAsync(await bytes(await docxOf(report())));
    const body = await zip.file("word/document.xml")!.async("string");
    const comments = await zip.file("word/comments.xml")!.async("string");
    const paragraphs = [...body.matchAll(/<w:p>.*?<\/w:p>|<w:p\/>/gs)].map(([xml]) =>
      [...xml.matchAll(/<w:t[^>]*>([^<]*)<\/w:t>/g)].map(([, text]) => text).join(""),
    );
    expect(paragraphs).toEqual(["😀 I saw &lt;b&gt;Mia&lt;/b&gt;.", "", "I am concerned &amp; she is sad."]);
    expect(comments).toContain("What worries you?");
    expect(comments).not.toContain("Put aside.");
    const id = /<w:comment [^>]*w:id="(\d+)"(?:(?!<w:comment ).)*What worries you/s.exec(comments)![1];
    const between = new RegExp(`<w:commentRangeStart w:id="${id}"/>(.*)<w:commentRangeEnd w:id="${id}"/>`, "s").exec(body)![1]!;
    expect([...between.matchAll(/<w:t[^>]*>([^<]*)</g)].map(([, text]) => text).join("")).toBe(
      "I am concerned &amp; she is sad.",
    );
  });

  it("as a web page holds text as text", async () => {
    const html = new TextDecoder().decode(await bytes(htmlOf(report())));
    expect(html).toContain("I saw &lt;b&gt;Mia&lt;/b&gt;.");
    expect(html).toContain("What worries you?");
    expect(html).not.toContain("Put aside.");
    expect(html).not.toContain("<script");
  });

  it("marks overlapping spans each", () => {
    const made = report();
    const box = document.createElement("div");
    box.append(marked(TEXT, made.spans, numbersOf(made)));
    expect(box.querySelectorAll("p")).toHaveLength(2);
    expect([...box.querySelectorAll("mark.evidence")].map((mark) => mark.textContent)).toEqual(["she is sad"]);
    expect([...box.querySelectorAll("mark.finding")].map((mark) => mark.textContent).join("")).toBe(
      "I am concerned & she is sad.[1]",
    );
  });
});
