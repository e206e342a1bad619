/** A comment or question put aside: first asked why, then shown in one line with a way back. */

import { useState } from "preact/hooks";

import { REASONS, type Dismissal } from "./dismissals.ts";

interface Props {
  id: string;
  what: string;
  open: boolean;
  onOpen(open: boolean): void;
  onDismiss(reason: string): void;
}

export function Dismiss({ id, what, open, onOpen, onDismiss }: Props) {
  const [reason, setReason] = useState<string | null>(null);
  const [missing, setMissing] = useState(false);
  if (!open) {
    return (
      <button type="button" class="link-button" id={`${id}-open`} onClick={() => onOpen(true)}>
        Dismiss<span class="govuk-visually-hidden"> {what}</span>
      </button>
    );
  }
  const close = (): void => {
    onOpen(false);
    requestAnimationFrame(() => document.getElementById(`${id}-open`)?.focus());
  };
  return (
    <div
      class={`govuk-form-group dismissing${missing ? " govuk-form-group--error" : ""}`}
      onKeyDown={(event) => {
        if (event.key === "Escape") close();
      }}
    >
      <fieldset class="govuk-fieldset" aria-describedby={missing ? `${id}-error` : undefined}>
        <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">
          Why do you dismiss this?<span class="govuk-visually-hidden"> {what}</span>
        </legend>
        {missing && (
          <p class="govuk-error-message" id={`${id}-error`} role="alert">
            <span class="govuk-visually-hidden">Error:</span> Choose a reason.
          </p>
        )}
        <div class="govuk-radios govuk-radios--small">
          {Object.entries(REASONS).map(([code, label]) => (
            <div class="govuk-radios__item" key={code}>
              <input
                class="govuk-radios__input"
                type="radio"
                name={id}
                id={`${id}-${code}`}
                checked={reason === code}
                onChange={() => setReason(code)}
              />
              <label class="govuk-label govuk-radios__label" for={`${id}-${code}`}>{label}</label>
            </div>
          ))}
        </div>
      </fieldset>
      <div class="govuk-button-group">
        <button
          type="button"
          class="govuk-button"
          onClick={() => (reason ? onDismiss(reason) : setMissing(true))}
        >
          Dismiss
        </button>
        <button type="button" class="govuk-button govuk-button--secondary" onClick={close}>Cancel</button>
      </div>
    </div>
  );
}

export function Dismissed({ id, dismissal, onUndo }: { id: string; dismissal: Dismissal; onUndo(): void }) {
  return (
    <p class="dismissed">
      Dismissed: {dismissal.message}{" "}
      <span class="soft">({(REASONS[dismissal.reason] ?? dismissal.reason).toLowerCase()})</span>{" "}
      <button type="button" class="link-button" id={`${id}-undo`} onClick={onUndo}>
        Undo<span class="govuk-visually-hidden"> dismissing: {dismissal.message}</span>
      </button>
    </p>
  );
}
