"""Unlocking the SIM. The PIN is tried at most once, and only while the SIM allows all three tries: a wrong PIN in the
configuration costs one try ever, over any number of restarts, and never locks the SIM."""

import re
from collections.abc import Callable

from hardware.modem.at import Command, Reply
from hardware.modem.facts import ModemFailed, Remedy
from hardware.modem.faults import ModemFault
from hardware.modem.gsm_wire import Wire, fields, number_at

RETRY_SECONDS = 1.0
LOOK_AGAIN_SECONDS = 10.0
ALL_TRIES = 3
_BUSY = {14, 515}
_NO_SIM = {10, 13}


class SimGate:
    """Asks for the state of the SIM until it is ready.

    Args:
        pin: None when the SIM is expected to ask for none.
        opened: Called once, when the SIM is ready.
    """

    def __init__(self, wire: Wire, pin: str | None, opened: Callable[[], None]) -> None:
        self._wire = wire
        self._pin = pin
        self._opened = opened
        self._told: tuple[ModemFault, str] | None = None
        self._tried = False
        self._closed = False
        self.deadline: float | None = None

    def start(self) -> None:
        """Ask now."""
        self._closed = False
        self._told = None
        self._ask()

    def stop(self) -> None:
        self._closed = True
        self.deadline = None

    def tick(self) -> None:
        if self.deadline is not None and self._wire.now >= self.deadline:
            self._ask()

    def _ask(self) -> None:
        self.deadline = None
        self._wire.ask(Command(text="AT+CPIN?", prefix="+CPIN:", seconds=10.0), self._told_state)

    def _told_state(self, reply: Reply) -> None:
        if self._closed:
            return
        state = fields(reply.lines[0].text)[0] if reply.lines else ""
        if state == "READY":
            self._closed = True
            self._opened()
        elif state == "SIM PIN":
            self._unlock()
        elif state == "SIM PUK" or reply.code == 12:
            self._fail(ModemFault.PUK_WANTED)
        elif reply.code in _NO_SIM or state == "NOT INSERTED":
            self._fail(ModemFault.NO_SIM)
        elif state and state != "NOT READY":
            self._fail(ModemFault.SIM_ASKS, state)
        else:  # busy after switching on (CME 14, 515), or no answer yet
            self.deadline = self._wire.now + RETRY_SECONDS

    def _unlock(self) -> None:
        if self._pin is None:
            self._fail(ModemFault.PIN_WANTED)
        elif not (self._pin.isdecimal() and 4 <= len(self._pin) <= 8):
            self._fail(ModemFault.PIN_MALFORMED)
        elif self._tried:
            self._fail(ModemFault.PIN_WRONG)
        elif self._wire.profile.pin_tries is None:
            self._fail(ModemFault.PIN_TRIES_UNKNOWN)
        else:
            ask = self._wire.profile.pin_tries.ask
            name = re.split("[?=]", ask.removeprefix("AT"))[0] + ":"
            self._wire.ask(Command(text=ask, prefix=name), self._told_tries)

    def _told_tries(self, reply: Reply) -> None:
        if self._closed or self._tried or self._wire.profile.pin_tries is None:
            return
        tries = number_at(fields(reply.lines[0].text), self._wire.profile.pin_tries.at) if reply.lines else None
        if tries is None:
            self._fail(ModemFault.PIN_TRIES_UNKNOWN)
        elif tries < ALL_TRIES:
            self._fail(ModemFault.PIN_NOT_RISKED, str(tries))
        else:
            self._tried = True
            self._wire.ask(Command(text=f'AT+CPIN="{self._pin}"', seconds=20.0, secret=True), lambda _: self._ask())

    def _fail(self, fault: ModemFault, value: str = "") -> None:
        if self._told != (fault, value):
            self._told = (fault, value)
            self._wire.tell(ModemFailed(fault, Remedy.PERSON, value))
        self.deadline = self._wire.now + LOOK_AGAIN_SECONDS
