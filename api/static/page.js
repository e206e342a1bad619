// The page: sends a draft to v1/score and shows the reply. Whatever comes from a record reaches the document through
// textContent alone; nothing is stored, and the draft is never put in a URL.
"use strict";

(() => {
  const TIMEOUT_MS = 120_000;
  const SHOWN = 4; // quotes shown before the rest is folded away
  const LEVELS = ["Absent", "Limited", "Sound", "Strong"];
  const STATUS = {
    seen_alone: "Seen alone",
    seen_not_alone: "Seen, but not alone",
    seen_unclear: "Seen; the record does not say whether alone",
    not_seen: "Not seen",
    not_stated: "The record does not say whether they were seen",
  };
  const COMPANION = {
    parent: "a parent",
    carer: "a carer",
    sibling: "a brother or sister",
    relative: "a relative",
    professional: "another professional",
    other: "somebody else",
  };
  const HEARD = {
    words: "In their own words",
    view: "Their views, told to the writer",
    observed: "Through what the writer observed",
    via_other: "Only through somebody else",
    not_heard: "Not heard",
  };
  const SHORT = { child_voice: "Voice", seen_alone: "Seen", analysis: "Analysis", parental_capacity: "Parenting" };
  const SEVERITY = { praise: "Works well", suggestion: "Suggestion", important: "Important" };

  const $ = (id) => document.getElementById(id);
  const form = $("form");
  const draft = $("text");
  const status = $("status");
  const titles = new Map([...$("titles").children].map((item) => [item.dataset.dimension, item.textContent]));

  let busy = false;
  let rowNumber = 0;

  const words = (code) => code.replaceAll("_", " ");
  const sentenceCase = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const title = (dimension) => titles.get(dimension) ?? sentenceCase(words(dimension));
  const short = (dimension) => SHORT[dimension] ?? sentenceCase(words(dimension));

  /** A passage in quotation marks, unless it has its own. */
  function quoted(text) {
    const passage = text.trim();
    return /["“”]/.test(passage) ? passage : `“${passage}”`;
  }

  /** An element with properties set and children appended; a string child becomes a text node. */
  function make(tag, properties = {}, ...children) {
    const { dataset, attributes, ...rest } = properties;
    const element = Object.assign(document.createElement(tag), rest);
    Object.assign(element.dataset, dataset);
    for (const [name, value] of Object.entries(attributes ?? {})) element.setAttribute(name, value);
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  function join(items) {
    return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
  }

  // --- the form -----------------------------------------------------------------------------------------------------

  function addPerson() {
    const row = $("person-template").content.cloneNode(true).firstElementChild;
    rowNumber += 1;
    for (const part of row.querySelectorAll("[data-part]")) part.id = `person-${rowNumber}-${part.dataset.part}`;
    for (const label of row.querySelectorAll("[data-for]")) label.htmlFor = `person-${rowNumber}-${label.dataset.for}`;
    row.querySelector("[data-error]").id = `person-${rowNumber}-error`;
    row.querySelector("[data-remove]").addEventListener("click", () => removePerson(row));
    $("people").append(row);
    numberRows();
    row.querySelector("[data-part=name]").focus();
  }

  function removePerson(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    const gone = row.querySelector("legend").textContent;
    row.remove();
    numberRows();
    (next?.querySelector("[data-part=name]") ?? $("add-person")).focus();
    status.textContent = `${gone} removed.`;
  }

  function numberRows() {
    [...$("people").children].forEach((row, index) => {
      row.querySelector("legend").textContent = `Person ${index + 1}`;
      row.querySelector("[data-remove]").textContent = `Remove person ${index + 1}`;
    });
  }

  const part = (row, name) => row.querySelector(`[data-part=${name}]`);

  /** The rows that say something; a row left wholly empty is not meant. */
  function filledRows() {
    return [...$("people").children].filter((row) => part(row, "name").value.trim() || part(row, "age").value.trim());
  }

  function person(row) {
    const age = part(row, "age").value.trim().replace(",", ".");
    return {
      name: part(row, "name").value.trim(),
      role: part(row, "role").value,
      ...(age ? { age: Number(age) } : {}),
    };
  }

  // --- what is wrong ------------------------------------------------------------------------------------------------

  function clearProblems() {
    $("problem").hidden = true;
    for (const field of form.querySelectorAll(".wrong")) field.classList.remove("wrong");
    for (const message of form.querySelectorAll(".error")) message.hidden = true;
    for (const input of form.querySelectorAll("[aria-invalid]")) {
      input.removeAttribute("aria-invalid");
      if (input === draft) input.setAttribute("aria-describedby", "text-hint");
      else input.removeAttribute("aria-describedby");
    }
    document.title = document.title.replace(/^Error: /, "");
  }

  /** Say what is wrong above the form and, where one is at fault, at the field. The draft is left as it is. */
  function showProblem(message, input = null) {
    status.textContent = "";
    document.title = `Error: ${document.title}`;
    if (input) {
      const field = input.closest(".field");
      const error = field.querySelector(".error") ?? input.closest(".person").querySelector(".error");
      error.textContent = message;
      error.hidden = false;
      field.classList.add("wrong");
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", [input === draft ? "text-hint" : "", error.id].join(" ").trim());
      const link = make("a", { href: `#${input.id}`, textContent: message });
      link.addEventListener("click", (event) => {
        event.preventDefault();
        input.focus();
      });
      $("problem-text").replaceChildren(link);
    } else {
      $("problem-text").replaceChildren(`${message} Your draft is still here.`);
    }
    $("problem").hidden = false;
    $("problem").focus();
  }

  /** Nothing leaves this window, where the draft is: signing in happens in another. */
  function showSignInEnded() {
    showProblem("Your sign-in has ended.");
    const link = make("a", { href: "sign-in", target: "_blank", rel: "noopener", textContent: "Sign in in a new window" });
    $("problem-text").append(" ", link, ", then come back here and check again.");
  }

  /** The input that a problem's `field` (`text`, `people.0.name`) points at, or null. */
  function inputOf(field, rows) {
    if (field === "text") return draft;
    const [, index, name] = /^people\.(\d+)(?:\.(\w+))?/.exec(field ?? "") ?? [];
    const row = rows[Number(index)];
    return row ? (part(row, name ?? "name") ?? part(row, "name")) : null;
  }

  // --- asking -------------------------------------------------------------------------------------------------------

  async function check(event) {
    event.preventDefault();
    if (busy) return;
    clearProblems();
    const text = draft.value;
    const rows = filledRows();
    if (!text.trim()) return showProblem("Enter the text of the record.", draft);
    for (const row of rows) {
      const { name, age } = person(row);
      if (!name) return showProblem("Enter this person’s name, or remove them.", part(row, "name"));
      if (Number.isNaN(age)) return showProblem("Enter the age as a number of years.", part(row, "age"));
    }
    setBusy(true);
    status.textContent = "Checking the draft…";
    try {
      const reply = await fetch("v1/score?offsets=utf-16", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({
          text,
          record_type: $("record-type").value,
          people: rows.length ? rows.map(person) : null,
          draft: true,
        }),
        cache: "no-store",
        credentials: "same-origin",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!reply.ok) {
        const problem = await reply.json().catch(() => ({}));
        if (reply.status === 401 && $("sign-out")) return showSignInEnded();
        const message = problem.detail ?? `The service could not check the draft (status ${reply.status}).`;
        return showProblem(sentenceCase(message), inputOf(problem.field, rows));
      }
      const card = await reply.json();
      show(card, text);
    } catch (error) {
      const late = error.name === "TimeoutError";
      showProblem(
        late ? "The service took too long to answer." : "The service did not answer. It may have stopped.",
      );
    } finally {
      setBusy(false);
    }
  }

  function setBusy(value) {
    busy = value;
    $("check").setAttribute("aria-disabled", String(value));
  }

  // --- showing ------------------------------------------------------------------------------------------------------

  function show(card, text) {
    const order = Object.keys(card.dimensions);
    card.findings.sort((a, b) => a.start - b.start || a.end - b.end); // numbered as they are met in the text
    const spans = spansOf(card, order);
    $("notice").textContent = card.notice ?? "";
    $("notice").hidden = !card.notice;
    showChildren(card.dimensions);
    $("dimensions").replaceChildren(
      ...order.map((name, index) => dimensionCard(name, card.dimensions[name], index, spans)),
    );
    $("key").replaceChildren(...keyOf(order, card.findings.length > 0));
    $("marked").replaceChildren(marked(text, spans));
    $("findings").replaceChildren(...card.findings.map((finding, index) => findingItem(finding, index, text)));
    $("no-findings").hidden = card.findings.length > 0;
    $("made-by").textContent =
      `Model ${card.model.name} ${card.model.version}, scheme ${card.scheme}. ` +
      "The levels are about what is written, and can be wrong.";
    $("stale").hidden = true;
    $("results").hidden = false;
    status.textContent = "The draft has been checked.";
    $("results-heading").focus();
  }

  function showChildren(dimensions) {
    const key = (child) => JSON.stringify([child.id, child.child]);
    const rows = new Map();
    for (const child of dimensions.seen_alone?.children ?? []) rows.set(key(child), { seen: child });
    for (const child of dimensions.child_voice?.children ?? []) {
      rows.set(key(child), { ...rows.get(key(child)), heard: child });
    }
    $("children").replaceChildren(...[...rows.values()].map(childCard));
    $("children-section").hidden = rows.size === 0;
  }

  function childCard({ seen, heard }) {
    const list = make("dl");
    if (seen) {
      const value = make("dd", {}, make("strong", { textContent: STATUS[seen.status] ?? words(seen.status) }));
      const detail = seenDetail(seen);
      if (detail) value.append(detail);
      list.append(make("dt", { textContent: "Seen by the writer" }), value);
    }
    if (heard) {
      const value = make("strong", { textContent: HEARD[heard.heard] ?? words(heard.heard) });
      list.append(make("dt", { textContent: "Heard" }), make("dd", {}, value));
    }
    return make("li", { className: "card" }, make("h4", { textContent: childName((seen ?? heard).child) }), list);
  }

  function seenDetail(seen) {
    const parts = [];
    if (seen.companions.length) parts.push(`With ${join(seen.companions.map((role) => COMPANION[role] ?? role))}.`);
    else if (seen.status === "seen_not_alone") parts.push("Who was there is not said.");
    if (seen.reason) parts.push(`Reason: ${seen.reason}`);
    if (seen.refer) parts.push("This is uncertain; a person should judge.");
    return parts.join(" ");
  }

  function childName(name) {
    const unnamed = /^unknown(?: (\d+))?$/.exec(name);
    return unnamed ? `A child who is not named${unnamed[1] ? ` (${unnamed[1]})` : ""}` : name;
  }

  function dimensionCard(name, dimension, index, spans) {
    const heading = make("h4", { id: `dimension-${name}`, textContent: title(name) });
    const section = make("section", {
      className: `dimension d${index % 4}`,
      dataset: { dimension: name },
      attributes: { "aria-labelledby": heading.id },
    });
    section.append(heading);
    if (dimension.level === null) {
      const why = dimension.not_applicable?.message ?? dimension.reason;
      section.append(make("p", { className: "level", textContent: "Not judged" }), make("p", { textContent: why }));
    } else {
      section.append(
        make("p", {
          className: "level",
          textContent: `${LEVELS[dimension.level]} (level ${dimension.level} of ${LEVELS.length - 1})`,
        }),
        scale(dimension.level),
        make("p", { textContent: dimension.reason }),
      );
      const range = rangeOf(dimension);
      if (range) section.append(make("p", { className: "hint", textContent: range }));
    }
    const own = spans.filter((span) => span.dimension === name && span.kind === "evidence");
    if (own.length) section.append(...quotes(own));
    if (dimension.prompts.length) {
      section.append(
        make("h5", { textContent: "Questions to think about" }),
        make(
          "ul",
          { className: "prompts" },
          ...dimension.prompts.map((prompt) => make("li", { textContent: prompt.message })),
        ),
      );
    }
    return section;
  }

  function scale(level) {
    const steps = LEVELS.map((name, step) =>
      make("li", {
        textContent: name,
        className: step <= level ? "reached" : "",
        attributes: step === level ? { "aria-current": "true" } : {},
      }),
    );
    return make("ol", { className: "scale", attributes: { "aria-label": "Levels, lowest first" } }, ...steps);
  }

  function rangeOf({ interval, refer }) {
    const [low, high] = (interval ?? []).map((level) => LEVELS[level].toLowerCase());
    const range = low === high ? "" : `Could be read as anything from ${low} to ${high}.`;
    return refer ? `${range} A person should judge.`.trim() : range;
  }

  function quotes(spans) {
    const item = (span) =>
      make(
        "li",
        {},
        make("a", { href: `#${span.id}`, textContent: quoted(span.text) }),
        make("span", { className: "what", textContent: sentenceCase(span.labels.map(words).join(", ")) }),
      );
    const parts = [
      make("h5", { textContent: "Where the text shows it" }),
      make("ul", { className: "quotes" }, ...spans.slice(0, SHOWN).map(item)),
    ];
    const rest = spans.slice(SHOWN);
    if (rest.length) {
      parts.push(
        make(
          "details",
          {},
          make("summary", { textContent: `${rest.length} more` }),
          make("ul", { className: "quotes" }, ...rest.map(item)),
        ),
      );
    }
    return parts;
  }

  // --- the text, marked ---------------------------------------------------------------------------------------------

  /** Evidence of one dimension with the labels of a span that has several brought together. */
  function merged(evidence) {
    const byPlace = new Map();
    for (const { start, end, text, label } of evidence) {
      const place = `${start}-${end}`;
      const known = byPlace.get(place) ?? { start, end, text, labels: [] };
      if (!known.labels.includes(label)) known.labels.push(label);
      byPlace.set(place, known);
    }
    return [...byPlace.values()];
  }

  function spansOf(card, order) {
    const spans = order.flatMap((dimension, style) =>
      merged(card.dimensions[dimension].evidence).map((item, index) => ({
        ...item,
        kind: "evidence",
        dimension,
        style: `evidence d${style % 4}`,
        key: short(dimension),
        id: `evidence-${dimension}-${index}`,
      })),
    );
    const findings = card.findings.map((item, index) => ({
      ...item,
      kind: "finding",
      style: "finding",
      key: `Comment ${index + 1}`,
      id: `finding-${index}`,
    }));
    return [...findings, ...spans].filter((span) => span.start < span.end);
  }

  /** The text as nodes: cut at every edge of a span, each piece inside a mark for every span that covers it. */
  function marked(text, spans) {
    const edges = new Set([0, text.length]);
    for (const span of spans) edges.add(span.start).add(span.end);
    const cuts = [...edges].sort((a, b) => a - b);
    const starting = new Map();
    for (const span of spans) starting.set(span.start, [...(starting.get(span.start) ?? []), span]);
    const result = document.createDocumentFragment();
    let open = [];
    for (let index = 0; index + 1 < cuts.length; index += 1) {
      const [from, to] = [cuts[index], cuts[index + 1]];
      open = open.filter((span) => span.end > from).concat(starting.get(from) ?? []);
      let node = document.createTextNode(text.slice(from, to));
      for (const span of [...open].reverse()) {
        const mark = make("mark", { className: span.style }, node);
        if (span.start === from) {
          mark.id = span.id;
          mark.tabIndex = -1;
          mark.dataset.key = span.key;
        }
        node = mark;
      }
      result.append(node);
    }
    return result;
  }

  function keyOf(order, findings) {
    const items = order.map((dimension, style) =>
      make("li", {}, make("mark", { className: `evidence d${style % 4}`, textContent: short(dimension) }), `: ${title(dimension)}`),
    );
    if (findings) {
      items.push(make("li", {}, make("mark", { className: "finding", textContent: "Comment" }), ": a comment below"));
    }
    return items;
  }

  function findingItem(finding, index, text) {
    const severity = SEVERITY[finding.severity] ?? words(finding.severity);
    const message = make(
      "p",
      {},
      make("span", { className: "tag", textContent: severity }),
      `Comment ${index + 1}: ${finding.message}`,
    );
    const quote = text.slice(finding.start, finding.end);
    const where = make("p", { className: "what" }, `${title(finding.dimension)}. `);
    if (quote.trim()) where.append(make("a", { href: `#finding-${index}`, textContent: quoted(quote) }));
    return make("li", { dataset: { severity: finding.severity } }, message, where);
  }

  // --- start --------------------------------------------------------------------------------------------------------

  form.addEventListener("submit", check);
  $("add-person").addEventListener("click", addPerson);
  form.addEventListener("input", () => {
    if (!$("results").hidden) $("stale").hidden = false;
  });
})();
