import { describe, expect, it } from "vitest";

import { beingWritten, sentencesOf } from "../src/shared/sentences.ts";

/** `|` is the caret; what is being written stands in the answer. */
function written(marked: string) {
  const caret = marked.indexOf("|");
  const text = marked.replace("|", "");
  const { from, to, finished } = beingWritten(text, caret);
  return { words: text.slice(from, to), finished };
}

describe("the sentence being written", () => {
  it.each([
    ["I saw Mia. She was qui|", "She was qui", false],
    ["I saw Mia. She was quiet.|", "She was quiet.", true],
    ["I saw Mia. She was quiet. |", "", true],
    ["I saw M|ia. She was quiet.", "I saw Mia.", true],
    ["I saw Mia |", "I saw Mia ", false],
    ["|I saw Mia.", "I saw Mia.", true],
    ["|", "", true],
    ["She said, “I like it.”|", "She said, “I like it.”", true],
    ["😀 I saw Zoë|", "😀 I saw Zoë", false],
    ["I saw محمد. He was qui|", "He was qui", false],
  ])("%s", (marked, words, finished) => {
    expect(written(marked)).toEqual({ words, finished });
  });

  it("covers a paragraph without gaps", () => {
    const text = "One. Two? “Three!” Four";
    expect(sentencesOf(text).map(({ from, to }) => text.slice(from, to)).join("")).toBe(text);
  });
});
