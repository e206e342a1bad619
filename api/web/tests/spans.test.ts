import { ChangeSet, EditorState } from "@codemirror/state";
import { describe, expect, it } from "vitest";

import { ALL_SHOWN, moved, placedSpans, setSpans, spansField, spansOf, visible } from "../src/page/spans.ts";
import { card, evidence } from "./cards.ts";

const TEXT = "😀 I saw Zoë. She was sad. I saw محمد.";

function stateWith(text: string, quotes: string[]) {
  const dimensions = { child_voice: { evidence: quotes.map((quote) => evidence(text, quote, "child_view")) } };
  const state = EditorState.create({ doc: text, extensions: [spansField] });
  return state.update({ effects: setSpans.of(spansOf(card(dimensions), text)) }).state;
}

const words = (state: EditorState) =>
  placedSpans(state.field(spansField), 0, state.doc.length).map(({ from, to }) => state.sliceDoc(from, to));

describe("spans", () => {
  it("stay on their words while one types above, between and at their edges", () => {
    let state = stateWith(TEXT, ["I saw Zoë.", "I saw محمد."]);
    expect(words(state)).toEqual(["I saw Zoë.", "I saw محمد."]);
    state = state.update({ changes: { from: 0, insert: "👨‍👩‍👧 é " } }).state;
    expect(words(state)).toEqual(["I saw Zoë.", "I saw محمد."]);
    state = state.update({ changes: { from: state.doc.toString().indexOf("She"), insert: "Then. " } }).state;
    state = state.update({ changes: { from: state.doc.length, insert: " More." } }).state;
    expect(words(state)).toEqual(["I saw Zoë.", "I saw محمد."]);
  });

  it("go with their words", () => {
    let state = stateWith(TEXT, ["She was sad."]);
    const from = TEXT.indexOf("She");
    state = state.update({ changes: { from, to: from + "She was sad.".length } }).state;
    expect(words(state)).toEqual([]);
  });

  it("of a late reply move with the text, and those on changed words go", () => {
    const spans = spansOf(card({}, [{ start: 0, end: 4 }, { start: 10, end: 14 }]), "aaaa bbbb cccc");
    const changes = ChangeSet.of([{ from: 0, insert: "xx" }, { from: 12, insert: "y" }], 14);
    const placed = moved(spans, changes.desc);
    expect(placed.map(({ from, to }) => [from, to])).toEqual([]);
    expect(moved(spans, ChangeSet.of({ from: 6, insert: "yy" }, 14)).map(({ from, to }) => [from, to])).toEqual([
      [0, 4],
      [12, 16],
    ]);
  });

  it("of one place bring their labels together; equal comments keep apart", () => {
    const text = "I am concerned. I am concerned.";
    const made = spansOf(
      card(
        { analysis: { evidence: [evidence(text, "I am", "analysis"), evidence(text, "I am", "plan")] } },
        [{ start: 0, end: 15 }, { start: 16, end: 31 }],
      ),
      text,
    );
    expect(made.map(({ kind, labels }) => [kind, labels])).toEqual([
      ["evidence", ["analysis", "plan"]], ["finding", []], ["finding", []],
    ]);
    const [, one, two] = made;
    expect(one!.id).not.toBe(two!.id);
    expect(one!.key).toBe(two!.key);
  });

  it("are hidden while their sentence is written, when dismissed, and by dimension", () => {
    const [span] = spansOf(card({}, [{ start: 5, end: 9 }]), "aaaa bbbb cccc");
    expect(visible(span!, ALL_SHOWN, null)).toBe(true);
    expect(visible(span!, ALL_SHOWN, { from: 5, to: 14, finished: false })).toBe(false);
    expect(visible(span!, ALL_SHOWN, { from: 10, to: 14, finished: false })).toBe(true);
    expect(visible(span!, { ...ALL_SHOWN, dismissed: new Set([span!.key]) }, null)).toBe(false);
    expect(visible(span!, { ...ALL_SHOWN, dimensions: new Set(["child_voice"]) }, null)).toBe(false);
  });
});
