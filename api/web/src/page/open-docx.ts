/** A Word document's words, read in the browser; loaded only when asked for. */

import mammoth from "mammoth/mammoth.browser.js";

import { textOfHtml } from "../shared/rich-text.ts";

export async function textOfDocx(file: ArrayBuffer): Promise<string> {
  const { value } = await mammoth.convertToHtml(
    { arrayBuffer: file },
    { convertImage: mammoth.images.imgElement(() => Promise.resolve({ src: "" })), includeDefaultStyleMap: true },
  );
  return textOfHtml(value);
}
