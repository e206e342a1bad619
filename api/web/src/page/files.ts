/** Files in and out. Nothing here leaves the browser. */

import { textOfHtml } from "../shared/rich-text.ts";
import type { Report } from "./report.ts";

/** A Word file of a long record without pictures is far smaller; a larger one would only stall the browser. */
export const MAX_FILE = 20_000_000;

export class FileTrouble extends Error {}

export async function textOfFile(file: File): Promise<string> {
  if (file.size > MAX_FILE) throw new FileTrouble("The file is larger than 20 MB. Copy the text from it and paste it here.");
  const name = file.name.toLowerCase();
  if (name.endsWith(".docx")) {
    try {
      // A file of its own, so that the page loads without it. `import.meta.url` keeps it beside this script.
      const { textOfDocx } = (await import("./open-docx.ts")) as typeof import("./open-docx.ts");
      return await textOfDocx(await file.arrayBuffer());
    } catch {
      throw new FileTrouble("The file could not be read as a Word document. Open it in Word and paste the text here.");
    }
  }
  if (name.endsWith(".txt")) return (await file.text()).replaceAll("\r\n", "\n");
  if (name.endsWith(".html") || name.endsWith(".htm")) return textOfHtml(await file.text());
  throw new FileTrouble("Choose a Word document (.docx), a web page (.html) or a text file (.txt).");
}

export async function saveDocx(report: Report): Promise<void> {
  const { docxOf } = (await import("./export-docx.ts")) as typeof import("./export-docx.ts");
  download(await docxOf(report), "draft-with-comments.docx");
}

export async function saveHtml(report: Report): Promise<void> {
  const { htmlOf } = await import("./export-html.ts");
  download(htmlOf(report), "draft-with-comments.html");
}

/** The name of the file says nothing of the record. */
function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
