"""`nlp-quality simulate-saves`: a running service called as a case-management system would call it.

Writers type records into a rich-text editor that saves as they go: HTML that grows, an earlier sentence mended now and then, the
same save sent twice, a refused save tried again after `Retry-After`. What it reports holds statuses, times and counts, no text.
"""

from __future__ import annotations

import asyncio
import html
import json
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Annotated, Any, Final

import httpx
import typer

from nlp_quality.errors import NlpQualityError
from nlp_quality.formats import BadRecord, read_records

TOKEN_VARIABLE: Final = "NLP_QUALITY_TOKEN"  # noqa: S105 - the name of a variable
DUPLICATES: Final = 0.15  # of saves are sent a second time, unchanged
MENDINGS: Final = 0.3  # of saves mend an earlier paragraph instead of adding one
FINISHED: Final = 12  # saves until a record is finished: its last is no draft
MAX_PAUSE: Final = 5.0  # seconds, however long `Retry-After` asks for
SLACK: Final = 5.0  # seconds beyond the deadline after which the caller gives up

PARAGRAPHS: Final = (
    "I visited the family at home on Thursday after school. Nadia let me in and made us tea.",
    "I saw Kofi on his own in his bedroom. He told me, “I like it best when Grandad picks me up.”",
    "Kofi showed me the model bridge he is building. He talked about his week and laughed when the bridge fell down.",
    "Nadia said that the evenings have been calmer since the new routine began. She described how she now sits with Kofi "
    "while he reads.",
    "I think the routine matters to Kofi because he named each part of it without being asked, and this means he "
    "knows what comes next.",
    "Nadia recognises that shouting frightened him and she has kept to what we agreed for three weeks. There is still a "
    "worry about the weekends, when she is alone with both children.",
    "Ama was asleep in her cot throughout and I saw her briefly. She was clean, warm and breathing quietly.",
    "I will see Kofi at school next Tuesday and ask him about the weekend. Nadia will ring the nursery about a place.",
)


