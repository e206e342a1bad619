"""Scores the rows of batches in a thread, one after another, until it is told to stop.

Whatever happens to it, no row is lost and none is scored twice in the results: see `queue`.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from tenacity import Retrying, retry_if_exception_type, stop_when_event_set, wait_random_exponential
from tenacity.nap import sleep_using_event

from api.batches import queue, webhooks
from api.batches.queue import Claim, Outcome
from api.batches.rows import UNREADABLE, Options, open_row
from api.deps import RecordScorer
from api.middleware import places
from api.settings import Settings
from api.store import retention
from api.store.database import Store
from api.store.errors import StoreError
from api.store.events import event_of
from api.store.keys import SealBroken
from nlp_quality.errors import NlpQualityError
from nlp_quality.formats.scorecard import to_dict
from nlp_quality.formats.sources import bad_record

T = TypeVar("T")

ROWS: Final = 8  # of one claim
SCORING_TRIES: Final = 3  # of a row at which the scorer itself fails
YIELD_SECONDS: Final = 2.0  # how long a row may wait for the records that people are saving
YIELD_STEP: Final = 0.02
PURGE_SECONDS: Final = 3600.0
TIDY_SECONDS: Final = 5.0
LONGEST_PAUSE: Final = 15.0

logger = logging.getLogger("api.batches")


class Worker:
    """A thread that scores, one that keeps its claim, and one for messages and purging."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        scorer: Callable[[], RecordScorer | None],
        *,
        busy: Callable[[], bool] = lambda: False,
    ) -> None:
        """Make a worker, which does nothing until `start`.

        Args:
            scorer: gives the verified scorer, or None while there is none.
            busy: whether somebody waits for a record they are saving; rows then wait a little.
        """
        self._store = store
        self._settings = settings
        self._scorer = scorer
        self._busy = busy
        self._stopping = threading.Event()
        self._news = threading.Event()
        self._held: Claim | None = None
        self._threads: list[threading.Thread] = []
        self._courier = webhooks.Courier(store, settings)

    def start(self) -> None:
        """Begin to score."""
        for name, target in (("batch-worker", self._run), ("batch-keeper", self._keep), ("batch-tidier", self._tidy)):
            thread = threading.Thread(target=target, name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def wake(self) -> None:
        """Say that there may be rows."""
        self._news.set()

    def tell_to_stop(self) -> None:
        """Say that it should finish the row at hand, give the others back, and end."""
        self._stopping.set()
        self._news.set()

    def join(self) -> None:
        """Wait until it has ended; it may then be started again."""
        for thread in self._threads:
            thread.join()
        self._threads.clear()
        self._stopping.clear()

    def stop(self) -> None:
        """Tell it to stop, and wait."""
        self.tell_to_stop()
        self.join()

    def run_once(self) -> bool:
        """Score the rows of one claim; false where nothing waits."""
        scorer = self._scorer()
        if scorer is None:
            return False
        held = self._insist(lambda: queue.claim(self._store, size=ROWS, seconds=self._settings.batch_claim_seconds))
        if held is None:
            return False
        self._held = held
        try:
            for number, sealed in held.rows:
                if self._stopping.is_set() or not self._score(scorer, held, number, sealed):
                    break
        finally:
            self._held = None
            self._give_back(held)
        return True

    def _score(self, scorer: RecordScorer, held: Claim, number: int, sealed: bytes) -> bool:
        """Score a row and write its result; false where the rest of the claim is not ours any more."""
        self._let_saves_pass()
        outcome = None
        for left in reversed(range(SCORING_TRIES)):
            try:
                outcome = self._outcome(scorer, held, number, sealed)
                break
            except Exception as error:  # a fault of ours must cost the row, not the batch
                logger.error("unforeseen %s at %s", type(error).__name__, places(error))
                if left == 0:
                    outcome = Outcome(_fault(), scored=False)
        assert outcome is not None  # noqa: S101 - the last try gives one
        result = outcome
        return bool(self._insist(lambda: queue.finish(self._store, held, number, result)))

    def _outcome(self, scorer: RecordScorer, held: Claim, number: int, sealed: bytes) -> Outcome:
        try:
            row = open_row(self._store.keys, held.batch_id, number, sealed)
        except SealBroken:
            return Outcome(UNREADABLE.to_dict(), scored=False)
        started = time.perf_counter()
        try:
            card = scorer.score(row.record)
        except NlpQualityError as error:
            return Outcome(bad_record(error, id=row.record.id, line=row.line).to_dict(), scored=False)
        elapsed = (time.perf_counter() - started) * 1000
        options: Options = held.options
        result = to_dict(card, offsets=options.offsets, detail=options.detail, dimensions=options.dimensions)
        event = event_of(tenant=held.tenant, record=row.record, card=card, milliseconds=elapsed, source="batch")
        return Outcome(result, scored=True, event=event)

    def _let_saves_pass(self) -> None:
        """People who save come first, but a batch never stands still for them."""
        until = time.monotonic() + YIELD_SECONDS
        while self._busy() and time.monotonic() < until and not self._stopping.is_set():
            time.sleep(YIELD_STEP)

    def _insist(self, work: Callable[[], T]) -> T | None:
        """The result of `work`, tried again while the store is away; None where told to stop meanwhile."""
        attempts = Retrying(
            retry=retry_if_exception_type(StoreError),
            wait=wait_random_exponential(multiplier=0.2, max=LONGEST_PAUSE),
            stop=stop_when_event_set(self._stopping),
            sleep=sleep_using_event(self._stopping),
            before_sleep=lambda state: logger.warning("a batch waits for the store (try %d)", state.attempt_number),
            retry_error_callback=lambda _: None,
        )
        return attempts(work)

    def _give_back(self, held: Claim) -> None:
        try:
            queue.release(self._store, held)
        except StoreError:
            return  # the claim ends by itself

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                found = self.run_once()
            except Exception as error:  # a worker that ended would leave every batch waiting
                logger.error("unforeseen %s at %s", type(error).__name__, places(error))
                found = False
            if not found:
                self._news.wait(self._settings.batch_poll_seconds)
                self._news.clear()

    def _keep(self) -> None:
        """Keep the claim at hand, however long its rows take."""
        seconds = self._settings.batch_claim_seconds
        while not self._stopping.wait(min(seconds / 3, LONGEST_PAUSE)):
            held = self._held
            if held is not None:
                self._try(lambda held=held: queue.renew(self._store, held, seconds=seconds))  # type: ignore[misc]

    def _tidy(self) -> None:
        """Deliver messages, which may take their time, and purge now and then."""
        purge_due = time.monotonic()
        while not self._stopping.is_set():
            self._try(self._courier.deliver_due)
            if time.monotonic() >= purge_due:
                self._try(lambda: retention.purge(self._store, self._settings))
                purge_due = time.monotonic() + PURGE_SECONDS
            self._stopping.wait(TIDY_SECONDS)

    def _try(self, duty: Callable[[], Any]) -> None:
        try:
            duty()
        except StoreError as error:
            logger.warning("the worker waits for the store: %s", error.code)
        except Exception as error:  # a duty that ended its thread would never be done again
            logger.error("unforeseen %s at %s", type(error).__name__, places(error))


def _fault() -> dict[str, Any]:
    return {"id": None, "error": {"code": "internal_error", "message": "the row could not be scored."}}
