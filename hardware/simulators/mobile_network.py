"""The network between simulated modems of one process: calls by the numbers of their SIMs, sound and keys both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import trio

if TYPE_CHECKING:
    from hardware.simulators.modem import SimulatedModem

NO_SUCH_NUMBER, NORMAL, BUSY, UNREACHABLE = 1, 16, 17, 18
"""ITU-T Q.850."""
CONNECT_SECONDS = 0.5
"""From dialling until it rings at the other end; real networks take 2 to 8 s."""


class MobileNetwork:
    """Joins simulated modems. Numbers nobody of them has are left to each modem's own far end.

    Attributes:
        loses_sound_to: Numbers towards which no sound comes through.
        hides_numbers: The called side sees no number.
    """

    def __init__(self, *modems: SimulatedModem) -> None:
        self.loses_sound_to: set[str] = set()
        self.hides_numbers = False
        self._modems = {modem.stick.sim.number: modem for modem in modems}
        self._talks: dict[SimulatedModem, SimulatedModem] = {}
        for modem in modems:
            modem.network = self

    def knows(self, number: str) -> bool:
        """Whether the number is of one of its modems."""
        return number in self._modems

    async def connect(self, caller: SimulatedModem, number: str) -> None:
        """A modem has dialled; cancelled when it hangs up."""
        await trio.sleep(CONNECT_SECONDS)
        called = self._modems[number]
        if called in self._talks or called.stick.has_call:
            caller.hang_up(BUSY)
            return
        self._talks[caller], self._talks[called] = called, caller
        try:
            called.call_in("" if self.hides_numbers else caller.stick.sim.number)
        except RuntimeError:
            self._forget(caller)
            caller.hang_up(UNREACHABLE)
            return
        caller.rings()

    def picked_up(self, modem: SimulatedModem) -> None:
        """The called modem has answered."""
        if (other := self._talks.get(modem)) is not None:
            for one, from_whom in ((modem, other), (other, modem)):
                is_lost = one.stick.sim.number in self.loses_sound_to
                one.far_end.hears_from = None if is_lost else from_whom.far_end
            other.answer()

    def key_sent(self, modem: SimulatedModem, key: str) -> None:
        """By the modem's own means: the network makes the tone."""
        if (other := self._talks.get(modem)) is not None:
            other.press(key)

    def hung_up(self, modem: SimulatedModem) -> None:
        """Either side has."""
        if (other := self._forget(modem)) is not None:
            other.hang_up(NORMAL)

    def _forget(self, modem: SimulatedModem) -> SimulatedModem | None:
        other = self._talks.pop(modem, None)
        if other is not None:
            self._talks.pop(other, None)
            modem.far_end.hears_from = other.far_end.hears_from = None
        return other
