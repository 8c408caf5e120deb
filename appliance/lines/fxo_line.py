"""An analog line as a line: its modem's facts become what legs report, wishes about legs become commands. Whatever goes
wrong, the line is put on hook, says in plain words what is wrong, and tries again by itself."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import msgspec
import trio

from appliance.calls.facts import DtmfTransport
from appliance.calls.leg import Leg
from appliance.calls.names import Cause, LegId
from appliance.calls.ports import CallerShown, LineLearned, LineReason, LineState, LineStatus, Reception, SmsPart, Sound
from appliance.config import models
from appliance.config.models import Language
from appliance.control.line_reasons import line_reason
from appliance.errors import LineFailed, PorterError
from appliance.lines.line_leg import LineLeg
from appliance.lines.lore_file import LoreFile
from appliance.routing.analog_dialling import as_dialled
from hardware.audio.call_sound import CallSound
from hardware.audio.echo import CancellerMissing, EchoCanceller
from hardware.modem.driver import ModemDriver
from hardware.modem.facts import Alerting, Answered, Dialing, DigitHeard, Ended, GsmFact
from hardware.modem.faults import ModemFault
from hardware.modem.fxo import FxoModem, FxoSettings, Hook
from hardware.modem.fxo_facts import (
    CallerIdNoted,
    EchoNoted,
    FxoFailed,
    FxoReady,
    FxoRinging,
    LineReleased,
    ToneNoted,
)
from hardware.modem.fxo_profiles import FXO_PROFILES
from hardware.modem.line_lore import LineLore, plan_with, with_call, with_echo, with_tone
from hardware.modem.link import PortLost, SerialPort
from hardware.modem.release import Limits, ReleasedBy
from hardware.tones.dtmf_detector import DetectorMissing
from hardware.tones.plans import plan_of

log = logging.getLogger(__name__)

REOPEN_SECONDS = 1.0
"""Between two looks for the modem: plugged in again it is found within this."""
PATIENT_SECONDS = 10.0
"""Between two attempts with a modem that keeps failing; each begins with putting the line on hook."""
LAST_WORDS = (0.0, 0.3, 0.5)
"""Pauses before each time a modem is told to go on hook whose port is about to be closed: a chip that still leaves its
stream of sound misses the first."""

DRIVER_BROKE = "driver_broke"


class FxoLine:
    """One modem on one analog line, one call at a time. Implements `appliance.calls.ports.Line`.

    Args:
        settings: Port, profile, and how the exchange is.
        country: ISO 3166, of the exchange.
        reception: Where incoming calls are handed in.
        bridge: Where the sound of calls is attached.
        lore: What real calls taught of the line.
        port: Where the modem is; None: where the settings say. The path may come and go.
        on_change: Called when `status` has changed; quick and synchronous.

    Raises PorterError for a profile that does not exist, and where libspandsp or libspeexdsp is not installed.
    """

    def __init__(
        self,
        name: str,
        settings: models.FxoLine,
        country: str,
        reception: Reception,
        bridge: Sound,
        lore: LoreFile,
        *,
        port: Path | None = None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        profile = FXO_PROFILES.get(settings.profile)
        if profile is None:
            raise PorterError(
                f"Line {name}: there is no profile of analog modems called {settings.profile!r}.",
                f"Use one of: {', '.join(FXO_PROFILES)}.",
            )
        self.name = name
        self.sends_sms = False
        self._profile = profile
        self._settings = settings
        self._country = settings.country or country
        self._port_path = str(port or settings.port)
        self._reception = reception
        self._lore = lore
        self._on_change = on_change
        sound, self._held = self._make_sound(bridge)
        self._modem = FxoModem(profile, self._modem_settings(), sound)
        self._use_lore()
        self._driver: ModemDriver | None = None
        self._failed: trio.CancelScope | None = None
        self._fault: LineReason | None = None
        """Why no calls are possible; None when nothing stands."""
        self._failures = 0
        self._released_by: ReleasedBy | None = None
        self._status = self._make_status()

    def _make_sound(self, bridge: Sound) -> tuple[CallSound, LineLeg]:
        settings = self._settings
        try:
            # Suppression as well would take keys and quiet talkers away while we speak.
            echo = EchoCanceller(suppress=False) if settings.cancels_echo else None
            sound = CallSound(heard_db=settings.heard_db, said_db=settings.said_db, echo=echo)
            return sound, LineLeg(bridge, sound)
        except (DetectorMissing, CancellerMissing) as error:
            raise PorterError(f"Line {self.name}: {error}.", "Run: apt install libspandsp2 libspeexdsp1") from error

    # What the office sees.

    @property
    def status(self) -> LineStatus:
        return self._status

    def dial(self, leg: Leg, number: str, shown: CallerShown) -> None:
        """Call an outside number. An analog line shows its own number, whatever `shown` says."""
        if self._fault or not self._modem.is_ready:
            leg.was_ended(Cause.OUT_OF_ORDER)
            return
        if self._held.leg is not None or not self._modem.is_free:
            leg.was_ended(Cause.NO_CIRCUIT)
            return
        dialled = as_dialled(self._country, number, self._settings.dial_prefix)
        if dialled is None:
            log.warning("line %s: leg %s: %r cannot be dialled", self.name, leg.id, number)
            leg.was_ended(Cause.INVALID_NUMBER)
            return
        self._held.leg = leg
        self._modem.call.dial(dialled)
        self._kick()
        self._update()

    def ring(self, leg: LegId) -> None:
        """The exchange lets the caller hear that it rings."""

    def progress(self, leg: LegId) -> bool:
        """An analog line carries no sound towards a caller before the answer."""
        return False

    def answer(self, leg: LegId) -> None:
        if self._held.is_(leg):
            self._modem.call.answer()
            self._kick()

    def hang_up(self, leg: LegId, cause: Cause) -> None:
        """The line stays busy until it is on hook; a call that rings cannot be rejected and rings on unheard."""
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
        """An analog caller cannot ask for a transfer."""

    async def send_sms(self, part: SmsPart) -> int | None:
        """Raises LineFailed: analog lines carry no messages."""
        await trio.lowlevel.checkpoint()
        raise LineFailed(f"Line {self.name} is analog and carries no SMS.", "Send it over a mobile line.")

    # Supervision.

    async def run(self) -> None:
        """Look after the modem until cancelled; nothing a modem does ends this, and nothing leaves the line seized."""
        while True:
            pause = REOPEN_SECONDS
            try:
                with SerialPort(self._port_path) as port:
                    await self._live(port)
                self._failures += 1
                pause = PATIENT_SECONDS if self._failures > 1 else REOPEN_SECONDS
            except PortLost as lost:
                self._lost(LineReason(lost.fault, lost.value))
            except Exception:
                log.exception("line %s: the driver broke", self.name)
                self._lost(LineReason(DRIVER_BROKE))
                pause = PATIENT_SECONDS
            await trio.sleep(pause)

    async def _live(self, port: SerialPort) -> None:
        """One life of the modem, from open to failed. Raises PortLost."""
        self._driver = driver = ModemDriver(self._modem, port, self._take)
        try:
            with trio.CancelScope() as self._failed:
                self._modem.start(trio.current_time())
                self._update()
                await driver.run()
        finally:
            self._driver = None
            needs_words = self._modem.hook is not Hook.ON_HOOK
            self._modem.close(trio.current_time())
            self._take_all()
            if needs_words:
                await self._say_last_words(port)

    async def _say_last_words(self, port: SerialPort) -> None:
        """Tell the modem to go on hook before the port is closed, whatever it is doing; under a second."""
        with trio.CancelScope(shield=True):
            for pause in LAST_WORDS:
                await trio.sleep(pause)
                self._modem.reset(trio.current_time())
                try:
                    port.drop_unsent()
                    port.write(self._modem.data_to_send())
                except PortLost:
                    return

    def _lost(self, fault: LineReason) -> None:
        if self._fault != fault:
            log.warning("line %s: %s %s", self.name, fault.code, fault.value)
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
        leg = self._held.leg
        match fact:
            case FxoRinging(number=number, name=caller_name):
                self._offer(number, caller_name)
            case Dialing():
                self._held.connect_sound()
            case Alerting() if leg is not None:
                leg.was_alerting()
            case Answered() if leg is not None:
                self._held.connect_sound()
                leg.was_answered()
            case Answered():
                self._modem.call.hang_up()
            case Ended(cause=cause):
                self._held.drop(_cause(cause))
            case DigitHeard(digit=digit):
                self._held.key(digit, DtmfTransport.LINE)
            case LineReleased(by=by):
                self._released_by = by
                log.info("line %s: released by %s", self.name, by)
                self._held.silence()
            case FxoReady(model=model, firmware=firmware):
                log.info("line %s: %s %s is ready", self.name, model, firmware)
                self._fault, self._failures = None, 0
            case FxoFailed(fault=fault, value=value):
                self._lost(LineReason(fault, value))
                if self._failed is not None:
                    self._failed.cancel()
            case _:
                self._learn(fact)
        self._update()

    def _offer(self, number: str, caller_name: str) -> None:
        if self._held.leg is not None:
            return
        leg = self._held.leg = self._reception.line_calls(
            self, line=self.name, caller=number, did=self._settings.number or "", caller_name=caller_name
        )
        if leg.is_gone:
            self._modem.call.hang_up()

    # What calls teach.

    def _learn(self, fact: GsmFact) -> None:
        lore = self._lore.of(self.name)
        match fact:
            case ToneNoted(tone=tone):
                lore = with_tone(lore, tone)
            case CallerIdNoted(timing=timing):
                lore = with_call(lore, self._profile, timing)
            case EchoNoted(loss_db=loss_db):
                lore = with_echo(lore, loss_db)
        self._lore.keep(self.name, lore)
        self._use_lore()

    def forget(self) -> None:
        """Know only what the country and the settings say, as on the first day."""
        self._lore.forget(self.name)
        self._use_lore()
        self._update()

    def _use_lore(self) -> None:
        """A call that goes on keeps what it began with."""
        lore = self._lore.of(self.name)
        self._modem.settings = self._modem_settings()
        self._modem.call.id_timing = lore.caller_id
        self._modem.caller_id_mode = lore.caller_id_mode or self._profile.caller_id[0].name

    def _modem_settings(self) -> FxoSettings:
        settings, lore = self._settings, self._lore.of(self.name)
        return FxoSettings(
            country=self._country,
            plan=plan_with(lore, plan_of(self._country)),
            pulse=settings.dialling is models.Dialling.PULSE,
            waits_for_dial_tone=settings.waits_for_dial_tone,
            limits=Limits(
                both_quiet_seconds=settings.both_quiet_seconds,
                quiet_seconds=settings.quiet_seconds,
                most_seconds=settings.most_minutes * 60.0,
            ),
        )

    # How the line is.

    def _kick(self) -> None:
        if self._driver is not None:
            self._driver.kick()

    def _update(self) -> None:
        """Work the status out anew after anything that may have changed it."""
        status = self._make_status()
        if status != self._status:
            self._status = status
            self._on_change()

    def _make_status(self) -> LineStatus:
        state, why = self._judge()
        words = "" if why is None else " ".join(filter(None, line_reason(why.code, why.value, Language.EN)))
        learned = _shown(self._lore.of(self.name), self._released_by)
        return LineStatus(self.name, state, words, number=self._settings.number or "", why=why, learned=learned)

    def _judge(self) -> tuple[LineState, LineReason | None]:
        if self._fault is not None:
            return LineState.OFFLINE, self._fault
        if not self._modem.is_ready:
            return LineState.STARTING, LineReason(ModemFault.STARTING)
        is_used = self._held.leg is not None or not self._modem.is_free
        return LineState.BUSY if is_used else LineState.READY, None


def _shown(lore: LineLore, released_by: ReleasedBy | None) -> LineLearned:
    plain = msgspec.to_builtins(lore)
    return msgspec.convert(
        {
            "tones": plain["tones"],
            "caller_id": plain["caller_id"],
            "caller_id_mode": plain["caller_id_mode"],
            "echo_loss_db": plain["echo_loss_db"],
            "released_by": released_by or "",
        },
        LineLearned,
    )


def _cause(number: int) -> Cause:
    try:
        return Cause(number)
    except ValueError:
        return Cause.NORMAL_UNSPECIFIED
