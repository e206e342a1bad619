// The annotation builder of editors' LanguageTool plug-ins (annotatedtext-rehype): HTML on standard input, checked as
// text with markup between by the service whose address is given; the HTML and the reply go to standard output.

import { build } from "annotatedtext-rehype"

let html = ""
for await (const piece of process.stdin) html += piece
const reply = await fetch(`${process.argv[2]}/v2/check`, {
  method: "POST",
  body: new URLSearchParams({
    data: JSON.stringify(build(html)),
    language: "auto",
    ...JSON.parse(process.argv[3] ?? "{}"),
  }),
})
const found = await reply.json()
const marked = found.matches.map(({ offset, length }) => html.slice(offset, offset + length))
console.log(JSON.stringify({ status: reply.status, marked, ...found }))
