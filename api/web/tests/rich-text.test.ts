// @vitest-environment jsdom
import { describe, expect, it } from "vitest";

import { textOfHtml } from "../src/shared/rich-text.ts";

describe("rich text", () => {
  it.each([
    ["<p>One <b>two</b></p><p>Three</p>", "One two\n\nThree"],
    ["<h1>Visit</h1><p>Text</p>", "Visit\n\nText"],
    ["<ul><li>One</li><li>Two</li></ul><p>After</p>", "One\nTwo\n\nAfter"],
    ["<div>One</div><div>Two</div>", "One\nTwo"],
    ["<p>One<br>Two</p>", "One\nTwo"],
    ["<table><tr><th>Seen</th><td>Yes</td></tr><tr><td>Alone</td><td>No</td></tr></table>", "Seen Yes\nAlone No"],
    ["<p>\n  One\n  line\n</p>", "One line"],
    ["<style>p { color: red }</style><script>alert(1)</script><p>Text</p>", "Text"],
    ["<p>Zoe&#776; &amp; 😀 &lt;b&gt;</p>", "Zoe\u0308 & 😀 <b>"],
    [`<p style="color: red">One <span style='x'>style="two"</span></p>`, 'One style="two"'],
    ["plain", "plain"],
  ])("%s", (html, text) => {
    expect(textOfHtml(html)).toBe(text);
  });
});
