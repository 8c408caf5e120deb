"""A GSM modem as a line: its facts become what legs report, wishes about legs become commands. Whatever goes wrong
with the stick, the line says so in plain words, is offline at once, and tries again by itself."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import count
from pathlib import Path

import msgspec
import trio

from appliance.calls.digits import DigitsOnce
from appliance.calls.facts import Digit, DtmfTransport
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId
from appliance.calls.ports import CallerShown, LineReason, LineState, LineStatus, ModemNow, Reception, SmsPart, Sound
from appliance.config import models
from appliance.config.models import Language
from appliance.control.line_reasons import line_reason
from appliance.errors import LineFailed, PorterError
from appliance.lines.incoming_sms import IncomingSms
from appliance.lines.modem_ports import Carry, FixedPorts, SearchedModem, Whereabouts, opened, restart_by_other_ports
from appliance.lines.modem_search import Binding, ModemSearch, binding_of
from hardware.audio.call_sound import CallSound
from hardware.modem.driver import ModemDriver
from hardware.modem.facts import (
    Alerting,
    Answered,
    CallMissed,
    Dialing,
    DigitHeard,
    Ended,
    GsmFact,
    ModemFailed,
    ModemIdentified,
    ModemReady,
    NetworkTime,
    OperatorChanged,
    OwnNumber,
    Registration,
    RegistrationChanged,
    Remedy,
    Ringing,
    SignalChanged,
    SmsArrived,
    SmsFailed,
    SmsSent,
    TechnologyChanged,
)
from hardware.modem.faults import ModemFault
from hardware.modem.gsm import GsmModem, ModemState
from hardware.modem.ladder import PAUSES, Ladder, Rung
from hardware.modem.link import PortLost, SerialPort
from hardware.modem.pdu_encode import encode_submit
from hardware.modem.places import Place, profiles_by_name
from hardware.modem.profiles import PROFILES
from hardware.modem.usb import UsbDevice
from hardware.tones.dtmf_detector import DetectorMissing, DtmfDetector

log = logging.getLogger(__name__)

REOPEN_SECONDS = 1.0
"""Between two looks for the modem: plugged in again it is found within this."""
PATIENT_SECONDS = 20.0
"""Before the driver is started again after a fault of its own."""

DRIVER_BROKE = "driver_broke"
_NO_CALLS_NOW = {
    Registration.SEARCHING: ModemFault.SEARCHING,
    Registration.NOT_SEARCHING: ModemFault.NOT_SEARCHING,
    Registration.DENIED: ModemFault.DENIED,
    Registration.UNKNOWN: ModemFault.NETWORK_UNKNOWN,
}


class GsmLine:
    """One modem, one call at a time. Implements `appliance.calls.ports.Line`.

    Args:
        settings: Which modem, or its ports; profile, number and PIN.
        search: Where modems are looked for; None: the ports are named.
        binding: What the modem is known by; None: what the settings say.
        at_port: Where the command port is; None: where the settings say. The path may come and go.
        audio_port: Where the sound port is, likewise.
        on_time: Told when the network tells the time.
        reception: Where incoming calls and messages are handed in.
        sound: Where the sound of calls is attached.
        on_change: Called when `status` has changed; quick and synchronous.

    Raises PorterError for a profile that does not exist, and where libspandsp is not installed.
    """

    def __init__(
        self,
        name: str,
        settings: models.GsmLine,
        reception: Reception,
        sound: Sound,
        *,
        search: ModemSearch | None = None,
        binding: Binding | None = None,
        at_port: Path | None = None,
        audio_port: Path | None = None,
        on_change: Callable[[], None] = lambda: None,
        on_time: Callable[[datetime], None] = lambda _: None,
    ) -> None:
        binding = binding or binding_of(settings.modem)
        self.name = name
        self._settings = settings
        try:
            profiles = profiles_by_name(PROFILES, settings.profile)
        except KeyError as error:
            raise PorterError(
                f"Line {name}: there is no modem profile called {settings.profile!r}.",
                f"Use one of: {', '.join(PROFILES)}.",
            ) from error
        self._where: Whereabouts
        if search is not None and binding is not None:
            self._where = SearchedModem(name, binding, profiles, search)
        else:
            self._where = FixedPorts(
                PROFILES[settings.profile or models.DEFAULT_PROFILE],
                str(at_port or settings.at_port),
                str(audio_port or settings.audio_port),
            )
            binding = None
        self._reception = reception
        self._sound = sound
        self._on_change = on_change
        self._on_time = on_time
        self._modem = GsmModem(
            profiles[0],
            pin=settings.sim_pin,
            imei=binding.imei if binding is not None else None,
            iccid=binding.iccid if binding is not None else None,
        )
        self._voice = CallSound()
        self._driver: ModemDriver | None = None
        self._failed: trio.CancelScope | None = None
        self._remedy: Remedy | None = None
        self._ladder = Ladder()
        self._place: Place | None = None
        self._leg: Leg | None = None
        self._has_sound = False
        try:
            self._detector = DtmfDetector()
        except DetectorMissing as error:
            raise PorterError(f"Line {name}: keys cannot be heard: {error}.", "Run: apt install libspandsp2") from error
        self._digits = DigitsOnce()
        self._sms = IncomingSms(name, reception, self._modem.sms, self._kick)
        self._sms_asked: dict[str, _Sending] = {}
        self._ids = map(str, count(1))
        self._fault: LineReason | None = None
        """Why no calls are possible, beyond the passing reasons `_update` sees by itself."""
        self._now = ModemNow()
        self._signal: int | None = None
        self._operator = ""
        self._number = settings.number or ""
        self._status = _status(name, LineState.STARTING, LineReason(ModemFault.STARTING))

    # What the office sees.

    @property
    def status(self) -> LineStatus:
        return self._status

    def dial(self, leg: Leg, number: str, shown: CallerShown) -> None:
        """Call an outside number. GSM shows the SIM's own number, whatever `shown` says."""
        if self._fault or not self._modem.is_ready:
            leg.was_ended(Cause.OUT_OF_ORDER)
            return
        if self._leg is not None or not self._modem.is_free:
            leg.was_ended(Cause.NO_CIRCUIT)
            return
        self._leg = leg
        try:
            self._modem.call.dial(number)
        except ValueError as error:
            log.warning("line %s: leg %s: %s", self.name, leg.id, error)
            self._drop_leg(Cause.INVALID_NUMBER)
        self._kick()
        self._update()

    def ring(self, leg: LegId) -> None:
        """The network lets the caller hear that it rings."""

    def progress(self, leg: LegId) -> bool:
        """GSM has no sound towards a caller before the answer."""
        return False

    def answer(self, leg: LegId) -> None:
        if self._is_ours(leg):
            self._modem.call.answer()
            self._kick()

    def hang_up(self, leg: LegId, cause: Cause) -> None:
        """The line stays busy until the modem says that the call has ended; the network learns no cause."""
        if self._is_ours(leg):
            self._silence()
            self._modem.call.hang_up()
            self._kick()

    def send_digits(self, leg: LegId, digits: str) -> None:
        if self._is_ours(leg):
            for digit in digits:
                self._modem.call.send_digit(digit)
            self._kick()

    def report_transfer(self, leg: LegId, progress: int) -> None:
        """A mobile caller cannot ask for a transfer."""

    @property
    def sends_sms(self) -> bool:
        return True

    async def send_sms(self, part: SmsPart) -> int | None:
        """Returns when the network took the part. Raises LineFailed with the reason."""
        if not self._modem.is_ready:
            cause = f"Line {self.name} cannot send the SMS."
            raise LineFailed(cause, self._status.reason, may_retry=True, reason="no_line")
        try:
            pdu = encode_submit(
                part.to,
                part.text,
                reference=part.joining,
                message_reference=part.reference,
                report=True,
                reject_duplicates=part.is_again,
            )[part.part - 1]
        except ValueError as error:
            cause = f"The SMS cannot be sent: {error}."
            raise LineFailed(
                cause, "Correct the recipient or shorten the text.", reason="bad_recipient", value=part.to
            ) from error
        sending = _Sending()
        id = next(self._ids)
        self._sms_asked[id] = sending
        self._modem.sms.sender.send(id, pdu)
        self._kick()
        try:
            await sending.done.wait()
        finally:
            self._sms_asked.pop(id, None)
        if (failed := sending.failed) is not None:
            raise LineFailed(
                f"Line {self.name} did not send the SMS: {failed.fault}.",
                may_retry=failed.fault.may_pass,
                in_doubt=failed.in_doubt,
                reason=failed.fault,
                value="" if failed.code is None else str(failed.code),
            )
        return sending.reference

    # Supervision.

    async def run(self) -> None:
        """Look after the modem until cancelled; nothing a modem does ends this."""
        while True:
            pause = REOPEN_SECONDS
            try:
                self._place = place = self._where.find()
                with opened(place) as (at, self._voice, carry):
                    self._voice.on_frame = self._hear
                    self._modem.use(place.profile)
                    rung = await self._live(at, carry)
                pause = await self._climb(place, rung)
            except PortLost as lost:
                if lost.fault is not ModemFault.NOT_FOUND or self._remedy is not Remedy.LOOK_ELSEWHERE:
                    self._lost(LineReason(lost.fault, lost.value))
            except Exception:
                log.exception("line %s: the driver broke", self.name)
                self._lost(LineReason(DRIVER_BROKE))
                pause = PATIENT_SECONDS
            await self._pause(pause)

    async def _pause(self, seconds: float) -> None:
        """Have patience, but not with a modem that somebody has plugged in meanwhile."""
        before, until = self._seen(), trio.current_time() + seconds
        while (left := until - trio.current_time()) > 0:
            await trio.sleep(min(left, REOPEN_SECONDS))
            if left > REOPEN_SECONDS and (now := self._seen()) is not None and now != before:
                return
            before = self._seen()

    def _seen(self) -> UsbDevice | None:
        """The device that is there now."""
        try:
            return self._where.find().device
        except PortLost:
            return None

    async def _live(self, at: SerialPort, carry: Carry) -> Rung | None:
        """One life of the modem, from open to failed; what to do before the next. Raises PortLost."""
        self._remedy = None
        self._driver = driver = ModemDriver(self._modem, at, self._take)
        ways_out: list[PortLost] = []
        try:
            with trio.CancelScope() as self._failed:
                self._sms.opened()
                self._modem.start(trio.current_time())
                self._update()
                async with trio.open_nursery() as nursery:

                    async def until_lost(part: Callable[[], Awaitable[None]]) -> None:
                        try:
                            await part()
                        except PortLost as lost:
                            ways_out.append(lost)
                            nursery.cancel_scope.cancel()

                    nursery.start_soon(until_lost, driver.run)
                    nursery.start_soon(until_lost, carry)
                    nursery.start_soon(self._sms.run)
            if ways_out:
                raise ways_out[0]
            return self._failed_by_itself(driver)
        finally:
            self._driver = None
            self._modem.close(trio.current_time())
            self._take_all()

    def _failed_by_itself(self, driver: ModemDriver) -> Rung | None:
        """The modem told that it cannot go on: what is to be done; None: look for another one."""
        if self._remedy is Remedy.LOOK_ELSEWHERE:
            return None
        rung = self._ladder.failed(self._remedy or Remedy.REOPEN)
        if rung is Rung.RESET:
            log.warning("line %s: restarting the modem", self.name)
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
            log.warning("line %s: switching the power of the modem", self.name)
            if not await self._where.switch_power(place):
                rung = self._ladder.failed(Remedy.REOPEN)
        if self._ladder.is_alarmed:
            self._lost(LineReason(ModemFault.ALARM))
        return PAUSES[rung]

    def _lost(self, fault: LineReason) -> None:
        if self._fault != fault:
            log.warning("line %s: %s", self.name, _in_english(fault))
        self._fault = fault
        self._update()

    # What the modem tells.

    def _take_all(self) -> None:
        for fact in self._modem.take_facts():
            self._take(fact)

    def _take(self, fact: GsmFact) -> None:
        try:
            self._translate(fact)
        except Exception:
            log.exception("line %s: %r was not understood", self.name, fact)

    def _translate(self, fact: GsmFact) -> None:
        match fact:
            case Ringing(number=number):
                self._offer(number)
            case Dialing():
                self._connect_sound()
            case Alerting() if self._leg is not None:
                self._leg.was_alerting()
            case Answered() if self._leg is not None:
                self._fault = None
                self._connect_sound()
                self._leg.was_answered()
            case Ended(cause=cause):
                self._drop_leg(_cause(cause))
            case DigitHeard(digit=digit):
                self._key(digit, DtmfTransport.LINE)
            case SmsArrived():
                self._sms.arrived(fact)
            case SmsSent(id=id, reference=reference):
                if sending := self._sms_asked.get(id):
                    sending.reference = reference
                    sending.done.set()
            case SmsFailed(id=id):
                if sending := self._sms_asked.get(id):
                    sending.failed = fact
                    sending.done.set()
            case _:
                self._follow(fact)
        self._update()

    def _follow(self, fact: GsmFact) -> None:
        """What concerns the modem and its network."""
        match fact:
            case ModemIdentified(imei=imei, iccid=iccid):
                self._identified(imei, iccid)
            case NetworkTime(at=at):
                self._on_time(at)
            case ModemReady(model=model, imei=imei):
                log.info("line %s: %s %s is ready", self.name, model, imei)
                self._ladder.worked()
                self._fault = None
                self._now = msgspec.structs.replace(
                    self._now, model=f"{fact.manufacturer} {model}".strip(), imei=imei, iccid=fact.iccid
                )
            case CallMissed(number=number):
                self._reception.line_calls(self, line=self.name, caller=number, did=self._number).was_ended(
                    Cause.NORMAL
                )
            case ModemFailed(fault=fault, value=value, remedy=remedy):
                self._lost(LineReason(ModemFault.ALARM) if self._ladder.is_alarmed else LineReason(fault, value))
                if remedy is not Remedy.PERSON and self._failed is not None:
                    self._remedy = remedy
                    self._failed.cancel()
            case SignalChanged(bars=bars):
                self._signal = bars
            case OperatorChanged(name=name):
                self._operator = name
            case TechnologyChanged(name=name):
                self._now = msgspec.structs.replace(self._now, technology=name)
            case OwnNumber(number=number) if not self._settings.number:
                self._number = number
            case RegistrationChanged(registration=registration):
                log.info("line %s: network: %s", self.name, registration)

    def _identified(self, imei: str, iccid: str) -> None:
        """A modem that another line wants is left to it."""
        if self._place is not None and not self._where.is_ours(self._place, imei, iccid) and self._failed is not None:
            self._remedy = Remedy.LOOK_ELSEWHERE
            self._failed.cancel()

    def _offer(self, number: str) -> None:
        if self._leg is not None:
            return
        self._leg = leg = self._reception.line_calls(self, line=self.name, caller=number, did=self._number)
        if leg.is_gone:
            self._modem.call.hang_up()

    def _connect_sound(self) -> None:
        if self._leg is not None and not self._leg.is_gone and not self._has_sound:
            self._has_sound = True
            self._voice.begin()
            self._detector, self._digits = DtmfDetector(), DigitsOnce()
            self._sound.attach(self._leg.id, self._voice)

    def _silence(self) -> None:
        if self._leg is not None and self._has_sound:
            self._has_sound = False
            self._voice.end()
            self._sound.detach(self._leg.id)

    def _hear(self, frame: bytes) -> None:
        """Few modems report keys, so they are looked for in the sound."""
        if self._has_sound and self._leg is not None and self._leg.is_answered:
            for key in self._detector.hear(frame):
                self._key(key, DtmfTransport.INBAND)

    def _key(self, key: str, transport: DtmfTransport) -> None:
        if self._leg is not None and self._digits.counts(key, transport, trio.current_time()):
            self._leg.tell(Digit(key, transport))

    def _drop_leg(self, cause: Cause) -> None:
        self._silence()
        leg, self._leg = self._leg, None
        if leg is not None:
            leg.was_ended(cause)

    def _is_ours(self, leg: LegId) -> bool:
        return self._leg is not None and self._leg.id == leg

    def _kick(self) -> None:
        if self._driver is not None:
            self._driver.kick()

    # How the line is.

    def _update(self) -> None:
        """Work the status out anew after anything that may have changed it."""
        state, why = self._judge()
        status = _status(self.name, state, why, self._signal, self._operator, self._number, self._now)
        if status != self._status:
            self._status = status
            self._on_change()

    def _judge(self) -> tuple[LineState, LineReason | None]:
        if self._fault is not None:
            return LineState.OFFLINE, self._fault
        if self._modem.state is not ModemState.READY:
            return LineState.STARTING, LineReason(ModemFault.STARTING)
        if self._leg is not None or not self._modem.is_free:
            return LineState.BUSY, None
        if not self._modem.is_ready:
            return LineState.OFFLINE, LineReason(self._without_network())
        return LineState.READY, None

    def _without_network(self) -> ModemFault:
        if self._modem.network.has_packets:
            return ModemFault.DATA_ONLY
        return _NO_CALLS_NOW.get(self._modem.network.registration or Registration.SEARCHING, ModemFault.SEARCHING)


def _status(
    name: str,
    state: LineState,
    why: LineReason | None,
    signal: int | None = None,
    operator: str = "",
    number: str = "",
    modem: ModemNow | None = None,
) -> LineStatus:
    reason = "" if why is None else _in_english(why)
    return LineStatus(name, state, reason, signal, operator, number, why=why, modem=modem)


def _in_english(why: LineReason) -> str:
    return " ".join(filter(None, line_reason(why.code, why.value, Language.EN)))


class _Sending:
    """An SMS on its way."""

    def __init__(self) -> None:
        self.done = trio.Event()
        self.failed: SmsFailed | None = None
        self.reference: int | None = None


def _cause(number: int) -> Cause:
    try:
        return Cause(number)
    except ValueError:
        return Cause.NORMAL_UNSPECIFIED