@dataclass
class Report:
    """What came of the saves.

    Attributes:
        statuses: HTTP status -> how many replies; `gave_up` and `no_connection` for none.
        codes: of problems.
        seconds: of each reply with a scorecard.
        behind: how late the latest save went out, in seconds, where saves have a rate: a client that is late itself tells
            times that are too long.
        unclean: refusals that break the contract: no problem details, or 503 and 429 without `Retry-After`.
    """

    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    saves: int = 0
    retries: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    cache: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    unclean: int = 0
    behind: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain figures."""
        elapsed = self.ended - self.began
        marks = quantiles(self.seconds, n=100, method="inclusive") if len(self.seconds) > 1 else [0.0] * 99
        return {
            "saves": self.saves,
            "retries": self.retries,
            "elapsed_seconds": round(elapsed, 1),
            "scored_per_second": round(len(self.seconds) / elapsed, 2) if elapsed > 0 else 0.0,
            "statuses": dict(sorted(self.statuses.items())),
            "codes": dict(sorted(self.codes.items())),
            "cache": dict(sorted(self.cache.items())),
            "behind_seconds": round(self.behind, 2),
            "unclean_refusals": self.unclean,
            "milliseconds": {
                "p50": round(1000 * marks[49]),
                "p95": round(1000 * marks[94]),
                "p99": round(1000 * marks[98]),
                "max": round(1000 * max(self.seconds, default=0.0)),
            },
        }


class Writer:
    """Somebody who writes one record after the other, each from paragraphs of `sample`."""

    def __init__(self, number: int, sample: Sequence[str], chance: random.Random) -> None:
        self._number = number
        self._sample = sample
        self._chance = chance
        self._record = 0
        self._paragraphs: list[str] = []
        self._sent: bytes | None = None

    def save(self) -> bytes:
        """The body of the next save."""
        chance = self._chance
        if self._sent is not None and chance.random() < DUPLICATES:
            return self._sent
        if self._paragraphs and chance.random() < MENDINGS:
            at = chance.randrange(len(self._paragraphs))
            self._paragraphs[at] += f" I wrote this on the {chance.randrange(1, 31)}th."
        else:
            where = len(self._paragraphs) if chance.random() < 0.8 else chance.randrange(len(self._paragraphs) + 1)
            self._paragraphs.insert(where, chance.choice(self._sample))
        finished = len(self._paragraphs) >= FINISHED
        markup = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in self._paragraphs)
        record = {
            "id": f"sim-{self._number}-{self._record}",
            "text": f"<div>{markup}</div>",
            "format": "html",
            "record_type": "visit",
            "draft": not finished,
        }
        self._sent = json.dumps(record, ensure_ascii=False).encode()
        if finished:
            self._record += 1
            self._paragraphs = []
        return self._sent


@dataclass(frozen=True, slots=True)
class Plan:
    """How saves are made: `rate` a second however long replies take, or each writer after its last reply where None."""

    url: str
    writers: int
    saves: int | None
    seconds: float | None
    rate: float | None
    deadline_ms: int
    retries: int
    seed: int

    def goes_on(self, report: Report) -> bool:
        """Whether there is another save to make."""
        if self.saves is not None and report.saves >= self.saves:
            return False
        return self.seconds is None or time.monotonic() - report.began < self.seconds


async def run(plan: Plan, sample: Sequence[str]) -> Report:
    """Make the saves of `plan` and report what came of them."""
    writers = [Writer(n, sample, random.Random(f"{plan.seed}-{n}")) for n in range(plan.writers)]  # noqa: S311
    token = os.environ.get(TOKEN_VARIABLE)
    report = Report()
    async with httpx.AsyncClient(
        base_url=plan.url,
        headers={"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {}),
        timeout=plan.deadline_ms / 1000 + SLACK,
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
    ) as client:
        if plan.rate is None:
            await asyncio.gather(*(_after_each_other(plan, writer, client, report) for writer in writers))
        else:
            await _at_a_rate(plan, plan.rate, writers, client, report)
    report.ended = time.monotonic()
    return report


async def _after_each_other(plan: Plan, writer: Writer, client: httpx.AsyncClient, report: Report) -> None:
    while plan.goes_on(report):
        report.saves += 1
        await _save(plan, writer.save(), client, report)


async def _at_a_rate(
    plan: Plan, rate: float, writers: Sequence[Writer], client: httpx.AsyncClient, report: Report
) -> None:
    async with asyncio.TaskGroup() as group:
        while plan.goes_on(report):
            report.behind = max(report.behind, time.monotonic() - report.began - report.saves / rate)
            body = writers[report.saves % len(writers)].save()
            report.saves += 1
            group.create_task(_save(plan, body, client, report))
            await asyncio.sleep(max(0.0, report.began + report.saves / rate - time.monotonic()))


async def _save(plan: Plan, body: bytes, client: httpx.AsyncClient, report: Report) -> None:
    for attempt in range(plan.retries + 1):
        report.retries += attempt > 0
        began = time.monotonic()
        try:
            reply = await client.post("/v1/score", params={"deadline_ms": plan.deadline_ms}, content=body)
        except httpx.TimeoutException:
            report.statuses["gave_up"] += 1
            return
        except httpx.TransportError:
            report.statuses["no_connection"] += 1
            return
        report.statuses[str(reply.status_code)] += 1
        if reply.status_code == 200:
            report.seconds.append(time.monotonic() - began)
            report.cache["hit" if reply.headers.get("cache-status", "").endswith("hit") else "miss"] += 1
            return
        wait = _refused(reply, report)
        if wait is None:
            return
        await asyncio.sleep(min(wait, MAX_PAUSE))


def _refused(reply: httpx.Response, report: Report) -> float | None:
    """Note a refusal; how many seconds to wait before another try, None where another would be in vain."""
    problem = reply.headers.get("content-type", "") == "application/problem+json"
    report.codes[str(reply.json().get("code")) if problem else "none"] += 1
    after = reply.headers.get("retry-after", "")
    again = reply.status_code in (429, 503)
    report.unclean += not problem or (again and not after.isdigit())
    return float(after) if again and after.isdigit() else None


def simulate_saves(
    url: Annotated[str, typer.Argument(metavar="URL", help="A running service, as in http://127.0.0.1:8000.")],
    writers: Annotated[int, typer.Option(min=1, help="Records being written at the same time.")] = 4,
    saves: Annotated[int | None, typer.Option(min=1, help="Saves to make in all.", show_default="100")] = None,
    seconds: Annotated[float | None, typer.Option(min=0.1, help="For how long to make saves, instead.")] = None,
    rate: Annotated[
        float | None,
        typer.Option(min=0.01, help="Saves a second, however long replies take.", show_default="each after the last"),
    ] = None,
    deadline_ms: Annotated[int, typer.Option(min=1, help="The deadline of each save.")] = 2_000,
    retries: Annotated[int, typer.Option(min=0, help="Tries after a refusal that asks for one.")] = 1,
    text: Annotated[
        Path | None,
        typer.Option(
            help="Records whose paragraphs are written, in any format of 'score'.", show_default="made-up ones"
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed writes the same records.")] = 7,
    output: Annotated[Path | None, typer.Option(metavar="OUT.json", help="Also write the figures here.")] = None,
) -> None:
    """Call a running service as a case system does on every save, and report what came of it.

    A key or token is taken from the environment variable NLP_QUALITY_TOKEN.
    """
    sample = PARAGRAPHS if text is None else paragraphs_of(text)
    plan = Plan(
        url=url,
        writers=writers,
        saves=100 if saves is None and seconds is None else saves,
        seconds=seconds,
        rate=rate,
        deadline_ms=deadline_ms,
        retries=retries,
        seed=seed,
    )
    figures = asyncio.run(run(plan, sample)).as_dict()
    written = json.dumps(figures, indent=2)
    if output is not None:
        output.write_text(written + "\n", encoding="utf-8")
    typer.echo(written)
    if set(figures["statuses"]) <= {"no_connection", "gave_up"}:
        raise NlpQualityError("no_answer", "the service never answered; is it running, and is the address right?")


def paragraphs_of(file: Path) -> tuple[str, ...]:
    """The paragraphs of the records in a file.

    Raises:
        NlpQualityError: `no_text` where there are none.
    """
    found = tuple(
        paragraph.strip()
        for item in read_records(file)
        if not isinstance(item, BadRecord)
        for paragraph in item.record.text.split("\n\n")
        if paragraph.strip()
    )
    if not found:
        raise NlpQualityError("no_text", "the file holds no record to write.")
    return found
