/** The demonstration: the component beside a plain form and beside a rich-text editor, as a case system would hold it. */

import Quill from "quill";

const place = document.getElementById("rich");
if (place) {
  const quill = new Quill(place, {
    theme: "snow",
    placeholder: "Write or paste the assessment here.",
    modules: { toolbar: [["bold", "italic"], [{ list: "bullet" }, { list: "ordered" }]] },
  });
  quill.root.id = "rich-text";
  quill.root.setAttribute("role", "textbox");
  quill.root.setAttribute("aria-multiline", "true");
  quill.root.setAttribute("aria-label", "Assessment");
  quill.root.setAttribute("spellcheck", "false");
  document.getElementById("rich-feedback")?.setAttribute("for", quill.root.id);
}

// What a case system would do with the events: here, one line under each field.
document.addEventListener("record-feedback:levels", (event) => {
  const { levels } = (event as CustomEvent<{ levels: Record<string, { name: string | null }> }>).detail;
  const line = (event.target as Element).parentElement?.querySelector(".heard-levels");
  if (line) line.textContent = Object.entries(levels).map(([name, { name: word }]) => `${name}: ${word ?? "null"}`).join(", ");
});
document.addEventListener("record-feedback:findings", (event) => {
  const { findings } = (event as CustomEvent<{ findings: unknown[] }>).detail;
  const line = (event.target as Element).parentElement?.querySelector(".heard-findings");
  if (line) line.textContent = String(findings.length);
});
