"""A GSM modem without its wire: bytes and time in; bytes and facts out. Set-up, supervision and the order of commands
live here; the call, the SMS, the SIM and the network have modules of their own."""

import logging
from collections import deque
from collections.abc import Callable
from enum import StrEnum
from functools import partial

from hardware.modem.at import AtEngine, AtFact, Command, Final, InStep, Reply, Rubbish, Silent, Unsolicited
from hardware.modem.facts import GsmFact, ModemFailed, ModemIdentified, ModemReady, OwnNumber, Remedy
from hardware.modem.faults import ModemFault
from hardware.modem.gsm_call import CallState, OneCall
from hardware.modem.gsm_divert import Divert
from hardware.modem.gsm_network import Network
from hardware.modem.gsm_sim import SimGate
from hardware.modem.gsm_sms import SmsDesk
from hardware.modem.gsm_ussd import UssdDesk
from hardware.modem.gsm_wire import Handler, fields, phone_number
from hardware.modem.profiles import Learns, Profile, Step

log = logging.getLogger(__name__)

FLOOD_SECONDS = 10.0
FLOOD_LINES = 600
FLOOD_OCTETS = 60_000
"""Unasked lines and octets in ten seconds beyond which a modem babbles; a burst after switching on has some forty."""


ICCID_DIGITS = 18
"""Digits that are compared: some modems leave out the check digit, or fill up with F (ITU-T E.118)."""
SETTLE_RETRY_SECONDS = 2.0
"""Between two tries of a set-up that a modem refuses because it has only just started."""

_Queued = tuple[Command, Handler | None, Callable[[], bool] | None]


class ModemState(StrEnum):
    CLOSED = "closed"
    FINDING_STEP = "finding step"
    SETTING_UP = "setting up"
    READY = "ready"
    FAILED = "failed"


