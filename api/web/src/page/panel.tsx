/** The panel beside the draft: each child first, then the four dimensions, then the comments on the text. */

import { useState } from "preact/hooks";

import type { Reasons } from "../shared/reasons.ts";
import { childrenOf, type ChildView, type Dimension, type Scorecard } from "../shared/scorecard.ts";
import {
  childName, count, heardOf, labelOf, LEVELS, levelOf, quoted, rangeOf, seenDetail, severityOf, shortOf, statusOf, titleOf,
} from "../shared/words.ts";
import { Dismiss, Dismissed } from "./dismiss.tsx";
import type { Dismissal } from "./dismissals.ts";
import { promptKey } from "./report.ts";
import type { PlacedSpan, Shown } from "./spans.ts";

const QUOTES_SHOWN = 3;
const COMMENTS_SHOWN = 25;

export interface PanelProps {
  card: Scorecard;
  reasons: Reasons;
  /** Every span of the card at its place when it was last drawn. */
  spans: PlacedSpan[];
  /** The findings that show in the text now. */
  findings: PlacedSpan[];
  shown: Shown;
  dismissals: ReadonlyMap<string, Dismissal>;
  active: string | null;
  asking: string | null;
  onShown(shown: Shown): void;
  onGo(id: string): void;
  onStep(step: 1 | -1): void;
  onAsk(key: string | null): void;
  onDismiss(dismissal: Dismissal): void;
  onUndo(key: string): void;
}

export function Panel(props: PanelProps) {
  const { card } = props;
  const children = childrenOf(card);
  return (
    <div class="panel">
      {card.notice && (
        <div class="govuk-inset-text notice" role="note">{card.notice}</div>
      )}
      {children.length > 0 && (
        <section aria-labelledby="children-heading">
          <h3 class="govuk-heading-m" id="children-heading">Each child</h3>
          <ul class="children" id="children">
            {children.map((child) => <ChildCard key={child.key} child={child} spans={props.spans} onGo={props.onGo} />)}
          </ul>
        </section>
      )}
      <section aria-labelledby="dimensions-heading">
        <h3 class="govuk-heading-m" id="dimensions-heading">The record on four dimensions</h3>
        {Object.entries(card.dimensions).map(([name, dimension]) => (
          <DimensionCard key={name} name={name} dimension={dimension} {...props} />
        ))}
      </section>
      <Comments {...props} />
      <p class="govuk-body-s soft" id="made-by">
        Model {card.model.name} {card.model.version}, scheme {card.scheme}. The levels are about what is written, and can
        be wrong. A person decides.
      </p>
    </div>
  );
}

function ChildCard({ child, spans, onGo }: { child: ChildView; spans: PlacedSpan[]; onGo(id: string): void }) {
  const { seen, heard } = child;
  const detail = seen ? seenDetail(seen) : "";
  return (
    <li class="child">
      <h4 class="govuk-heading-s"><bdi>{childName(child.name)}</bdi></h4>
      <dl>
        {seen && (
          <div>
            <dt>Seen by the writer</dt>
            <dd>
              <strong>{statusOf(seen.status)}</strong>
              {detail && <span class="detail">{detail}</span>}
              <Where what={`where ${childName(child.name)} is seen`} dimension="seen_alone" evidence={seen.evidence} spans={spans} onGo={onGo} />
            </dd>
          </div>
        )}
        {heard && (
          <div>
            <dt>Heard</dt>
            <dd>
              <strong>{heardOf(heard.heard)}</strong>
              <Where what={`where ${childName(child.name)} is heard`} dimension="child_voice" evidence={heard.evidence} spans={spans} onGo={onGo} />
            </dd>
          </div>
        )}
      </dl>
    </li>
  );
}

interface WhereProps {
  what: string;
  dimension: string;
  evidence: { start: number; end: number }[] | undefined;
  spans: PlacedSpan[];
  onGo(id: string): void;
}

