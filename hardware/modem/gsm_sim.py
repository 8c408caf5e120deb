"""Unlocking the SIM. The PIN is tried at most once, and only while the SIM allows all three tries: a wrong PIN in the
configuration costs one try ever, over any number of restarts, and never locks the SIM."""

from collections.abc import Callable

from hardware.modem.at import Command, Reply
from hardware.modem.facts import ModemFailed, Remedy
from hardware.modem.gsm_wire import Wire, fields
from hardware.modem.profiles import Profile

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

    def __init__(self, wire: Wire, profile: Profile, pin: str | None, opened: Callable[[], None]) -> None:
        self._wire = wire
        self._profile = profile
        self._pin = pin
        self._opened = opened
        self._told: str | None = None
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
            self._fail("The SIM is locked and wants its PUK.", "Unlock it in a mobile phone with the PUK.")
        elif reply.code in _NO_SIM:
            self._fail("The modem has no SIM, or cannot read it.", "Put a working SIM in and plug the modem in again.")
        elif state:
            self._fail(f"The SIM asks for {state}.", "Put it in a mobile phone and answer what it asks there.")
        else:  # busy after switching on (CME 14, 515), or no answer yet
            self.deadline = self._wire.now + RETRY_SECONDS

    def _unlock(self) -> None:
        if self._pin is None:
            self._fail("The SIM wants its PIN.", "Enter the PIN in the settings of this line.")
        elif not (self._pin.isdecimal() and 4 <= len(self._pin) <= 8):
            self._fail("The PIN in the settings is not a PIN.", "Enter the 4 to 8 digits of this SIM's PIN.")
        elif self._tried:
            self._fail("The PIN in the settings is wrong.", "Enter the right PIN once in a mobile phone, then here.")
        elif self._profile.pin_attempts is None:
            self._fail("This modem cannot tell how many PIN tries are left.", "Switch the SIM's PIN off in a phone.")
        else:
            name = self._profile.pin_attempts.removeprefix("AT").rstrip("?") + ":"
            self._wire.ask(Command(text=self._profile.pin_attempts, prefix=name), self._told_attempts)

    def _told_attempts(self, reply: Reply) -> None:
        """`^CPIN: SIM PIN,<puk tries>,<puk>,<pin>,<puk2>,<pin2>`; the second field is the code asked for."""
        if self._closed or self._tried:
            return
        parts = fields(reply.lines[0].text) if reply.lines else []
        tries = int(parts[3]) if len(parts) > 3 and parts[3].isdecimal() else None
        if tries is None:
            self._fail("The modem does not tell how many PIN tries are left.", "Switch the SIM's PIN off in a phone.")
        elif tries < ALL_TRIES:
            self._fail(
                f"A wrong PIN was entered before; {tries} tries are left, and none is risked.",
                "Enter the right PIN once in a mobile phone, then in the settings of this line.",
            )
        else:
            self._tried = True
            self._wire.ask(Command(text=f'AT+CPIN="{self._pin}"', seconds=20.0, secret=True), lambda _: self._ask())

    def _fail(self, reason: str, next_step: str) -> None:
        if self._told != reason:
            self._told = reason
            self._wire.tell(ModemFailed(reason=reason, next_step=next_step, remedy=Remedy.PERSON))
        self.deadline = self._wire.now + LOOK_AGAIN_SECONDS
