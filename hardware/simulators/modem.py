"""A simulated GSM stick on real pseudo-terminals, with a person at the other end of its line. Product code: the
demo office and the tests use it, chosen by name, never as a fallback."""

import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path

import msgspec
import trio

from hardware.modem.pdu import Submit, decode_user_data
from hardware.modem.pdu_decode import decode
from hardware.modem.pdu_encode import encode_deliver, encode_status_report
from hardware.simulators.far_end import FRAME_SECONDS, FarEnd, Plan
from hardware.simulators.mobile_network import MobileNetwork
from hardware.simulators.pty_pair import PtyPair
from hardware.simulators.stick import GsmStick
from hardware.simulators.stick_events import (
    Dialed,
    HungUp,
    KeySent,
    ModemEvent,
    ModemReset,
    PickedUp,
    SimulatedSim,
    SmsSubmitted,
)
from hardware.simulators.usb import SimulatedSocket

__all__ = ["CallState", "ModemStatus", "Plan", "SentSms", "SimulatedModem", "Trouble"]

log = logging.getLogger(__name__)

MOST_REMEMBERED = 1000
SLOW_SECONDS = 3.0
REBOOT_SECONDS = 2.0
"""From AT+CFUN=1,1 until the stick is back on the bus; real ones take 8 to 15 s."""
_FLOODS = (b"\r\n^RSSI:7\r\n", b"\r\n^BOOT:12345,0,0,0,6\r\n", b"RING\r", b"\r\n+CSQ: 1,2\r\nOK\r\n", b"> ")


class Trouble(StrEnum):
    """How the modem misbehaves."""

    NONE = "none"
    SILENT = "silent"
    """It reads and never answers."""
    HANGING = "hanging"
    """It does not even read."""
    BABBLING = "babbling"
    """It writes rubbish and floods of news without end."""
    FLOODING = "flooding"
    """It answers, and writes honest news without end besides."""
    SLOW = "slow"
    """Every answer comes seconds late."""
    DEAD_PORT = "dead port"
    """Its command port is dead, its other ports take commands."""


class Cure(StrEnum):
    """What ends a trouble by itself."""

    NOTHING = "nothing"
    RESET = "reset"
    """A restart by command."""
    POWER = "power"
    """Only pulling it out, or switching its power."""


class CallState(StrEnum):
    NONE = "none"
    RINGING = "ringing"
    """One way or the other."""
    UP = "up"


class SentSms(msgspec.Struct, frozen=True):
    """A message Porter sent, put together from its parts."""

    to: str
    text: str
    parts: int


class ModemStatus(msgspec.Struct, frozen=True, kw_only=True):
    """The simulated line as it is now."""

    plugged_in: bool
    trouble: Trouble
    call: CallState
    last_dialed: str
    keys: str
    """Keys sent to the far end in this call, or the last one."""
    frames_heard: int
    frames_missing: int
    sms_sent: int
    sms_waiting: int
    """Messages on the SIM that Porter has not deleted, and those the network holds until there is room."""
    off_hook: bool = False
    """Of an analog line: whether the modem holds it."""