/** A way to the first passage that shows it, where that is still in the text. */
function Where({ what, dimension, evidence, spans, onGo }: WhereProps) {
  const ids = (evidence ?? []).map(({ start, end }) => `evidence:${dimension}:${start}-${end}`);
  const span = spans.find(({ id }) => ids.includes(id));
  if (!span) return null;
  return (
    <button type="button" class="link-button" onClick={() => onGo(span.id)}>
      Show<span class="govuk-visually-hidden"> {what}</span> in the text
    </button>
  );
}

function DimensionCard({ name, dimension, ...props }: PanelProps & { name: string; dimension: Dimension }) {
  const heading = `dimension-${name}`;
  const own = props.spans.filter((span) => span.kind === "evidence" && span.dimension === name);
  const judged = dimension.level !== null;
  return (
    <section class={`dimension ${name}`} data-dimension={name} aria-labelledby={heading}>
      <h4 class="govuk-heading-s" id={heading}>{titleOf(name)}</h4>
      <p class="level">
        <strong>{levelOf(dimension)}</strong>
        {judged && <span class="soft"> (level {dimension.level} of {LEVELS.length - 1})</span>}
      </p>
      {judged && (
        <ol class="scale" aria-label="Levels, lowest first">
          {LEVELS.map((level, step) => (
            <li
              key={level}
              class={step <= (dimension.level ?? -1) ? "reached" : ""}
              aria-current={step === dimension.level ? "true" : undefined}
            >
              {level}
            </li>
          ))}
        </ol>
      )}
      <p class="govuk-body reason">{judged ? dimension.reason : (dimension.not_applicable?.message ?? dimension.reason)}</p>
      {judged && rangeOf(dimension) && <p class="govuk-body-s soft">{rangeOf(dimension)}</p>}
      {own.length > 0 && <Quotes name={name} spans={own} onGo={props.onGo} />}
      {dimension.prompts.length > 0 && <Questions name={name} dimension={dimension} {...props} />}
    </section>
  );
}

function Quotes({ name, spans, onGo }: { name: string; spans: PlacedSpan[]; onGo(id: string): void }) {
  const [all, setAll] = useState(false);
  const [open, setOpen] = useState(false);
  return (
    <details class="govuk-details" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="govuk-details__summary">
        <span class="govuk-details__summary-text">What is there ({count(spans.length, "passage")})</span>
      </summary>
      {open && (
        <div class="govuk-details__text">
          <ul class="quotes">
            {spans.slice(0, all ? spans.length : QUOTES_SHOWN).map((span) => (
              <li key={span.id}>
                <button type="button" class="link-button quote" onClick={() => onGo(span.id)}>{quoted(span.text)}</button>
                <span class="what">{span.labels.map(labelOf).join(", ")}</span>
              </li>
            ))}
          </ul>
          {!all && spans.length > QUOTES_SHOWN && (
            <button type="button" class="link-button" onClick={() => setAll(true)}>
              Show {count(spans.length - QUOTES_SHOWN, "more passage")}
              <span class="govuk-visually-hidden"> for {titleOf(name)}</span>
            </button>
          )}
        </div>
      )}
    </details>
  );
}

