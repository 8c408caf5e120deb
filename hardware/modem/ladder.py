"""What is done about a modem that fails, each failure in a row going one rung further:

    reopen --> reset --> power --> alarm --> reopen ...

    reopen   the port is closed and opened again, with an escape and a return in front
    reset    the modem is restarted by its own command, on every port that takes commands
    power    USB takes its driver away and lets it come back
    alarm    a person is told; it goes on being tried, in longer intervals

A modem that is set up again goes back to the first rung.
"""

from enum import StrEnum

from hardware.modem.facts import Remedy


class Rung(StrEnum):
    REOPEN = "reopen"
    RESET = "reset"
    POWER = "power"
    ALARM = "alarm"


_NEXT = {Rung.REOPEN: Rung.RESET, Rung.RESET: Rung.POWER, Rung.POWER: Rung.ALARM, Rung.ALARM: Rung.REOPEN}
PAUSES = {Rung.REOPEN: 1.0, Rung.RESET: 1.0, Rung.POWER: 1.0, Rung.ALARM: 20.0}
"""Seconds after each rung until the modem is looked for again."""


class Ladder:
    """The rung of one modem.

    Attributes:
        is_alarmed: Whether all was tried in vain since it last worked.
    """

    def __init__(self) -> None:
        self._next = Rung.REOPEN
        self.is_alarmed = False

    def failed(self, remedy: Remedy) -> Rung:
        """The modem failed: what to do now.

        Args:
            remedy: What the modem's own software thinks helps; a reset passes over opening the port again.
        """
        rung = self._next
        if rung is Rung.REOPEN and remedy is Remedy.RESET:
            rung = Rung.RESET
        self._next = _NEXT[rung]
        self.is_alarmed |= rung is Rung.ALARM
        return rung

    def worked(self) -> None:
        """The modem is set up."""
        self._next = Rung.REOPEN
        self.is_alarmed = False
