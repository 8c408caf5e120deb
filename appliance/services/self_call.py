"""The self-call of the lines, every night and when somebody asks: one pair after the other, the results kept for the
page, and people told of what failed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import date
from zoneinfo import ZoneInfo

import trio

from appliance.config.models import Language
from appliance.control.controller_messages import Trouble
from appliance.control.faults import RequestFailed
from appliance.control.messages import Fault
from appliance.control.self_call_messages import LinesTested, LineTestShown, TestLines
from appliance.control.self_call_words import alarm_in_words, result_in_words
from appliance.errors import PorterError
from appliance.flows.line_test import call_between
from appliance.flows.own_numbers import numbers_of_lines
from appliance.office import Office
from appliance.routing.line_tests import LineTested, is_time, pairs

log = logging.getLogger(__name__)

LOOK_SECONDS = 20.0
PAUSE_SECONDS = 5.0
"""Between two calls: networks need a moment until a line is free again."""


class SelfCaller:
    """Tries the lines of one office. `run` is a task of its own.

    Attributes:
        last: What came of it last; None: it was not done since the start.

    Args:
        changed: Called when the page has to show something else; quick and synchronous.
    """

    def __init__(self, office: Office, changed: Callable[[], None]) -> None:
        self._office = office
        self._changed = changed
        self._goes_on = False
        self._done_on: date | None = None
        self.last: LinesTested | None = None

    async def run(self) -> None:
        """Try the lines at their time, until cancelled."""
        while True:
            await trio.sleep(LOOK_SECONDS)
            try:
                await self._look()
            except Exception:
                log.exception("the lines were not tried; they are tomorrow")

    async def _look(self) -> None:
        configuration, wall = self._office.configuration, self._office.ports.clock.wall()
        if wall is None or configuration.self_call.at is None:
            return
        local = wall.astimezone(ZoneInfo(configuration.timezone))
        if self._goes_on or not is_time(configuration.self_call.at, local, self._done_on):
            return
        self._done_on = local.date()
        if pairs(configuration, numbers_of_lines(self._office)):
            tested = await self.test()
            await self._tell(tested)

    async def test(self) -> LinesTested:
        """Let every line call every other. Raises RequestFailed while that goes on, and where there is no pair."""
        wanted = pairs(self._office.configuration, numbers_of_lines(self._office))
        if self._goes_on:
            raise RequestFailed(Fault("self_call_goes_on", "The lines are being tried already.", "Wait a few minutes."))
        if not wanted:
            how = "It takes two lines; the number of one must be known: set `number` of the line."
            raise RequestFailed(Fault("no_pair_of_lines", "No line can call another one.", how))
        self._goes_on = True
        results: list[LineTestShown] = []
        try:
            wall = self._office.ports.clock.wall()
            for pair in wanted:
                if results:
                    await trio.sleep(PAUSE_SECONDS)
                result = _shown(await call_between(self._office, pair))
                log.info("self-call %s to %s: %s", *pair[:2], result_in_words(result, Language.EN))
                results.append(result)
        finally:
            self._goes_on = False
        zone = ZoneInfo(self._office.configuration.timezone)
        at = None if wall is None else wall.astimezone(zone).isoformat(timespec="minutes")
        self.last = LinesTested(at=at, results=tuple(results))
        self._changed()
        return self.last

    async def handle(self, _: TestLines) -> LinesTested:
        """Somebody asks for it."""
        return await self.test()

    @property
    def troubles(self) -> Iterator[Trouble]:
        """Pairs that failed the last time."""
        for result in self.last.results if self.last is not None else ():
            if result.failed:
                cause = f"The self-call from {result.calling} failed: {result_in_words(result, Language.EN)}."
                yield Trouble(where=f"line {result.called}", cause=cause, next_step="Try it with a telephone.")

    async def _tell(self, tested: LinesTested) -> None:
        settings, language = self._office.configuration.self_call, self._office.configuration.language
        bad = [result for result in tested.results if result.failed or result.not_ready]
        if not bad:
            return
        text = alarm_in_words(bad, language)
        for number in settings.alert:
            try:
                await self._office.ports.outbox.send_sms(number, text)
            except PorterError as error:
                log.error("%s is not told by SMS: %s", number, error)


def _shown(result: LineTested) -> LineTestShown:
    return LineTestShown(calling=result.calling, called=result.called, failed=result.failed, not_ready=result.not_ready)
