/** The sentence being written: known from the keys, forgotten once the writer leaves it or rests on its full stop. */

import { StateEffect, StateField, type EditorState } from "@codemirror/state";
import { EditorView } from "@codemirror/view";

import { beingWritten, type Writing } from "../shared/sentences.ts";

/** A full stop and this much rest: the sentence is taken to be finished. */
export const REST_MS = 2_000;

export const settle = StateEffect.define<null>();

function at(state: EditorState): Writing {
  const caret = state.selection.main.head;
  const line = state.doc.lineAt(caret);
  const { from, to, finished } = beingWritten(line.text, caret - line.from);
  return { from: line.from + from, to: line.from + to, finished };
}

export const writingField = StateField.define<Writing | null>({
  create: () => null,
  update(writing, transaction) {
    if (transaction.effects.some((effect) => effect.is(settle))) return null;
    if (transaction.docChanged) {
      // What is pasted, dropped or undone was not written just now.
      const placed = ["input.paste", "input.drop"].some((event) => transaction.isUserEvent(event));
      const typed = !placed && (transaction.isUserEvent("input") || transaction.isUserEvent("delete"));
      return typed ? at(transaction.state) : null;
    }
    if (!writing || !transaction.selection) return writing;
    const { head } = transaction.state.selection.main;
    return head < writing.from || head > writing.to ? null : writing;
  },
});

/** Forgets the sentence when the editor is left, and some time after its full stop. */
export function writing(changed: (view: EditorView) => void) {
  let rest: ReturnType<typeof setTimeout> | undefined;
  return [
    writingField,
    EditorView.domEventHandlers({
      blur: (_, view) => {
        if (view.state.field(writingField)) view.dispatch({ effects: settle.of(null) });
      },
    }),
    EditorView.updateListener.of((update) => {
      const now = update.state.field(writingField);
      const before = update.startState.field(writingField);
      if (update.docChanged) {
        clearTimeout(rest);
        if (now?.finished && now.from < now.to) {
          rest = setTimeout(() => update.view.dispatch({ effects: settle.of(null) }), REST_MS);
        }
      }
      if (now?.from !== before?.from || now?.to !== before?.to) changed(update.view);
    }),
  ];
}
