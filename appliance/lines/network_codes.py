"""What a line asks its mobile network besides calls and messages: codes such as *100#, and the divert of its SIM, which
is checked once a day and set where the settings want another one."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import trio

from appliance.calls.ports import NetworkReply
from appliance.errors import LineFailed
from hardware.modem.facts import DivertChecked, DivertFailed, UssdAnswer, UssdFailed, UssdTrouble
from hardware.modem.gsm import GsmModem

ANSWER_SECONDS = 100.0
"""The modem itself gives up earlier, also where it tries several codings."""
CHECK_SECONDS = 24 * 3600.0
OFF = "off"
_WHY = {
    UssdTrouble.BUSY: ("another code is under way, or the modem went away", "Try again in a minute."),
    UssdTrouble.REFUSED: ("the modem refused it", "Some modems take no codes in 4G; check the code."),
    UssdTrouble.ENDED: ("the network ended it", "Check the code with the operator."),
    UssdTrouble.UNSUPPORTED: ("the network does not support it", "Check the code with the operator."),
    UssdTrouble.TIMEOUT: ("the network did not answer", "Try again; some modems take no codes in 4G."),
}


class NetworkCodes:
    """The codes of one line.

    Args:
        kick: Carries what was asked of the modem.
    """

    def __init__(self, line: str, modem: GsmModem, kick: Callable[[], None]) -> None:
        self._line = line
        self._modem = modem
        self._kick = kick
        self._ids = map(str, count(1))
        self._answers: dict[str, UssdAnswer | UssdFailed] = {}
        self._news = trio.Event()

    async def ask(self, code: str) -> NetworkReply:
        """What the network answers. Raises LineFailed with the reason."""
        id = next(self._ids)
        try:
            self._modem.ussd.send(id, code)
        except ValueError as error:
            raise LineFailed(f"The code cannot be sent: {error}.", "Write a code such as *100#.") from error
        self._kick()
        with trio.move_on_after(ANSWER_SECONDS):
            while id not in self._answers:
                await self._news.wait()
        match self._answers.pop(id, None):
            case UssdAnswer(text=text, expects_reply=expects_reply):
                return NetworkReply(text, expects_reply)
            case UssdFailed(reason=reason):
                why, next_step = _WHY[reason]
            case None:
                why, next_step = _WHY[UssdTrouble.TIMEOUT]
        raise LineFailed(f"Line {self._line} got no answer to {code}: {why}.", next_step)

    def answered(self, fact: UssdAnswer | UssdFailed) -> None:
        """The modem told the answer; what nobody asked for is dropped."""
        if fact.id:
            self._answers[fact.id] = fact
            news, self._news = self._news, trio.Event()
            news.set()


class DivertKeeper:
    """The network's divert of one SIM, as it should be and as it is.

    Args:
        wanted: A number, "off", or None: what is set stays.

    Attributes:
        number: Where calls go that cannot reach the modem; "": nowhere; None: not known.
        has_failed: The network did not tell, or did not take what was to be set.
    """

    def __init__(self, modem: GsmModem, wanted: str | None, kick: Callable[[], None]) -> None:
        self._modem = modem
        self._wanted = "" if wanted == OFF else wanted
        self._kick = kick
        self._due = 0.0
        self._was_set = False
        self._told = trio.Event()
        self.number: str | None = None
        self.has_failed = False

    def look(self) -> None:
        """The modem has a network: check, where that is due."""
        if trio.current_time() >= self._due:
            self._check()

    async def check(self) -> str | None:
        """Ask now; the number, "" for nowhere, None when the network did not tell."""
        self._check()
        told = self._told
        with trio.move_on_after(ANSWER_SECONDS):
            await told.wait()
        return None if self.has_failed else self.number

    def take(self, fact: DivertChecked | DivertFailed) -> None:
        """The network answered."""
        match fact:
            case DivertChecked(number=number):
                self.number = number
                self.has_failed = False
                if self._wanted is not None and number != self._wanted and not self._was_set:
                    self._was_set = True
                    self._modem.divert.set(self._wanted)
                    self._kick()
                    return
                self.has_failed = self._wanted is not None and number != self._wanted
            case DivertFailed():
                self.has_failed = True
        told, self._told = self._told, trio.Event()
        told.set()

    def _check(self) -> None:
        self._due = trio.current_time() + CHECK_SECONDS
        self._was_set = False
        self._modem.divert.check()
        self._kick()
