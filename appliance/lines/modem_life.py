"""The lives of a line's modem: found, opened, spoken with until it fails or goes, and what is done then, for ever."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable

import trio

from appliance.calls.ports import LineReason
from appliance.lines.modem_ports import Carry, Whereabouts, opened, restart_by_other_ports
from hardware.audio.call_sound import CallSound
from hardware.modem.driver import ModemDriver
from hardware.modem.facts import GsmFact, Remedy
from hardware.modem.faults import ModemFault
from hardware.modem.gsm import GsmModem
from hardware.modem.ladder import PAUSES, Ladder, Rung
from hardware.modem.link import PortLost, SerialPort
from hardware.modem.places import Place
from hardware.modem.usb import UsbDevice

log = logging.getLogger(__name__)

REOPEN_SECONDS = 1.0
"""Between two looks for the modem: plugged in again it is found within this."""
PATIENT_SECONDS = 20.0
"""Before the driver is started again after a fault of its own."""
DRIVER_BROKE = "driver_broke"


class ModemLife:
    """Looks after one modem.

    Args:
        where: Where it is.
        take: Told each fact, in order.
        lost: Told why it cannot be used.
        begins: A life begins, with this sound.
        beside: Runs as long as a life.
    """

    def __init__(
        self,
        line: str,
        modem: GsmModem,
        where: Whereabouts,
        *,
        take: Callable[[GsmFact], None],
        lost: Callable[[LineReason], None],
        begins: Callable[[CallSound], None],
        beside: Callable[[], Awaitable[None]],
    ) -> None:
        self._line = line
        self._modem = modem
        self._where = where
        self._take = take
        self._lost = lost
        self._begins = begins
        self._beside = beside
        self._driver: ModemDriver | None = None
        self._scope: trio.CancelScope | None = None
        self._remedy: Remedy | None = None
        self._ladder = Ladder()
        self.place: Place | None = None
        """Where it was found last."""

    # What the line wants.

    def kick(self) -> None:
        """Something was asked of the modem: carry it now."""
        if self._driver is not None:
            self._driver.kick()

    def identified(self, imei: str, iccid: str) -> None:
        """The modem said what it is; one that another line wants is left to it."""
        if self.place is not None and not self._where.is_ours(self.place, imei, iccid):
            self._end(Remedy.LOOK_ELSEWHERE)

    def worked(self) -> None:
        """The modem is set up."""
        self._ladder.worked()

    def failed(self, fault: ModemFault, value: str, remedy: Remedy) -> None:
        """The modem told that something is wrong."""
        self._lost(LineReason(ModemFault.ALARM) if self._ladder.is_alarmed else LineReason(fault, value))
        if remedy is not Remedy.PERSON:
            self._end(remedy)

    # Its lives.

    async def run(self) -> None:
        """Until cancelled; nothing a modem does ends this."""
        try:
            while True:
                await self._pause(await self._one_life())
        finally:
            self._where.let_go()

    async def _one_life(self) -> float:
        """From looking for it to its end; how long to pause then."""
        try:
            self.place = place = self._where.find()
            with opened(place) as (at, sound, carry):
                self._modem.use(place.profile)
                rung = await self._live(at, sound, carry)
            return await self._climb(place, rung)
        except PortLost as lost:
            if lost.fault is not ModemFault.NOT_FOUND or self._remedy is not Remedy.LOOK_ELSEWHERE:
                self._lost(LineReason(lost.fault, lost.value))
            return REOPEN_SECONDS
        except Exception:
            log.exception("line %s: the driver broke", self._line)
            self._lost(LineReason(DRIVER_BROKE))
            return PATIENT_SECONDS

    async def _live(self, at: SerialPort, sound: CallSound, carry: Carry) -> Rung | None:
        """From open to failed; what to do next. Raises PortLost."""
        self._remedy = None
        self._driver = driver = ModemDriver(self._modem, at, self._take)
        ways_out: list[PortLost] = []
        try:
            with trio.CancelScope() as self._scope:
                self._modem.start(trio.current_time())
                self._begins(sound)
                async with trio.open_nursery() as nursery:

                    async def until_lost(part: Callable[[], Awaitable[None]]) -> None:
                        try:
                            await part()
                        except PortLost as lost:
                            ways_out.append(lost)
                            nursery.cancel_scope.cancel()

                    nursery.start_soon(until_lost, driver.run)
                    nursery.start_soon(until_lost, carry)
                    nursery.start_soon(self._beside)
            if ways_out:
                raise ways_out[0]
            return self._next_rung(driver)
        finally:
            self._driver = self._scope = None
            self._modem.close(trio.current_time())
            for fact in self._modem.take_facts():
                self._take(fact)

    def _end(self, remedy: Remedy) -> None:
        if self._scope is not None:
            self._remedy = remedy
            self._scope.cancel()

    # What is done about it.

    def _next_rung(self, driver: ModemDriver) -> Rung | None:
        """The modem told that it cannot go on; None: look for another one."""
        if self._remedy is Remedy.LOOK_ELSEWHERE:
            return None
        rung = self._ladder.failed(self._remedy or Remedy.REOPEN)
        if rung is Rung.RESET:
            log.warning("line %s: restarting the modem", self._line)
            self._modem.reset(trio.current_time())
            driver.flush()
        return rung

    async def _climb(self, place: Place, rung: Rung | None) -> float:
        """Do what a rung says, while the ports are closed; how long to pause then."""
        if rung is None:
            return 0.0 if self._seen() not in (None, place.device) else REOPEN_SECONDS
        if rung is Rung.RESET:
            restart_by_other_ports(place)
        elif rung is Rung.POWER:
            log.warning("line %s: switching the power of the modem", self._line)
            if not await self._where.switch_power(place):
                rung = self._ladder.failed(Remedy.REOPEN)
        if self._ladder.is_alarmed:
            self._lost(LineReason(ModemFault.ALARM))
        return PAUSES[rung]

    async def _pause(self, seconds: float) -> None:
        """Have patience, but not with a modem that somebody has plugged in meanwhile."""
        before, until = self._seen(), trio.current_time() + seconds
        while (left := until - trio.current_time()) > 0:
            await trio.sleep(min(left, REOPEN_SECONDS))
            now = self._seen()
            if now is not None and now != before:
                return
            before = now

    def _seen(self) -> UsbDevice | None:
        """The device that is there now."""
        try:
            return self._where.find().device
        except PortLost:
            return None
