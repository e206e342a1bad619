// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";

import { placedIn, rangeOf, textOf } from "../src/component/text-of.ts";

let field: HTMLElement;
beforeEach(() => {
  field = document.createElement("div");
  document.body.replaceChildren(field);
});

describe("a field of another page", () => {
  it("is read with its paragraphs, and a place leads back to its words", () => {
    field.innerHTML = "<p>😀 I saw <b>Zoë</b>.</p><p>She <i>was</i> sad.</p><ul><li>One</li><li>محمد two</li></ul>";
    const read = textOf(field);
    expect(read.text.trim()).toBe("😀 I saw Zoë.\n\nShe was sad.\n\nOne\nمحمد two");
    for (const quote of ["I saw Zoë.", "She was sad.", "محمد two", "Zoë"]) {
      const from = read.text.indexOf(quote);
      expect(rangeOf(read, { from, to: from + quote.length })?.toString()).toBe(quote);
    }
  });

  it("is the value of a textarea", () => {
    const area = document.createElement("textarea");
    area.value = "One.\n\nTwo.";
    expect(textOf(area).text).toBe("One.\n\nTwo.");
  });

  it("gives no range for nodes that are gone", () => {
    field.innerHTML = "<p>One two.</p>";
    const read = textOf(field);
    field.innerHTML = "";
    expect(rangeOf(read, { from: 0, to: 3 })).toBeNull();
  });

  it("moves places with the text around them, and drops those that changed", () => {
    const move = placedIn("One. Two. Three.", "One. Two and. Three.");
    expect(move({ from: 0, to: 4 })).toEqual({ from: 0, to: 4 });
    expect(move({ from: 5, to: 9 })).toBeNull();
    expect(move({ from: 10, to: 16 })).toEqual({ from: 14, to: 20 });
  });
});
