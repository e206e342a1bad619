/** The line under the draft: where the checking stands, and in plain words what is wrong. */

import { useEffect, useState } from "preact/hooks";

import { count } from "../shared/words.ts";
import type { Status } from "./app.tsx";

/** Signs in and ends at a page that says so: the editor itself, opened twice, would hold two copies of a kept draft. */
const SIGN_IN = "sign-in?next=/signed-in";

interface Props {
  status: Status;
  signedIn: boolean;
  words: number;
  comments: number | null;
  onAgain(): void;
}

export function StatusBar({ status, signedIn, words, comments, onAgain }: Props) {
  const { phase, trouble, retryAt } = status;
  const left = useCountdown(retryAt);
  return (
    <div class={`status-bar ${phase}`} id="status">
      {trouble ? (
        <div class="trouble" id="trouble">
          <p>
            <strong>{trouble.message} Your draft is still here.</strong>
          </p>
          {trouble.again && (
            <p>
              {left !== null && left > 0 && <span>Next try in {count(left, "second")}. </span>}
              <button type="button" class="link-button" onClick={onAgain}>Try again now</button>
            </p>
          )}
          {trouble.kind === "too_long" && <p>Check it in parts, or shorten it.</p>}
          {trouble.kind === "signed_out" && (
            <p>
              {signedIn && (
                // In a window of its own, so that the draft stays where it is.
                <><a class="govuk-link" href={SIGN_IN} target="_blank" rel="noopener">Sign in in a new window</a>{" "}</>
              )}
              <button type="button" class="link-button" onClick={onAgain}>Try again now</button>
            </p>
          )}
        </div>
      ) : (
        <p class="phase">
          {phase === "writing" && "Waiting for a pause"}
          {phase === "checking" && "Checking…"}
          {phase === "current" && "Up to date"}
          {phase === "empty" && "Nothing to check yet"}
        </p>
      )}
      <p class="counts">
        {count(words, "word")}
        {comments !== null && (
          <>
            {" · "}
            <a class="govuk-link" href="#comments">{count(comments, "comment")}</a>
          </>
        )}
      </p>
    </div>
  );
}

function useCountdown(until: number | null): number | null {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (until === null) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [until]);
  return until === null ? null : Math.max(0, Math.ceil((until - now) / 1_000));
}
