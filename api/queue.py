"""The records being scored and those waiting: few of either, each with a time by which its caller has an answer."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from math import ceil
from typing import Any, Final, TypeVar

from starlette.requests import ClientDisconnect, Request

from api.errors import Problem

T = TypeVar("T")

MAX_RETRY_SECONDS: Final = 60


class Stopped(Exception):
    """Ends the work on a record whose caller has been answered or has left."""


class Stop:
    """Tells the thread that scores a record to end between two steps."""

    def __init__(self, until: float) -> None:
        self._until = until
        self._asked = threading.Event()

    def ask(self) -> None:
        """Nobody waits for the result any more."""
        self._asked.set()

    def check(self) -> None:
        """Return while the work is worth going on with.

        Raises:
            Stopped: else.
        """
        if self._asked.is_set() or time.monotonic() >= self._until:
            raise Stopped


@dataclass(slots=True)
class Queue:
    """Runs work in threads: `running` at a time and at most `waiting` beside them.

    Attributes:
        on_waited: told how many seconds each piece of work waited that was begun.
        on_change: told how many are worked on and how many wait, whenever that changes.
    """

    threads: Executor
    running: int
    waiting: int
    on_waited: Callable[[float], None] = lambda _: None
    on_change: Callable[[int, int], None] = lambda _, __: None
    _busy: int = 0
    _waiters: deque[asyncio.Future[None]] = field(default_factory=deque)
    _seconds: float = 0.1  # of one piece of work, smoothed

    @property
    def depth(self) -> tuple[int, int]:
        """How many are being worked on, and how many wait."""
        return self._busy, len(self._waiters)

    async def run(self, work: Callable[[Stop], T], *, until: float, gone: Callable[[], Awaitable[Any]]) -> T:
        """The result of `work`, by `until` (of `time.monotonic`) or not at all.

        Args:
            gone: returns once the caller has left.

        Raises:
            Problem: 503 at once where too many wait, or longer than to `until` (`busy`); else at `until`
                (`deadline_exceeded`).
            ClientDisconnect: the caller has left. The place is free at once where the work had not begun, else after its
                present step.
        """
        began = time.monotonic()
        left = asyncio.ensure_future(gone())
        try:
            await self._enter(until, left)
            self.on_waited(time.monotonic() - began)
            return await self._work(work, until, left)
        finally:
            left.cancel()

    async def _enter(self, until: float, left: asyncio.Future[Any]) -> None:
        if self._busy < self.running and not self._waiters:
            self._busy += 1
            self.on_change(*self.depth)
            return
        # Who would only wait to be refused is refused at once, so that the save goes on.
        hopeless = time.monotonic() + self._wait() > until
        if hopeless or len(self._waiters) >= self.waiting:
            raise self._problem("busy", "Too many records are waiting to be scored.")
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.append(turn)
        self.on_change(*self.depth)
        try:
            await self._first(turn, left, until)
        except BaseException:
            if turn.done():  # the place was given in the same moment
                self._leave()
            else:
                self._waiters.remove(turn)
                self.on_change(*self.depth)
            raise

    async def _work(self, work: Callable[[Stop], T], until: float, left: asyncio.Future[Any]) -> T:
        stop = Stop(until)
        began = time.monotonic()

        def finished(done: asyncio.Future[T]) -> None:
            self._seconds += 0.1 * (time.monotonic() - began - self._seconds)
            self._leave()
            if not done.cancelled():
                done.exception()  # taken, so that asyncio never prints it: its message may quote the record

        result = asyncio.get_running_loop().run_in_executor(self.threads, work, stop)
        result.add_done_callback(finished)
        try:
            return await self._first(result, left, until)
        except Stopped:
            raise self._late() from None
        finally:
            stop.ask()

    async def _first(self, wanted: asyncio.Future[T], left: asyncio.Future[Any], until: float) -> T:
        """What is `wanted`, unless the caller leaves or the time passes first."""
        await asyncio.wait(
            {wanted, left}, timeout=max(0.0, until - time.monotonic()), return_when=asyncio.FIRST_COMPLETED
        )
        if wanted.done():
            return wanted.result()
        if left.done():
            raise ClientDisconnect
        raise self._late()

    def _leave(self) -> None:
        """Give the place to the one who has waited longest, or free it."""
        turn = self._waiters.popleft() if self._waiters else None
        if turn is None:
            self._busy -= 1
        else:
            turn.set_result(None)
        self.on_change(*self.depth)

    def _late(self) -> Problem:
        return self._problem(
            "deadline_exceeded", "The record was not scored in the time given; what was done of it is kept for a retry."
        )

    def _problem(self, code: str, detail: str) -> Problem:
        wait = min(max(ceil(self._wait()), 1), MAX_RETRY_SECONDS)
        return Problem(503, code, detail, headers={"Retry-After": str(wait)})

    def _wait(self) -> float:
        """Seconds until the next to come would get a place, as things go."""
        return self._seconds * (len(self._waiters) + 1) / self.running


async def gone(request: Request) -> None:
    """Return once the caller has left; the body has been read, so nothing else can come."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