class GsmModem:
    """One modem.

    Call `start` when the port is open, `receive` with what it brings, `tick` at `deadline`; after each, and after each
    wish, carry `data_to_send()` to the port and read `take_facts()`. Call `close` when the port is gone. The object
    outlives its port: it remembers that a PIN was wrong.

    Args:
        profile: Its family; may be changed by `use` while the port is closed.
        pin: None: the SIM is expected to ask for none.
        imei: The modem this must be; None: any.
        iccid: The SIM that must be in it, else no PIN is sent to it; None: any.
    """

    def __init__(
        self, profile: Profile, *, pin: str | None = None, imei: str | None = None, iccid: str | None = None
    ) -> None:
        self.profile = profile
        self.now = 0.0
        self.state = ModemState.CLOSED
        self.call = OneCall(self)
        self.sms = SmsDesk(self)
        self.network = Network(self)
        self.ussd = UssdDesk(self)
        self.divert = Divert(self)
        self._expected = {Learns.IMEI: imei, Learns.ICCID: iccid}
        self._set_up_since = 0.0
        self._set_up_at: float | None = None
        self._sim = SimGate(self, pin, self._sim_opened)
        self._engine = AtEngine(profile.news)
        self._queue: deque[_Queued] = deque()
        self._urgent: deque[_Queued] = deque()
        self._handler: Handler | None = None
        self._facts: deque[GsmFact] = deque()
        self._identity: dict[Learns, str] = {}
        self._has_voice = True
        self._flood_since = 0.0
        self._flood_lines = 0
        self._flood_octets = 0

    # Life.

    def use(self, profile: Profile) -> None:
        """Another modem is there, perhaps of another family. Raises RuntimeError while the port is open."""
        if self.state not in (ModemState.CLOSED, ModemState.FAILED):
            raise RuntimeError("the family of a modem in use was changed")
        self.profile = profile

    def start(self, now: float) -> None:
        """The port is open: find into step and set up. `ModemReady` or `ModemFailed` follows."""
        self.now = now
        if self.state is not ModemState.CLOSED:
            self._clear()
        self.state = ModemState.FINDING_STEP
        self._engine = AtEngine(self.profile.news)
        self._engine.start(now)

    def close(self, now: float) -> None:
        """The port is gone: whatever was under way has ended or failed."""
        self.now = now
        self._clear()
        self.state = ModemState.CLOSED

    def reset(self, now: float) -> None:
        """Restart the modem; it leaves the bus, so close the port after the bytes were carried to it."""
        self.now = now
        self._clear()
        self.state = ModemState.CLOSED
        self._engine = AtEngine(self.profile.news)
        self._engine.begin(Command(text=self.profile.reset), now)

    def receive(self, data: bytes, now: float) -> None:
        """Read what the port brought."""
        self.now = now
        if self.state in (ModemState.CLOSED, ModemState.FAILED):
            return
        if now - self._flood_since >= FLOOD_SECONDS:
            self._flood_since, self._flood_lines, self._flood_octets = now, 0, 0
        for fact in self._engine.receive(data, now):
            self._handle(fact)
        self._flood_octets += len(data)
        if self._flood_lines > FLOOD_LINES or self._flood_octets > FLOOD_OCTETS:
            self._fail(ModemFault.BABBLES, Remedy.RESET)

    def tick(self, now: float) -> None:
        """Do what is due."""
        self.now = now
        if self.state in (ModemState.CLOSED, ModemState.FAILED):
            return
        for fact in self._engine.tick(now):
            self._handle(fact)
        if self.state in (ModemState.SETTING_UP, ModemState.READY):
            self._sim.tick()
            self.call.tick()
            self.sms.tick()
            self.network.tick()
            self.ussd.tick()
        if self._set_up_at is not None and now >= self._set_up_at:
            self._sim_opened()

    @property
    def deadline(self) -> float | None:
        """When `tick` has something to do."""
        if self.state in (ModemState.CLOSED, ModemState.FAILED):
            return None
        parts = (self._engine, self._sim, self.call, self.sms, self.network, self.ussd)
        times = (self._set_up_at, *(part.deadline for part in parts))
        return min((time for time in times if time is not None), default=None)

    def data_to_send(self) -> bytes:
        """What the port must carry now; handed out once."""
        while self._engine.is_idle and (queue := self._urgent or self._queue):
            command, then, wanted = queue.popleft()
            if wanted is not None and not wanted():
                continue
            self._handler = then
            log.debug("modem < %s", "…" if command.secret else command.text)
            self._engine.begin(command, self.now)
        return self._engine.data_to_send()

    def take_facts(self) -> list[GsmFact]:
        """What happened since the last call of this."""
        facts = list(self._facts)
        self._facts.clear()
        return facts

    # What its parts use (`gsm_wire.Wire`).

    def ask(
        self,
        command: Command,
        then: Handler | None = None,
        *,
        urgent: bool = False,
        wanted: Callable[[], bool] | None = None,
    ) -> None:
        if self.state in (ModemState.CLOSED, ModemState.FAILED):
            return
        (self._urgent if urgent else self._queue).append((command, then, wanted))

    def tell(self, fact: GsmFact) -> None:
        self._facts.append(fact)

    # Inside.

    def _handle(self, fact: AtFact) -> None:
        match fact:
            case Reply():
                log.debug("modem > %s %s", fact.final, fact.code or "")
                handler, self._handler = self._handler, None
                if handler is not None:
                    handler(fact)
            case Unsolicited(text=text, pdu=pdu):
                self._flood_lines += 1
                self._news(text, pdu)
            case Rubbish(octets=octets):
                self._flood_lines += 1
                log.debug("modem wrote a line of %s octets, dropped", octets)
            case InStep() if self.state is ModemState.FINDING_STEP:
                self.state = ModemState.SETTING_UP
                self._set_up_since = self.now
                self._set_up(self.profile.before_sim)
                self.ask(Command(text="AT"), lambda _: self._before_sim_done())
            case Silent():
                self._fail(ModemFault.SILENT, Remedy.REOPEN)

    def _news(self, line: str, pdu: str | None) -> None:
        if self.state is ModemState.READY and line.startswith(self.profile.reboot_news):
            log.warning("modem restarted by itself (%s), setting it up anew", line)
            self.start(self.now)
        elif self.state is ModemState.READY:
            # The first that knows the line takes it; nobody knowing it is normal, modems write a lot.
            _ = self.ussd.read(line) or self.call.read(line) or self.sms.read(line, pdu) or self.network.read(line)

    def _set_up(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            prefix = None if step.learns is Learns.NOTHING else step.answer
            self.ask(Command(text=step.text, prefix=prefix), partial(self._stepped, step))

    def _stepped(self, step: Step, reply: Reply) -> None:
        if step.is_needed and not reply.ok:
            self._refused(step)
            return
        match step.learns:
            case Learns.NOTHING:
                pass
            case Learns.VOICE:
                self._has_voice = reply.final is Final.TIMEOUT or reply.ok
            case Learns.OWN_NUMBER:
                for line in reply.lines[:1]:
                    parts = fields(line.text)
                    if len(parts) > 2 and parts[1]:
                        self.tell(OwnNumber(phone_number(parts[1], int(parts[2]) if parts[2].isdecimal() else None)))
            case learns if reply.ok and reply.lines:
                text = reply.lines[0].text
                self._identity[learns] = text.partition(":")[2].strip(' "') if text[:1] in "+^" else text

    def _refused(self, step: Step) -> None:
        self._queue.clear()
        if self.now - self._set_up_since < self.profile.settle_seconds:
            self._set_up_at = self.now + SETTLE_RETRY_SECONDS
        else:
            self._fail(ModemFault.REFUSES, Remedy.REOPEN, step.text)

    def _before_sim_done(self) -> None:
        """Is this the modem we want, with our SIM? A PIN is for one SIM only."""
        imei, iccid = self._expected[Learns.IMEI], self._expected[Learns.ICCID]
        there = self._identity.get(Learns.ICCID, "").rstrip("Ff")
        self.tell(ModemIdentified(imei=self._identity.get(Learns.IMEI, ""), iccid=there))
        if imei is not None and self._identity.get(Learns.IMEI, imei) != imei:
            self._fail(ModemFault.OTHER_MODEM, Remedy.LOOK_ELSEWHERE, self._identity[Learns.IMEI])
        elif iccid is not None and not there:
            self._fail(ModemFault.NO_SIM, Remedy.LOOK_ELSEWHERE)
        elif iccid is not None and there[:ICCID_DIGITS] != iccid[:ICCID_DIGITS]:
            self._fail(ModemFault.OTHER_SIM, Remedy.LOOK_ELSEWHERE, there)
        else:
            self._sim.start()

    def _sim_opened(self) -> None:
        self._set_up_at = None
        self._set_up(self.profile.after_sim)
        self.ask(Command(text="AT"), lambda _: self._opened())

    def _opened(self) -> None:
        if self.state is not ModemState.SETTING_UP:
            return
        self.state = ModemState.READY
        self.tell(
            ModemReady(has_voice=self._has_voice, **{learns.value: text for learns, text in self._identity.items()})
        )
        if not self._has_voice:
            self.tell(ModemFailed(ModemFault.NO_VOICE, Remedy.PERSON))
        self.network.opened()
        self.call.opened()
        self.sms.opened()

    def _fail(self, fault: ModemFault, remedy: Remedy, value: str = "") -> None:
        if self.state is ModemState.FAILED:
            return
        self._clear()
        self.state = ModemState.FAILED
        self.tell(ModemFailed(fault, remedy, value))

    def _clear(self) -> None:
        self._handler = None
        self._set_up_at = None
        self._identity = {}
        self._has_voice = True
        self._flood_lines = self._flood_octets = 0
        self._sim.stop()
        self.network.lost()
        self.call.lost()
        self.sms.lost()
        self.ussd.lost()
        self._queue.clear()
        self._urgent.clear()

    @property
    def is_ready(self) -> bool:
        """Whether the modem is set up, its SIM unlocked, and the network takes calls."""
        registration = self.network.registration
        return self.state is ModemState.READY and registration is not None and registration.is_registered

    @property
    def is_free(self) -> bool:
        return self.call.state is CallState.FREE
