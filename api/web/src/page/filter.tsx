/** Which dimensions show, and how each is underlined: the filter is the key to the marks. */

import { shortOf } from "../shared/words.ts";
import type { Shown } from "./spans.ts";

export function Filter({ dimensions, shown, onShown }: { dimensions: string[]; shown: Shown; onShown(shown: Shown): void }) {
  const toggle = (dimension: string): void => {
    const next = new Set(shown.dimensions);
    if (!next.delete(dimension)) next.add(dimension);
    onShown({ ...shown, dimensions: next });
  };
  return (
    <fieldset class="govuk-fieldset filter">
      <legend class="govuk-fieldset__legend">Show in the text</legend>
      <div class="govuk-checkboxes govuk-checkboxes--small">
        {dimensions.map((dimension) => (
          <div class="govuk-checkboxes__item" key={dimension}>
            <input
              class="govuk-checkboxes__input"
              type="checkbox"
              id={`show-${dimension}`}
              checked={shown.dimensions.has(dimension)}
              onChange={() => toggle(dimension)}
            />
            <label class="govuk-label govuk-checkboxes__label" for={`show-${dimension}`}>
              <span class={`evidence ${dimension}`}>{shortOf(dimension)}</span>
            </label>
          </div>
        ))}
        <div class="govuk-checkboxes__item">
          <input
            class="govuk-checkboxes__input"
            type="checkbox"
            id="show-evidence"
            checked={shown.evidence}
            onChange={() => onShown({ ...shown, evidence: !shown.evidence })}
          />
          <label class="govuk-label govuk-checkboxes__label" for="show-evidence">Underline evidence</label>
        </div>
      </div>
    </fieldset>
  );
}
