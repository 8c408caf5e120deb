"""The money guard: asks SIMs for their balance, and tells people by SMS when little is left.

What is left is kept with what was called (`appliance.calls.tolls`), so routing knows it too: a SIM that is spent is
passed over. What was told is not kept over a restart, which tells nothing again that was so before.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import trio

from appliance.calls.names import Used
from appliance.calls.ports import Line, LineState, SimLine
from appliance.calls.tolls import LEFT
from appliance.config.models import Balance, GsmLine, Language
from appliance.control.controller_messages import LiveBalance, Trouble
from appliance.errors import LineFailed, PorterError
from appliance.office import Office
from appliance.routing.balance import Left, MoneyState, is_due, judge, read_balance
from appliance.routing.limits import line_account
from appliance.services.words import InAllLanguages, load_words

log = logging.getLogger(__name__)

LOOK_SECONDS = 30.0

_RANK: Mapping[str, int] = {state.value: rank for rank, state in enumerate(MoneyState)}

AskLine = Callable[[str, str], Awaitable[str]]
"""Sends a code over a line; what the network answers. Raises `PorterError` with the reason."""


async def ask_sim(lines: Mapping[str, Line], name: str, code: str) -> str:
    """An `AskLine` over the lines of the office."""
    line = lines.get(name)
    if not isinstance(line, SimLine):
        raise LineFailed(f"Line {name} has no SIM.")
    return (await line.ask_network(code)).text


class _Asked(NamedTuple):
    at: float
    """Monotonic seconds."""
    used: Used
    """What the line had used then."""
    fault: Trouble | None


class MoneyGuard:
    """Watches the money of one office. `run` is a task of its own.

    Args:
        changed: Called when the page has to show something else; quick and synchronous.
    """

    def __init__(self, office: Office, ask: AskLine, changed: Callable[[], None]) -> None:
        self._office = office
        self._ask = ask
        self._changed = changed
        self._asked: dict[str, _Asked] = {}
        self._told: dict[str, str] | None = None
        """How each SIM was when people were told last; None until the first look."""

    async def run(self) -> None:
        """Look now and then, until cancelled."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("the money was not looked after; it is tried again")
            await trio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Ask the SIMs that are due, and tell what has run out."""
        for name, balance in self._watched():
            if self._is_due(name):
                await self._ask_sim(name, balance)
        await self._tell()

    @property
    def troubles(self) -> Iterator[Trouble]:
        """Balances that are low or spent, and those nobody could read."""
        for name, _ in self._watched():
            asked, shown = self._asked.get(name), self.balance_of(name)
            if asked is not None and asked.fault is not None:
                yield asked.fault
            if shown is not None and shown.state != MoneyState.ENOUGH:
                stops = "; nothing is called over it, emergency calls are." if shown.state == MoneyState.SPENT else "."
                cause = f"Only {shown.money:.2f} is left on its SIM{stops}"
                yield Trouble(where=f"line {name}", cause=cause, next_step="Top it up; it is asked for again daily.")

    def balance_of(self, line: str) -> LiveBalance | None:
        """What is known of the SIM of a line; None where nobody asks, or no answer came yet."""
        settings = self._office.configuration.lines.get(line)
        left = self._office.tolls.left(line_account(line))
        if left is None or not isinstance(settings, GsmLine) or settings.balance is None:
            return None
        minutes = left.minutes if left.minutes >= 0 else None
        return LiveBalance(money=left.money, minutes=minutes, state=judge(settings.balance, left.money))

    def _watched(self) -> Iterator[tuple[str, Balance]]:
        for name, settings in self._office.configuration.lines.items():
            if isinstance(settings, GsmLine) and settings.balance is not None:
                yield name, settings.balance

    def _is_due(self, name: str) -> bool:
        line, asked = self._office.ports.lines.get(name), self._asked.get(name)
        if line is None or line.status.state is not LineState.READY:
            return False
        return is_due(
            self._office.ports.clock.monotonic(),
            asked_at=None if asked is None else asked.at,
            has_failed=asked is not None and asked.fault is not None,
            used_since=asked is not None and asked.used != self._used(name),
        )

    def _used(self, name: str) -> Used:
        """All that is counted for a line; only whether it changes matters."""
        account = line_account(name)
        counted = (
            used for (whose, period), used in self._office.tolls.counts.items() if whose == account and period != LEFT
        )
        return sum(counted, Used())

    async def _ask_sim(self, name: str, balance: Balance) -> None:
        fault = None
        try:
            text = await self._ask(name, balance.code)
        except PorterError as error:
            fault = Trouble(where=f"line {name}", cause=f"Its balance is not known: {error.cause}", next_step="")
        else:
            left = read_balance(text, balance.pattern)
            if left is None:
                log.warning("line %s: no amount in the answer to %s: %r", name, balance.code, text)
                cause = f'Its balance cannot be read in the answer "{text[:160]}".'
                fault = Trouble(where=f"line {name}", cause=cause, next_step="Set `balance.pattern` of the line.")
            else:
                self._note(name, left)
        self._asked[name] = _Asked(self._office.ports.clock.monotonic(), self._used(name), fault)
        self._changed()

    def _note(self, name: str, left: Left) -> None:
        log.info("line %s: %.2f is left on its SIM", name, left.money)
        minutes = -1 if left.minutes is None else left.minutes
        self._office.tolls.note_left(line_account(name), Used(minutes=minutes, money=left.money))

    async def _tell(self) -> None:
        """Tell once when a SIM has become low, and once more when it is spent."""
        known, self._told = self._told, {}
        for name, _ in self._watched():
            if (shown := self.balance_of(name)) is None:
                continue
            self._told[name] = shown.state
            if known is not None and _RANK[shown.state] > _RANK[known.get(name, MoneyState.ENOUGH)]:
                language = self._office.configuration.language
                await self._send(_text(shown.state, language, line=name, money=f"{shown.money:.2f}"))

    async def _send(self, text: str) -> None:
        for number in self._office.configuration.outside_limits.alert:
            try:
                await self._office.ports.outbox.send_sms(number, text)
            except PorterError as error:
                log.error("%s is not told by SMS: %s", number, error)


@cache
def _words() -> dict[str, InAllLanguages]:
    return load_words("money.yaml", dict[str, InAllLanguages])


def _text(key: str, language: Language, **values: str) -> str:
    return _words()[key].text(language).format_map(values)
