"""A GSM modem as a line: its facts become what legs report, wishes about legs become commands. Whatever goes wrong
with the stick, the line says so in plain words, is offline at once, and tries again by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path

import trio

from appliance.calls.facts import DtmfTransport
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId
from appliance.calls.ports import (
    CallerShown,
    LineReason,
    LineState,
    LineStatus,
    NetworkReply,
    Reception,
    SmsPart,
    Sound,
)
from appliance.config import models
from appliance.errors import LineFailed, PorterError
from appliance.lines.incoming_sms import IncomingSms
from appliance.lines.line_leg import LineLeg
from appliance.lines.modem_board import ModemBoard, in_english, without_network
from appliance.lines.modem_life import ModemLife
from appliance.lines.modem_ports import FixedPorts, SearchedModem, Whereabouts
from appliance.lines.modem_search import Binding, ModemSearch, binding_of
from appliance.lines.network_codes import DivertKeeper, NetworkCodes
from hardware.audio.call_sound import CallSound
from hardware.modem.facts import (
    Alerting,
    Answered,
    CallMissed,
    Dialing,
    DigitHeard,
    DivertChecked,
    DivertFailed,
    Ended,
    GsmFact,
    ModemFailed,
    ModemIdentified,
    ModemReady,
    NetworkTime,
    RegistrationChanged,
    Ringing,
    SmsArrived,
    SmsFailed,
    SmsSent,
    SoundFlow,
    UssdAnswer,
    UssdFailed,
)
from hardware.modem.faults import ModemFault
from hardware.modem.gsm import GsmModem, ModemState
from hardware.modem.pdu_encode import encode_submit
from hardware.modem.places import profiles_by_name
from hardware.modem.profiles import PROFILES, Profile
from hardware.tones.dtmf_detector import DetectorMissing

log = logging.getLogger(__name__)


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
        binding = None if search is None else binding or binding_of(settings.modem)
        self.name = name
        where, profile = _whereabouts(name, settings, search, binding, at_port, audio_port)
        self._reception = reception
        self._on_change = on_change
        self._on_time = on_time
        self._modem = GsmModem(
            profile,
            pin=settings.sim_pin,
            imei=binding.imei if binding is not None else None,
            iccid=binding.iccid if binding is not None else None,
        )
        self._voice = CallSound()
        try:
            self._held = LineLeg(sound, self._voice)
        except DetectorMissing as error:
            raise PorterError(f"Line {name}: keys cannot be heard: {error}.", "Run: apt install libspandsp2") from error
        self._sms = IncomingSms(name, reception, self._modem.sms, self._kick)
        self._life = ModemLife(
            *(name, self._modem, where),
            take=self._take,
            lost=self._lost,
            begins=self._begins,
            beside=self._sms.run,
        )
        self._sms_asked: dict[str, _Sending] = {}
        self._ids = map(str, count(1))
        self._codes = NetworkCodes(name, self._modem, self._kick)
        self._divert = DivertKeeper(self._modem, settings.network_divert, self._kick)
        self._fault: LineReason | None = None
        """Why no calls are possible, beyond the passing reasons `_update` sees by itself."""
        self._board = ModemBoard(name, settings.number or "")
        self._status = self._board.status(LineState.STARTING, LineReason(ModemFault.STARTING))

    # What the office sees.

    @property
    def status(self) -> LineStatus:
        return self._status

    def dial(self, leg: Leg, number: str, shown: CallerShown) -> None:
        """Call an outside number. GSM shows the SIM's own number, whatever `shown` says."""
        if self._fault or not self._modem.is_ready:
            leg.was_ended(Cause.OUT_OF_ORDER)
            return
        if self._held.leg is not None or not self._modem.is_free:
            leg.was_ended(Cause.NO_CIRCUIT)
            return
        self._held.leg = leg
        try:
            self._modem.call.dial(number)
        except ValueError as error:
            log.warning("line %s: leg %s: %s", self.name, leg.id, error)
            self._held.drop(Cause.INVALID_NUMBER)
        self._kick()
        self._update()

    def ring(self, leg: LegId) -> None:
        """The network lets the caller hear that it rings."""

    def progress(self, leg: LegId) -> bool:
        """GSM has no sound towards a caller before the answer."""
        return False

    def answer(self, leg: LegId) -> None:
        if self._held.is_(leg):
            self._modem.call.answer()
            self._kick()

    def hang_up(self, leg: LegId, cause: Cause) -> None:
        """The line stays busy until the modem says that the call has ended; the network learns no cause."""
        if self._held.is_(leg):
            self._held.silence()
            self._modem.call.hang_up()
            self._kick()

    def send_digits(self, leg: LegId, digits: str) -> None:
        if self._held.is_(leg):
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

    async def ask_network(self, code: str) -> NetworkReply:
        """Send a code such as *100#. Raises LineFailed with the reason."""
        self._need_network("cannot send the code")
        return await self._codes.ask(code)

    async def check_divert(self) -> str | None:
        """Where calls go that cannot reach the modem; None when the network did not tell. Raises LineFailed."""
        self._need_network("cannot ask for the divert")
        return await self._divert.check()

    def _need_network(self, what: str) -> None:
        if not self._modem.is_ready:
            raise LineFailed(f"Line {self.name} {what}.", self._status.reason, may_retry=True)

    # Supervision.

    async def run(self) -> None:
        """Look after the modem until cancelled; nothing a modem does ends this."""
        await self._life.run()

    def _begins(self, sound: CallSound) -> None:
        """The ports are open."""
        self._voice = sound
        self._held.use(sound)
        self._sms.opened()
        self._update()

    def _lost(self, fault: LineReason) -> None:
        if self._fault != fault:
            log.warning("line %s: %s", self.name, in_english(fault))
        self._fault = fault
        self._update()

    # What the modem tells.

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
                self._held.connect_sound()
            case Alerting() if self._held.leg is not None:
                self._held.leg.was_alerting()
            case Answered() if self._held.leg is not None:
                self._fault = None
                self._held.connect_sound()
                self._held.leg.was_answered()
            case Ended(cause=cause):
                self._held.drop(_cause(cause))
            case DigitHeard(digit=digit):
                self._held.key(digit, DtmfTransport.LINE)
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
        self._board.take(fact)
        match fact:
            case ModemIdentified(imei=imei, iccid=iccid):
                self._life.identified(imei, iccid)
            case ModemReady(model=model, imei=imei):
                log.info("line %s: %s %s is ready", self.name, model, imei)
                self._life.worked()
                self._fault = None
            case ModemFailed(fault=fault, value=value, remedy=remedy):
                self._life.failed(fault, value, remedy)
            case RegistrationChanged(registration=registration):
                log.info("line %s: network: %s", self.name, registration)
                if registration.is_registered:
                    self._divert.look()
            case CallMissed(number=number):
                missed = self._reception.line_calls(self, line=self.name, caller=number, did=self._board.number)
                missed.was_ended(Cause.NORMAL)
            case SoundFlow(is_open=is_open):
                self._voice.is_paused = not is_open
            case NetworkTime(at=at):
                self._on_time(at)
            case DivertChecked() | DivertFailed():
                self._divert.take(fact)
                self._board.divert(self._divert.number, failed=self._divert.has_failed)
            case UssdAnswer() | UssdFailed():
                self._codes.answered(fact)

    def _offer(self, number: str) -> None:
        if self._held.leg is not None:
            return
        leg = self._held.leg = self._reception.line_calls(self, line=self.name, caller=number, did=self._board.number)
        if leg.is_gone:
            self._modem.call.hang_up()

    def _kick(self) -> None:
        self._life.kick()

    # How the line is.

    def _update(self) -> None:
        """Work the status out anew after anything that may have changed it."""
        state, why = self._judge()
        status = self._board.status(state, why)
        if status != self._status:
            self._status = status
            self._on_change()

    def _judge(self) -> tuple[LineState, LineReason | None]:
        if self._fault is not None:
            return LineState.OFFLINE, self._fault
        if self._modem.state is not ModemState.READY:
            return LineState.STARTING, LineReason(ModemFault.STARTING)
        if self._held.leg is not None or not self._modem.is_free:
            return LineState.BUSY, None
        if not self._modem.is_ready:
            return LineState.OFFLINE, without_network(self._modem)
        return LineState.READY, None


def _whereabouts(
    name: str,
    settings: models.GsmLine,
    search: ModemSearch | None,
    binding: Binding | None,
    at_port: Path | None,
    audio_port: Path | None,
) -> tuple[Whereabouts, Profile]:
    """Where the modem is, and the family it is taken for until it is found."""
    try:
        profiles = profiles_by_name(PROFILES, settings.profile)
    except KeyError as error:
        raise PorterError(
            f"Line {name}: there is no modem profile called {settings.profile!r}.",
            f"Use one of: {', '.join(PROFILES)}.",
        ) from error
    if search is not None and binding is not None:
        return SearchedModem(name, binding, profiles, search), profiles[0]
    profile = PROFILES[settings.profile or models.DEFAULT_PROFILE]
    at, audio = at_port or settings.at_port, audio_port or settings.audio_port
    return FixedPorts(profile, str(at), str(audio), settings.sound_card), profile


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
