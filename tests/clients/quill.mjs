// The Quill editor with its LanguageTool plug-in, in a document without a window, checking one text against a service.
// Called with the service's address; the text comes on standard input, and what the plug-in holds goes to standard output.

import { JSDOM } from "jsdom"

const { window } = new JSDOM('<div id="editor"></div>', { pretendToBeVisual: true, url: process.argv[2] })
window.document.getSelection = () => ({ getRangeAt() {}, rangeCount: 0, removeAllRanges() {}, addRange() {} })
for (const name of Object.getOwnPropertyNames(window))
  if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value: window[name], configurable: true })
window.fetch = fetch
process.env.NODE_ENV = "production"
console.log = () => {} // or else the plug-in talks to itself

const { default: Quill } = await import("quill")
const { default: register } = await import("quill-languagetool")
const plugin = register.default ?? register
plugin(Quill)

let text = ""
for await (const piece of process.stdin) text += piece

const editor = new Quill("#editor", {
  modules: {
    languageTool: {
      server: process.argv[2],
      language: "en-GB",
      cooldownTime: 10,
      disableNativeSpellcheck: false,
      showLoadingIndicator: false,
      apiOptions: JSON.parse(process.argv[3] ?? "{}"),
    },
  },
})
const languageTool = editor.getModule("languageTool")
const until = async (done) => {
  for (const end = Date.now() + 30_000; !done() && Date.now() < end; ) await new Promise((next) => setTimeout(next, 20))
}
await until(() => !languageTool.loopPreventionCooldown) // it passes over what changes in its first moment
editor.setText(text, "user") // as if it were typed: the plug-in waits for a pause and then asks
await until(() => languageTool.matches.length > 0)
const marked = [...window.document.querySelectorAll("quill-lt-match")].map((node) => node.textContent)
process.stdout.write(JSON.stringify({ text: editor.getText(), matches: languageTool.matches, marked }), () => process.exit(0))