class SimulatedModem:
    """One stick, its network and the person at the other end. Methods are synchronous; use them on the thread of the
    event loop while `run` runs.

    Args:
        at_link: Where the AT port appears; None: where the socket says.
        audio_link: Where the audio port appears, likewise.
        kind: Its family, of `hardware.simulators.kinds`.
        socket: Where it is plugged in; None: no bus shows it.
        seed: For how bytes are cut and for babbling; the same seed cuts alike.
        most: Octets written at once at most.

    Attributes:
        stick: The modem's own state: SIM, storage, errors to give.
        network: The network it shares with other simulated modems; None: it has a far end of its own alone.
        report_after: Seconds until the network reports what became of a message; None: when `report_sms` is called.
        far_end: The person: sound and plan.
        sms: What Porter sent, whole messages.
        events: What Porter did, oldest first.
        cure: What ends a trouble.
    """

    def __init__(
        self,
        at_link: Path | None = None,
        audio_link: Path | None = None,
        *,
        kind: str = "huawei",
        socket: SimulatedSocket | None = None,
        seed: int = 1,
        most: int = 24,
        sim: SimulatedSim | None = None,
    ) -> None:
        self.stick = GsmStick(kind, sim=sim)
        self.socket = socket
        self.cure = Cure.NOTHING
        self.far_end = FarEnd()
        self.report_after: float | None = 1.0
        self.network: MobileNetwork | None = None
        self.sms: list[SentSms] = []
        self.events: deque[ModemEvent] = deque(maxlen=MOST_REMEMBERED)
        self._at_link, self._audio_link = at_link, audio_link
        self._random = random.Random(seed)
        self._most = most
        self._trouble = Trouble.NONE
        self._parts: dict[tuple[str, int], list[Submit]] = {}
        self._last_dialed = ""
        self._keys = ""
        self._reference = 0
        self._reports: list[tuple[str, int]] = []
        self._at: PtyPair | None = None
        self._kick = trio.Event()
        self._changed = trio.Event()
        self._plug = trio.Event()
        self._plug.set()
        self._plugged = trio.CancelScope()
        self._errand: trio.CancelScope | None = None
        self._nursery: trio.Nursery | None = None
        self._sound_was_on = False

    # Running.

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Be there until cancelled; started when both links exist."""
        try:
            async with trio.open_nursery() as nursery:
                self._nursery = nursery
                while True:
                    await self._plug.wait()
                    await self._stay_plugged(task_status)
                    task_status = trio.TASK_STATUS_IGNORED
        finally:
            self._nursery = None

    async def _stay_plugged(self, task_status: trio.TaskStatus[None]) -> None:
        ports = self._appear()
        at, audio, *others = ports
        self._at = at
        self.stick.boot()
        try:
            with trio.CancelScope() as self._plugged:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._serve_at, at)
                    nursery.start_soon(self._serve_time)
                    nursery.start_soon(self._serve_audio, audio)
                    for other in others:
                        nursery.start_soon(self._serve_other, other)
                    task_status.started()
                    self._note()
        finally:
            self._at = None
            self._cancel_errand()
            self.stick.restart()
            self.stick.take_events()
            for port in ports:
                port.close()
            if self.socket is not None:
                self.socket.vanish(keeps_power=not self.socket.is_authorized)
            if self.cure is Cure.POWER:
                self._trouble = Trouble.NONE
            self._note()

    def _appear(self) -> list[PtyPair]:
        """The command port, the sound port, then all others."""
        if self.socket is None:
            assert self._at_link is not None and self._audio_link is not None
            return [PtyPair(self._at_link), PtyPair(self._audio_link)]
        kind = self.stick.kind
        links = self.socket.reserve(kind)
        first = [kind.at, *([kind.audio] if kind.audio is not None else [])]
        order = [*first, *(number for number in links if number not in first)]
        ports = [PtyPair(links[number]) for number in order]
        self.socket.appear(kind, links)
        return ports

    async def _serve_other(self, port: PtyPair) -> None:
        """A port that takes commands too, of which only the restart matters."""
        heard = b""
        while True:
            await trio.lowlevel.wait_readable(port.fileno())
            heard = (heard + port.read())[-200:]
            lines = heard.decode("latin-1").split("\r")
            if self._trouble in (Trouble.NONE, Trouble.DEAD_PORT) and any(
                line.strip("\x1b") in self.stick.kind.reset for line in lines[:-1]
            ):
                self.stick.restart()
                await self._reboot_by_itself()

    async def _serve_at(self, at: PtyPair) -> None:
        while True:
            await self._speak(at)
            kick = self._kick
            with trio.CancelScope() as scope:
                async with trio.open_nursery() as nursery:

                    async def wait_kick(kick: trio.Event = kick, scope: trio.CancelScope = scope) -> None:
                        await kick.wait()
                        scope.cancel()

                    nursery.start_soon(wait_kick)
                    if self._trouble is Trouble.HANGING:
                        await trio.sleep_forever()
                    await trio.lowlevel.wait_readable(at.fileno())
                    nursery.cancel_scope.cancel()
            self._kick = trio.Event()
            if self._trouble is Trouble.SLOW:
                await trio.sleep(SLOW_SECONDS)
            if self._trouble in (Trouble.NONE, Trouble.SLOW, Trouble.FLOODING):
                self.stick.receive(at.read(), trio.current_time())
                self._obey_events()
            elif self._trouble is not Trouble.HANGING:
                at.read()

    async def _speak(self, at: PtyPair) -> None:
        """Write what the stick says, cut at random; what nobody reads is lost."""
        data = self.stick.data_to_send()
        if self._trouble not in (Trouble.NONE, Trouble.SLOW, Trouble.FLOODING):
            return
        while data:
            size = self._random.randint(1, self._most)
            if not (taken := at.write(data[:size])):
                return
            data = data[taken:]
            await trio.lowlevel.checkpoint()

    async def _serve_time(self) -> None:
        while True:
            if self._trouble is Trouble.BABBLING and self._at is not None:
                self._at.write(self._babble())
                await trio.sleep(0.005)
                continue
            if self._trouble is Trouble.FLOODING and self._at is not None:
                self._at.write(b"\r\n^RSSI:20\r\n" * 20)
            await trio.sleep(0.1)
            if self.socket is not None and not self.socket.is_authorized:
                self._lose_power()
            self.stick.tick(trio.current_time())
            self._wake()

    def _babble(self) -> bytes:
        if self._random.random() < 0.5:
            return self._random.choice(_FLOODS) * 20
        return self._random.randbytes(400)

    async def _serve_audio(self, audio: PtyPair) -> None:
        try:
            await self._carry_sound(audio)
        finally:
            self._follow_sound(is_on=False)

    async def _carry_sound(self, audio: PtyPair) -> None:
        due = trio.current_time()
        while True:
            data = audio.read()
            while data:
                if self.stick.sound_is_on:
                    self.far_end.receive(data)
                data = audio.read() if len(data) == 4096 else b""
            self._follow_sound(is_on=self.stick.sound_is_on)
            if self._sound_was_on:
                self.far_end.hear()
                frame = self.far_end.say()
                cut = self._random.randint(1, len(frame))
                if audio.write(frame[:cut]) == cut:
                    audio.write(frame[cut:])
            due += FRAME_SECONDS
            await trio.sleep_until(due)

    def _follow_sound(self, *, is_on: bool) -> None:
        if is_on != self._sound_was_on:
            self._sound_was_on = is_on
            (self.far_end.begin if is_on else self.far_end.end)()
            self._note()

    def _wake(self) -> None:
        self._kick.set()

    def _note(self) -> None:
        """Somebody may wait for what just changed."""
        changed, self._changed = self._changed, trio.Event()
        changed.set()

    async def until(self, condition: Callable[[], bool], *, seconds: float = 10.0) -> None:
        """Wait for a condition on what Porter did; raises trio.TooSlowError when it does not come true."""
        with trio.fail_after(seconds):
            while not condition():
                await self._changed.wait()

    # What Porter did.

    def _obey_events(self) -> None:
        for event in self.stick.take_events():
            self.events.append(event)
            match event:
                case Dialed(number=number):
                    self._last_dialed, self._keys = number, ""
                    known = self.network if self.network is not None and self.network.knows(number) else None
                    self._start(self._follow_plan if known is None else partial(known.connect, self, number))
                case PickedUp():
                    self._keys = ""
                    if self.network is not None:
                        self.network.picked_up(self)
                case KeySent(key=key):
                    self._keys += key
                    if self.network is not None:
                        self.network.key_sent(self, key)
                case HungUp():
                    self._cancel_errand()
                    if self.network is not None:
                        self.network.hung_up(self)
                case SmsSubmitted(pdu=pdu, reference=reference):
                    self._submitted(pdu, reference)
                case ModemReset():
                    if self._nursery is not None:
                        self._nursery.start_soon(self._reboot)
        self._note()

    def _submitted(self, pdu: str, reference: int) -> None:
        message = decode(pdu)
        if not isinstance(message, Submit):
            log.warning("simulated network got a PDU that is no submit: %s", pdu)
            return
        if message.report_wanted:
            self._reports.append((message.number, reference))
            if self.report_after is not None and self._nursery is not None:
                self._nursery.start_soon(self._report_soon, message.number, reference, self.report_after)
        total = message.concat.total if message.concat is not None else 1
        key = (message.number, message.concat.reference if message.concat is not None else -1)
        parts = [*self._parts.pop(key, []), message]
        if len(parts) < total:
            self._parts[key] = parts
        else:
            data = b"".join(part.data for part in parts)
            self.sms.append(SentSms(message.number, decode_user_data(message.encoding, data) or "", total))

    async def _follow_plan(self) -> None:
        plan = self.far_end.plan
        if plan.rings_after is None:
            return
        await trio.sleep(plan.rings_after)
        self.stick.remote_rings()
        self._wake()
        if plan.refuses_with is None and plan.answers_after is None:
            return
        await trio.sleep(plan.answers_after or 0.0)
        if plan.refuses_with is not None:
            self._end_call(plan.refuses_with)
            return
        self.answer()
        if plan.hangs_up_after is not None:
            await trio.sleep(plan.hangs_up_after)
            self._end_call(16)

    async def _reboot(self) -> None:
        self.unplug()
        if self.cure is Cure.RESET:
            self._trouble = Trouble.NONE
        await trio.sleep(REBOOT_SECONDS)
        self.plug_in()

    async def _reboot_by_itself(self) -> None:
        """Asked for on a port that is served by what is taken away now."""
        self.events.append(ModemReset())
        if self._nursery is not None:
            self._nursery.start_soon(self._reboot)
        await trio.sleep_forever()

    def _lose_power(self) -> None:
        """Its driver was taken away; it comes back when it may."""
        self.unplug()
        if self._nursery is not None:
            self._nursery.start_soon(self._come_back)

    async def _come_back(self) -> None:
        while self.socket is not None and not self.socket.is_authorized:  # noqa: ASYNC110 - a file tells no event
            await trio.sleep(0.1)
        self.plug_in()

    def _start(self, errand: Callable[[], Awaitable[None]]) -> None:
        self._cancel_errand()
        scope = trio.CancelScope()

        async def run() -> None:
            with scope:
                await errand()

        if self._nursery is not None:
            self._errand = scope
            self._nursery.start_soon(run)

    def _cancel_errand(self) -> None:
        if self._errand is not None:
            self._errand.cancel()
            self._errand = None

    # What the world does.

    def call_in(self, number: str) -> None:
        """Call the line; "" withholds the number. Raises RuntimeError when it is busy or has no network."""
        if self._at is None or self.stick.registration not in (1, 5):
            raise RuntimeError("the simulated line has no network")
        self.stick.call_in(number, trio.current_time())
        self._wake()

    def rings(self) -> None:
        """The called telephone rings."""
        self.stick.remote_rings()
        self._wake()

    def answer(self) -> None:
        """The called person answers."""
        self.stick.remote_answers()
        self._wake()
        self._note()

    def hang_up(self, cause: int = 16) -> None:
        """The person hangs up, or never answered: 17 busy, 19 no answer (Q.850)."""
        self._cancel_errand()
        self._end_call(cause)

    def _end_call(self, cause: int) -> None:
        self.stick.remote_ends(cause)
        self._wake()
        self._note()

    def press(self, keys: str, *, told: bool = True) -> None:
        """The person presses keys: heard as tones, and told by the modem too where `told`."""
        self.far_end.press(keys)
        if told:
            for key in keys:
                self.stick.remote_key(key)
            self._wake()

    def send_sms(self, sender: str, text: str, *, at: datetime | None = None, wide_reference: bool = False) -> bool:
        """Deliver a message of any length; False when the network holds some of it for later. Raises ValueError for a
        sender that no SMS can carry."""
        self._reference = self._reference % 255 + 1
        pdus = encode_deliver(
            sender, text, at or datetime.now(UTC), reference=self._reference, wide_reference=wide_reference
        )
        slots = [self._deliver(pdu.hex) for pdu in pdus]
        self._wake()
        return None not in slots

    def send_pdu(self, pdu: str) -> bool:
        """Deliver any PDU, broken ones too; False when the network holds it for later."""
        slot = self._deliver(pdu)
        self._wake()
        return slot is not None

    def report_sms(self, status: int = 0) -> int:
        """Deliver the status reports asked for since the last time; how many those were."""
        reports, self._reports = self._reports, []
        for number, reference in reports:
            self._report(number, reference, status)
        self._wake()
        return len(reports)

    async def _report_soon(self, number: str, reference: int, seconds: float) -> None:
        await trio.sleep(seconds)
        if (number, reference) in self._reports:
            self._reports.remove((number, reference))
            self._report(number, reference, 0)
            self._wake()

    def _report(self, number: str, reference: int, status: int) -> None:
        now = datetime.now(UTC)
        self.stick.messages.centre_holds.discard((number, reference))
        self._deliver(encode_status_report(number, reference, now, now, status).hex)

    def _deliver(self, pdu: str) -> int | None:
        """Its slot; None when the network has to hold it, because the SIM is full or the stick is not there."""
        if self._at is None:
            self.stick.messages.held.append(pdu)
            return None
        return self.stick.deliver(pdu)

    def set_signal(self, rssi: int) -> None:
        self.stick.set_signal(rssi)
        self._wake()

    def set_registration(self, stat: int) -> None:
        """1 home, 2 searching, 3 denied, 5 roaming."""
        self.stick.set_registration(stat)
        self._wake()

    # What goes wrong.

    def unplug(self) -> None:
        """Pull it out: both ports and their links are gone. A call in progress is lost."""
        self._plug = trio.Event()
        self._plugged.cancel()

    def plug_in(self) -> None:
        """Put it in again: new ports behind the same links, as after power on."""
        self._plug.set()

    def replug(self) -> None:
        """Pull it out and put it in again; other programs have taken the names its ports had."""
        if self.socket is not None:
            self.socket.first_tty += 5
        if self._nursery is not None:
            self._nursery.start_soon(self._reboot)

    def misbehave(self, trouble: Trouble) -> None:
        """From now on; Trouble.NONE makes it honest again."""
        self._trouble = trouble
        self._wake()

    # How it is.

    @property
    def status(self) -> ModemStatus:
        call = CallState.UP if self.stick.call_is_up else CallState.RINGING if self.stick.has_call else CallState.NONE
        return ModemStatus(
            plugged_in=self._at is not None,
            trouble=self._trouble,
            call=call,
            last_dialed=self._last_dialed,
            keys=self._keys,
            frames_heard=self.far_end.frames_heard,
            frames_missing=self.far_end.frames_missing,
            sms_sent=len(self.sms),
            sms_waiting=len(self.stick.storage) + len(self.stick.messages.held),
        )
