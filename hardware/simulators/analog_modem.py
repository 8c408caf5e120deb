"""A simulated voice modem on one real pseudo-terminal, with its exchange and a person at the other end. Product code:
the demo office and the tests use it, chosen by name, never as a fallback."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from pathlib import Path

import msgspec
import trio

from hardware.audio.frames import FRAME_SECONDS
from hardware.simulators.exchange import Clearing, Exchange, LineHabits, LineState
from hardware.simulators.far_end import FarEnd
from hardware.simulators.modem import CallState, Cure, ModemStatus, SentSms, Trouble
from hardware.simulators.pty_pair import PtyPair
from hardware.simulators.voice_chip import VoiceChip

log = logging.getLogger(__name__)

MOST_BEHIND = 0.2
"""Seconds after which lost time is not caught up."""
_FLOODS = (b"\r\nRING\r\n", b"\x10b\x10R", b"\r\nNMBR = 666\r\nOK\r\n", b"\x10\x03\r\nERROR\r\n", b"\x10X")
_NO_MESSAGES = "an analog line has no messages"


class SimulatedAnalogModem:
    """One modem on its line. Methods are synchronous; use them on the thread of the event loop while `run` runs. What
    it has in common with a stick is called alike (`SimulatedModem`).

    Args:
        link: Where the port appears.
        family: Of `hardware.modem.fxo_profiles`.
        seed: For how bytes are cut, for hiss and for babbling.

    Attributes:
        exchange: The line's other end: tones, caller id, current.
        far_end: The person: sound and plan.
        cure: Kept for the likeness; only `misbehave` ends a trouble of this modem.
    """

    def __init__(
        self, link: Path, *, family: str = "conexant", habits: LineHabits | None = None, seed: int = 1, most: int = 400
    ) -> None:
        self.far_end = FarEnd()
        self.exchange = Exchange(self.far_end, habits, seed=seed)
        self.chip = VoiceChip(self.exchange, family)
        self.sms: list[SentSms] = []
        self.cure = Cure.NOTHING
        self._link = link
        self._random = random.Random(seed)
        self._most = most
        self._trouble = Trouble.NONE
        self._port: PtyPair | None = None
        self._plug = trio.Event()
        self._plug.set()
        self._plugged = trio.CancelScope()
        self._changed = trio.Event()

    # Running.

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Be there until cancelled; started when the link exists."""
        while True:
            await self._plug.wait()
            self._port = port = PtyPair(self._link, watched=True)
            task_status.started()
            task_status = trio.TASK_STATUS_IGNORED
            try:
                with trio.CancelScope() as self._plugged:
                    await self._live(port)
            finally:
                self._port = None
                self.chip.power_on()
                self.exchange.on_hook()
                port.close()
                self._note()

    async def _live(self, port: PtyPair) -> None:
        due = trio.current_time()
        was_open = False
        while True:
            is_open = port.is_open
            if was_open and not is_open:
                self.chip.port_closed()
            was_open = is_open
            if self._trouble is not Trouble.HANGING:
                data = port.read()
                if self._trouble is Trouble.NONE:
                    self.chip.receive(data)
            self.exchange.tick(trio.current_time())
            self.chip.tick()
            self._write(port, self.chip.data_to_send(), is_open=is_open)
            self._note()
            due = max(due + FRAME_SECONDS, trio.current_time() - MOST_BEHIND)
            await trio.sleep_until(due)

    def _write(self, port: PtyPair, data: bytes, *, is_open: bool) -> None:
        """Cut at random; what nobody reads is lost."""
        if self._trouble is Trouble.BABBLING:
            data = self._random.choice((self._random.randbytes(300), self._random.choice(_FLOODS) * 20))
        elif self._trouble is not Trouble.NONE:
            return
        while data and is_open:
            size = self._random.randint(1, self._most)
            if not (taken := port.write(data[:size])):
                return
            data = data[taken:]

    def _note(self) -> None:
        changed, self._changed = self._changed, trio.Event()
        changed.set()

    async def until(self, condition: Callable[[], bool], *, seconds: float = 10.0) -> None:
        """Wait for a condition on what Porter did; raises trio.TooSlowError when it does not come true."""
        with trio.fail_after(seconds):
            while not condition():
                await self._changed.wait()

    # What the world does.

    def call_in(self, number: str) -> None:
        """Call the line; "" withholds the number. Raises RuntimeError when it is busy."""
        self.exchange.call_in(number)

    def answer(self) -> None:
        """The called person answers."""
        self.exchange.answer()

    def hang_up(self, cause: int = 16) -> None:
        """The person hangs up, or never answered: 17 busy (Q.850)."""
        self.exchange.hang_up(cause)

    def clear(self, how: Clearing) -> None:
        """The person hangs up, and the exchange tells it so; later calls end likewise."""
        self.exchange.habits = msgspec.structs.replace(self.exchange.habits, clearing=how)
        self.exchange.hang_up()

    def break_loop(self) -> None:
        """The exchange interrupts the current."""
        self.exchange.break_loop()

    def press(self, keys: str, *, told: bool = True) -> None:
        """The person presses keys: heard as tones, and told by the chip too where `told`."""
        self.far_end.press(keys)
        if told:
            for key in keys:
                self.chip.key_heard(key)

    def send_sms(self, sender: str, text: str) -> bool:
        """Raises RuntimeError."""
        raise RuntimeError(_NO_MESSAGES)

    def send_pdu(self, pdu: str) -> bool:
        """Raises RuntimeError."""
        raise RuntimeError(_NO_MESSAGES)

    def report_sms(self, status: int = 0) -> int:
        """Raises RuntimeError."""
        raise RuntimeError(_NO_MESSAGES)

    def set_signal(self, rssi: int) -> None:
        """Raises RuntimeError."""
        raise RuntimeError("an analog line has no radio")

    def set_registration(self, stat: int) -> None:
        """Raises RuntimeError."""
        raise RuntimeError("an analog line has no radio")

    # What goes wrong.

    def unplug(self) -> None:
        """Pull it out: the port and its link are gone, the line is on hook."""
        self._plug = trio.Event()
        self._plugged.cancel()

    def plug_in(self) -> None:
        """Put it in again, as after power on."""
        self._plug.set()

    def replug(self) -> None:
        """Pull it out and put it in again."""
        self.unplug()
        self.plug_in()

    def misbehave(self, trouble: Trouble) -> None:
        """From now on; Trouble.NONE makes it honest again."""
        self._trouble = trouble

    # How it is.

    @property
    def status(self) -> ModemStatus:
        exchange = self.exchange
        is_up = exchange.state is LineState.TALK
        return ModemStatus(
            plugged_in=self._port is not None,
            trouble=self._trouble,
            call=CallState.UP if is_up else CallState.RINGING if exchange.has_call else CallState.NONE,
            last_dialed=exchange.last_dialed,
            keys=exchange.keys,
            frames_heard=self.far_end.frames_heard,
            frames_missing=self.far_end.frames_missing,
            sms_sent=0,
            sms_waiting=0,
            off_hook=self.chip.is_off_hook,
        )
