/** Where the sentence lies that somebody is writing, so that it can be left alone. */

export interface Place {
  from: number;
  to: number;
}

export interface Writing extends Place {
  /** The sentence ends in a full stop or the like, so the writer may be done with it. */
  finished: boolean;
}

const TERMINATED = /[.!?…]["'”’)\]]*$/u;

const segmenter =
  typeof Intl !== "undefined" && "Segmenter" in Intl ? new Intl.Segmenter("en-GB", { granularity: "sentence" }) : null;

/** The sentences of one paragraph, each with the space after it. */
export function sentencesOf(paragraph: string): Place[] {
  if (segmenter) {
    return [...segmenter.segment(paragraph)].map(({ index, segment }) => ({ from: index, to: index + segment.length }));
  }
  const found = [...paragraph.matchAll(/[^.!?…]*[.!?…]+["'”’)\]]*\s*|[^.!?…]+$/gu)];
  return found.map((match) => ({ from: match.index, to: match.index + match[0].length }));
}

/**
 * The sentence of `paragraph` that somebody with the caret at `caret` is writing.
 *
 * An empty place where the caret stands after a finished sentence and its space: there the next one has not begun.
 */
export function beingWritten(paragraph: string, caret: number): Writing {
  const nothing = { from: caret, to: caret, finished: true };
  const sentence = sentencesOf(paragraph).find(({ from, to }) => caret > from && caret <= to);
  if (!sentence) return { ...(beforeFirst(paragraph, caret) ?? nothing) };
  const words = paragraph.slice(sentence.from, sentence.to).trimEnd();
  const end = sentence.from + words.length;
  const finished = TERMINATED.test(words);
  if (finished && caret > end) return nothing;
  return { from: sentence.from, to: Math.max(end, caret), finished };
}

function beforeFirst(paragraph: string, caret: number): Writing | null {
  const first = caret === 0 ? sentencesOf(paragraph)[0] : undefined;
  if (!first) return null;
  const words = paragraph.slice(first.from, first.to).trimEnd();
  return words ? { from: first.from, to: first.from + words.length, finished: TERMINATED.test(words) } : null;
}