function Questions({ name, dimension, ...props }: PanelProps & { name: string; dimension: Dimension }) {
  return (
    <div class="questions">
      <h5 class="govuk-heading-s">What would help</h5>
      <ul>
        {dimension.prompts.map(({ code, message }) => {
          const key = promptKey(code, message);
          const id = idOf(key);
          const dismissal = props.dismissals.get(key);
          return (
            <li key={key} data-code={code}>
              {dismissal ? (
                <Dismissed id={id} dismissal={dismissal} onUndo={() => props.onUndo(key)} />
              ) : (
                <>
                  <p>{message}</p>
                  <WhyItMatters code={code} reasons={props.reasons} />
                  <Dismiss
                    id={id}
                    what={`the question “${message}”`}
                    open={props.asking === key}
                    onOpen={(open) => props.onAsk(open ? key : null)}
                    onDismiss={(reason) => props.onDismiss({ key, dimension: name, code, message, reason })}
                  />
                </>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

function Comments(props: PanelProps) {
  const { shown, findings, spans, dismissals } = props;
  const [limit, setLimit] = useState(COMMENTS_SHOWN);
  const open = new Set(findings.map(({ id }) => id));
  const listed = spans.filter(
    (span) =>
      span.kind === "finding" &&
      (open.has(span.id) || (dismissals.has(span.key) && shown.dimensions.has(span.dimension))),
  );
  return (
    <section aria-labelledby="comments-heading" id="comments">
      <h3 class="govuk-heading-m" id="comments-heading">Comments on the text ({findings.length})</h3>
      {findings.length > 0 && (
        <div class="govuk-button-group steps">
          <button type="button" class="govuk-button govuk-button--secondary" onClick={() => props.onStep(-1)}>
            Previous comment
          </button>
          <button type="button" class="govuk-button govuk-button--secondary" onClick={() => props.onStep(1)}>
            Next comment
          </button>
          <p class="govuk-body-s soft keys">Keys: <kbd>F8</kbd> next, <kbd>Shift</kbd> + <kbd>F8</kbd> previous.</p>
        </div>
      )}
      {listed.length === 0 && <p class="govuk-body" id="no-comments">There are no comments on particular passages.</p>}
      <ol class="comments">
        {listed.slice(0, limit).map((span) => <CommentItem key={span.id} span={span} {...props} />)}
      </ol>
      {listed.length > limit && (
        <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setLimit(limit + COMMENTS_SHOWN)}>
          Show more comments ({listed.length - limit} left)
        </button>
      )}
    </section>
  );
}

function CommentItem({ span, ...props }: PanelProps & { span: PlacedSpan }) {
  const finding = span.finding!;
  const id = idOf(span.id);
  const dismissal = props.dismissals.get(span.key);
  const active = props.active === span.id;
  if (dismissal) {
    return (
      <li id={id} data-code={finding.code}>
        <Dismissed id={id} dismissal={dismissal} onUndo={() => props.onUndo(span.key)} />
      </li>
    );
  }
  return (
    <li
      id={id}
      class={`comment ${finding.severity}${active ? " active" : ""}`}
      aria-current={active ? "true" : undefined}
      data-code={finding.code}
    >
      <p class="comment-head">
        <strong class={`severity ${finding.severity}`}>{severityOf(finding.severity)}</strong>{" "}
        <span class="soft">{shortOf(span.dimension)}</span>
      </p>
      <p>{finding.message}</p>
      <p>
        <button type="button" class="link-button quote" onClick={() => props.onGo(span.id)}>{quoted(span.text)}</button>
      </p>
      <WhyItMatters code={finding.code} reasons={props.reasons} />
      <Dismiss
        id={id}
        what={`the comment “${finding.message}”`}
        open={props.asking === span.id}
        onOpen={(open) => props.onAsk(open ? span.id : null)}
        onDismiss={(reason) =>
          props.onDismiss({ key: span.key, dimension: span.dimension, code: finding.code, message: finding.message, reason })
        }
      />
    </li>
  );
}

function WhyItMatters({ code, reasons }: { code: string; reasons: Reasons }) {
  const found = reasons[code];
  if (!found) return null;
  return (
    <details class="why">
      <summary>Why it matters</summary>
      <p>{found.why}</p>
      {found.source.map((source) => <p key={source} class="soft">{source}</p>)}
    </details>
  );
}

const ids = new Map<string, string>();

/** A short id for the document; keys hold words of the record, which do not belong in an attribute or a URL's fragment. */
export function idOf(key: string): string {
  const known = ids.get(key) ?? `item-${ids.size + 1}`;
  ids.set(key, known);
  return known;
}
