"""A GSM stick without its wire: AT commands in, answers and news out. It echoes until ATE0, as the real ones; how its
family differs from others is data (`hardware/simulators/kinds`).

What the network and the person at the other end do is asked for by methods; what Porter does to them comes out as
events."""

from collections import deque
from collections.abc import Callable
from enum import StrEnum

import msgspec

from hardware.modem import ussd
from hardware.modem.profiles import UssdCoding
from hardware.simulators.kinds import KINDS
from hardware.simulators.stick_events import (
    CodeSent,
    Dialed,
    HungUp,
    KeySent,
    ModemEvent,
    ModemReset,
    PickedUp,
    SimulatedSim,
    SmsSubmitted,
)
from hardware.simulators.stick_network import StickNetwork
from hardware.simulators.stick_sms import Answer, StickMessages, tpdu_length

RING_SECONDS = 5.0
_FINALS = {17: "BUSY", 19: "NO ANSWER"}
_NEEDS_SETTLED = ("AT+CMGF", "AT+CPMS", "AT+CNMI")
_ESCAPE, _CTRL_Z = 0x1B, 0x1A
_OK = b"\r\nOK\r\n"


class _Stat(StrEnum):
    """+CLCC's states, TS 27.007 §7.18."""

    ACTIVE = "0"
    DIALING = "2"
    ALERTING = "3"
    INCOMING = "4"


class _Call(msgspec.Struct):
    number: str
    stat: _Stat
    outgoing: bool
    ring_at: float | None = None
    refusals: int = 0
    """How often the sound was asked for too early."""

    @property
    def kind(self) -> int:
        """Type of the number, TS 24.008 §10.5.4.7; 0 where there is none."""
        return 145 if self.number.startswith("+") else 129 if self.number else 0


class ClipOrder(StrEnum):
    """When the caller's number is told."""

    AFTER = "after"
    BEFORE = "before"
    """The first ring."""
    NEVER = "never"


class GsmStick:
    """The modem itself. `receive` and `tick` take the time; `data_to_send` and `take_events` hand out what came of it.

    Attributes:
        has_voice: False for data firmware, which answers the question for it with ERROR.
        clip_order: When the caller's number is told.
        is_settled: False for a modem that has just started and refuses what concerns SMS.
        sound_is_on: Whether sound flows on the audio port.
        echoes_always: True for a stick that says OK to ATE0 and goes on echoing.
        hangs_up: False for a stick that says OK to AT+CHUP and goes on.
        cms_error: Answer the next AT+CMGS with this error; None: take it.
        network: What the network keeps and says.
        obeyed: The last commands.
        swallows_answer: Take the next message and never say so.
        messages: What lies on the SIM.
    """

    def __init__(self, kind: str = "huawei", *, sim: SimulatedSim | None = None) -> None:
        self.kind = KINDS[kind]
        self.sim = sim or SimulatedSim(iccid=self.kind.iccid)
        self.imei = self.kind.imei
        self.network = StickNetwork()
        self.obeyed: deque[str] = deque(maxlen=500)
        self.clip_order = ClipOrder.AFTER
        self.is_settled = True
        self.has_voice = True
        self.hangs_up = True
        self.echoes_always = False
        self.registration = 1
        self.rssi = 20
        self.operator = "LMT GSM"
        self.messages = StickMessages(self._say, self.sim.smsc)
        self.cms_error: int | None = None
        self.swallows_answer = False
        self._events: deque[ModemEvent] = deque()
        self._out = bytearray()
        self._power_on()

    def _power_on(self) -> None:
        self.echo = True
        self.sound_is_on = False
        self._clip = False
        self._registration_news = 0
        self._line = bytearray()
        self._pdu_of: int | None = None
        self._call: _Call | None = None
        self.messages.power_on()

    # The wire.

    def receive(self, data: bytes, now: float) -> None:
        """Read what Porter wrote, however it was cut."""
        for octet in data:
            if self._pdu_of is not None:
                self._read_pdu(octet)
            elif octet == 0x0D:
                command, self._line = bytes(self._line), bytearray()
                if self.echo:
                    self._out += command + b"\r"
                self._obey(command.decode("latin-1").strip(), now)
            elif octet not in (_ESCAPE, 0x0A) and len(self._line) < 1024:
                self._line.append(octet)

    def tick(self, now: float) -> None:
        """Let time pass: RING repeats, and the network delivers what it held."""
        if self.registration in (1, 5):
            self.messages.deliver_held()
        if self._call is not None and self._call.ring_at is not None and now >= self._call.ring_at:
            self._call.ring_at = now + RING_SECONDS
            clip = f'+CLIP: "{self._call.number}",{self._call.kind or 128},,,,{0 if self._call.number else 1}'
            lines = ["RING", clip] if self.clip_order is ClipOrder.AFTER else [clip, "RING"]
            for line in lines if self._clip and self.clip_order is not ClipOrder.NEVER else ["RING"]:
                self._say(line)

    @property
    def deadline(self) -> float | None:
        return None if self._call is None else self._call.ring_at

    def data_to_send(self) -> bytes:
        data = bytes(self._out)
        self._out.clear()
        return data

    def take_events(self) -> list[ModemEvent]:
        events = list(self._events)
        self._events.clear()
        return events

    @property
    def storage(self) -> dict[int, tuple[int, str]]:
        """SMS on the SIM by slot: status and PDU."""
        return self.messages.storage

    # The network and the person at the other end.

    @property
    def has_call(self) -> bool:
        return self._call is not None

    @property
    def call_is_up(self) -> bool:
        return self._call is not None and self._call.stat is _Stat.ACTIVE

    def call_in(self, number: str, now: float) -> None:
        """Somebody calls; "" withholds the number. Raises RuntimeError while there is a call: the network says busy."""
        if self._call is not None:
            raise RuntimeError("the simulated line is busy")
        self._call = _Call(number, _Stat.INCOMING, outgoing=False, ring_at=now)
        self._tell(self.kind.calls.incoming)
        self.tick(now)

    def remote_rings(self) -> None:
        """The called telephone rings."""
        if self._call is not None and self._call.stat is _Stat.DIALING:
            self._call.stat = _Stat.ALERTING
            self._tell(self.kind.calls.alerting)

    def remote_answers(self) -> None:
        """The called person answers."""
        if self._call is not None and self._call.outgoing and self._call.stat is not _Stat.ACTIVE:
            self._call.stat = _Stat.ACTIVE
            self._up()

    def remote_ends(self, cause: int = 16) -> None:
        """The other end hangs up, is busy (17), does not answer (19) or gives up ringing us."""
        if self._call is not None:
            lines = self.kind.calls.ended
            if self._call.stat is _Stat.INCOMING:
                lines += self.kind.calls.missed
            self._tell(lines, cause=cause)
            self._end()

    def remote_key(self, key: str) -> None:
        """The person presses a key and the modem hears it; the sound of it is not this part's."""
        if self.call_is_up:
            self._tell(self.kind.calls.key, key=key)

    def deliver(self, pdu: str) -> int | None:
        """A message comes in; its slot, None when the SIM is full: then the network tries again."""
        return self.messages.deliver(pdu)

    def set_signal(self, rssi: int) -> None:
        """0-31, 99 unknown (TS 27.007 §8.5)."""
        self.rssi = rssi
        self._say(self.kind.signal.format(rssi=rssi))

    def set_registration(self, stat: int) -> None:
        """+CREG's state; a lost network ends the call."""
        self.registration = stat
        if self._registration_news:
            self._say(f'+CREG: {stat},"00C3","1A2B"' if stat in (1, 5) else f"+CREG: {stat}")
        if stat not in (1, 5):
            self.remote_ends(41)

    def restart(self) -> None:
        """As after power on; the SIM asks for its PIN again."""
        if self._call is not None:
            self._end()
            self._events.append(HungUp())
        self._out.clear()
        self._power_on()
        self.sim.unlocked = False

    def boot(self) -> None:
        """Write what it writes when it has started."""
        for line in self.kind.boot:
            self._say(line)

    def say(self, line: str) -> None:
        """Write any line as news."""
        self._say(line)

    # Inside.

    def _say(self, line: str) -> None:
        self._out += f"\r\n{line}\r\n".encode("latin-1", "replace")

    def _tell(self, lines: tuple[str, ...], *, cause: int = 16, key: str = "") -> None:
        """News of the call, as the family writes it."""
        call = self._call
        if call is None:
            return
        for line in lines:
            self._say(
                line.format(
                    number=call.number,
                    kind=call.kind or 129,
                    direction=0 if call.outgoing else 1,
                    seconds=5 if call.stat is _Stat.ACTIVE else 0,
                    cause=cause,
                    final=_FINALS.get(cause, "NO CARRIER"),
                    key=key,
                    code=ord(key) if key else 0,
                )
            )

    def _up(self) -> None:
        """The call is answered."""
        self.sound_is_on |= not self.kind.voice.on
        self._tell(self.kind.calls.active)

    def _answer(self, *lines: str, final: str = "OK") -> None:
        for line in lines:
            self._say(line)
        self._say(final)

    def _end(self) -> None:
        self._call = None
        self.sound_is_on = False

    def _obey(self, command: str, now: float) -> None:
        text = command.upper()
        if not text:
            return
        if ";" in text and text.startswith(("AT+", "AT^")):
            self._obey_several(command, now)
            return
        self.obeyed.append(command)
        if not text.startswith("AT"):
            self._answer(final="ERROR")
        elif text.startswith("ATD"):
            self._dial(command[3:].rstrip(";"))
        elif text in _PLAIN:
            _PLAIN[text](self)
        elif (answer := self._about_messages(text, command)) is not None:
            lines, final = answer
            self._answer(*lines, final=final)
        elif self._is_of_family(text, command):
            pass
        elif (name := text.partition("=")[0]) in _SETTERS and "=" in text:
            _SETTERS[name](self, command.partition("=")[2])
        else:
            self._answer(final=self.kind.unknown)

    def _obey_several(self, command: str, now: float) -> None:
        """Commands on one line have one final, that of the first that fails or of the last (V.250 §5.2.1, §5.4.1)."""
        first, *others = command[2:].split(";")
        done = len(self._out)
        self._obey(f"AT{first}", now)
        for other in others:
            if not self._out.endswith(_OK) or len(self._out) == done:
                return
            del self._out[-len(_OK) :]
            done = len(self._out)
            self._obey(f"AT{other}", now)

    def _about_messages(self, text: str, command: str) -> Answer | None:
        """The answer to a command of TS 27.005; None for others. Some families know these only after a while."""
        if not self.is_settled and "=" in text and text.startswith(_NEEDS_SETTLED):
            return (), "ERROR"
        _, equals, value = command.partition("=")
        return self.messages.obey(text[2:].partition("=")[0].rstrip("?"), value if equals else None)

    def _is_of_family(self, text: str, command: str) -> bool:
        """Obey what this family calls in its own way; False for what it does not know."""
        kind = self.kind
        before_key, after_key = kind.send_key
        if text in (kind.voice.ask, kind.tries):
            self._voice() if text == kind.voice.ask else self._pin_tries()
        elif text in (kind.voice.on, kind.voice.off):
            self._sound(is_on=text == kind.voice.on)
        elif text in kind.reset:
            self._reset()
        elif text.startswith(before_key):
            self._send_key(command[len(before_key) : len(command) - len(after_key)])
        elif "{iccid}" in kind.answers.get(text, "") and not self.sim.present:
            self._answer(final=self._sim_error())
        elif text in kind.answers:
            self._answer(kind.answers[text].format(iccid=self.sim.iccid))
        elif text.partition("=")[0] in kind.accepts and "=" in text:
            self._answer()
        else:
            return False
        return True

    def _ok(self) -> None:
        self._answer()

    def _echo_off(self) -> None:
        self.echo = self.echoes_always
        self._answer()

    def _echo_on(self) -> None:
        self.echo = True
        self._answer()

    @property
    def _sim_is_open(self) -> bool:
        return self.sim.present and (self.sim.pin is None or self.sim.unlocked)

    def _sim_error(self) -> str:
        if not self.sim.present:
            return "+CME ERROR: 10"
        return "+CME ERROR: 11" if self.sim.tries else "+CME ERROR: 12"

    def _voice(self) -> None:
        if self.has_voice:
            self._answer(self.kind.voice.told)
        else:
            self._answer(final="ERROR")

    def _pin_state(self) -> None:
        if self._sim_is_open:
            self._answer("+CPIN: READY")
        elif not self.sim.present:
            self._answer(final="+CME ERROR: 10")
        else:
            self._answer("+CPIN: SIM PIN" if self.sim.tries else "+CPIN: SIM PUK")

    def _pin_tries(self) -> None:
        state = "READY" if self._sim_is_open else "SIM PIN" if self.sim.tries else "SIM PUK"
        asked = "" if state == "READY" else str(self.sim.tries)
        self._answer(self.kind.tries_told.format(state=state, asked=asked, tries=self.sim.tries))

    def _enter_pin(self, value: str) -> None:
        if self.sim.tries and value.strip('"') == self.sim.pin:
            self.sim.unlocked = True
            self.sim.tries = 3
            self._answer()
        else:
            self.sim.tries = max(0, self.sim.tries - 1)
            self._answer(final="+CME ERROR: 16" if self.sim.tries else "+CME ERROR: 12")

    def _imsi(self) -> None:
        if self._sim_is_open:
            self._answer(self.sim.imsi)
        else:
            self._answer(final=self._sim_error())

    def _own_number(self) -> None:
        if self.sim.number:
            self._answer(f'+CNUM: "","{self.sim.number}",145')
        else:
            self._answer()

    def _tell_registration(self) -> None:
        self._answer(f"+CREG: {self._registration_news},{self.registration}")

    def _tell_signal(self) -> None:
        self._answer(f"+CSQ: {self.rssi},99")

    def _tell_operator(self) -> None:
        self._answer(
            f'+COPS: 0,0,"{self.operator}",{self.kind.technology}' if self.registration in (1, 5) else "+COPS: 0"
        )

    def _set_clip(self, value: str) -> None:
        self._clip = value.startswith("1")
        self._answer()

    def _set_registration_news(self, value: str) -> None:
        self._registration_news = int(value) if value.isdecimal() else 0
        self._answer()

    def _sound(self, *, is_on: bool) -> None:
        if not self.has_voice or (is_on and self._call is None and self.kind.voice.needs_call):
            self._answer(final="ERROR")
        elif is_on and self._call is not None and self._call.refusals < self.kind.voice.refusals:
            self._call.refusals += 1
            self._answer(final="ERROR")
        else:
            self.sound_is_on = is_on
            self._answer()

    def _function(self, _: str) -> None:
        self._answer()

    def _reset(self) -> None:
        self._answer()
        self.restart()
        self._events.append(ModemReset())

    def _tell_imei(self) -> None:
        self._answer(self.imei)

    def _tell_packets(self) -> None:
        self._answer(f"+CEREG: 0,{self.network.packets}")

    def _tell_clock(self) -> None:
        self._answer(f'+CCLK: "{self.network.clock}"')

    def _divert(self, value: str) -> None:
        answer = self.network.divert_command(value)
        if answer is None or self.registration not in (1, 5):
            self._answer(final="+CME ERROR: 30" if answer is not None else "ERROR")
        else:
            self._answer(*answer)

    def _send_code(self, value: str) -> None:
        """Only the family's own coding is taken."""
        if value == "2":
            self._answer()
            return
        asked = ussd.decode(f"+CUSD: {value}", self.kind.ussd)
        if asked is None or value != f"1,{_encoded(asked.text, self.kind.ussd)}":
            self._answer(final="ERROR")
            return
        self._events.append(CodeSent(asked.text))
        self._answer()
        for line in self.network.answer_code(asked.text, self.kind.ussd):
            self._say(line)

    def _dial(self, number: str) -> None:
        if self.registration not in (1, 5) or not self._sim_is_open or not self.has_voice:
            self._answer(final="NO CARRIER")
        elif self._call is not None:
            self._answer(final="BUSY")
        else:
            self._call = _Call(number, _Stat.DIALING, outgoing=True)
            self._events.append(Dialed(number))
            self._answer()
            self._tell(self.kind.calls.dialing)

    def _pick_up(self) -> None:
        if self._call is None or self._call.stat is not _Stat.INCOMING:
            self._answer(final="NO CARRIER")
            return
        self._call.stat = _Stat.ACTIVE
        self._call.ring_at = None
        self._events.append(PickedUp())
        self._answer()
        self._up()

    def _hang_up(self) -> None:
        if self._call is not None and self.hangs_up:
            self._events.append(HungUp())
            self._answer()
            self._tell(self.kind.calls.hung_up)
            self._end()
        else:
            self._answer()

    def _list_calls(self) -> None:
        if self._call is None:
            self._answer()
            return
        call = self._call
        self._answer(f'+CLCC: 1,{0 if call.outgoing else 1},{call.stat},0,0,"{call.number}",{call.kind or 129}')

    def _send_key(self, key: str) -> None:
        if self.call_is_up and len(key) == 1 and key in self.kind.keys:
            self._events.append(KeySent(key))
            self._answer()
        else:
            self._answer(final="ERROR")

    def _send_sms(self, value: str) -> None:
        if not value.isdecimal():
            self._answer(final="+CMS ERROR: 304")
            return
        self._pdu_of = int(value)
        self._out += b"\r\n> "

    def _read_pdu(self, octet: int) -> None:
        if octet not in (_CTRL_Z, _ESCAPE):
            if self.echo:
                self._out.append(octet)
            if len(self._line) < 1024:
                self._line.append(octet)
            return
        pdu, self._line = bytes(self._line).decode("latin-1").strip(), bytearray()
        length, self._pdu_of = self._pdu_of, None
        error, self.cms_error = self.cms_error, None
        if octet == _ESCAPE:
            self._answer()
        elif error is not None or self.registration not in (1, 5):
            self._answer(final=f"+CMS ERROR: {error or 331}")
        elif tpdu_length(pdu) != length:
            self._answer(final="+CMS ERROR: 304")
        else:
            (lines, final), reference = self.messages.submit(pdu)
            if reference is not None:
                self._events.append(SmsSubmitted(pdu, reference))
            if self.swallows_answer:
                self.swallows_answer = False
            else:
                self._answer(*lines, final=final)


def _encoded(text: str, coding: UssdCoding) -> str:
    try:
        return ussd.encode(text, coding)
    except ValueError:
        return ""


def _says(*lines: str) -> Callable[[GsmStick], None]:
    return lambda stick: stick._answer(*lines)


_PLAIN: dict[str, Callable[[GsmStick], None]] = {
    "AT": GsmStick._ok,
    "ATZ": GsmStick._ok,
    "ATE0": GsmStick._echo_off,
    "ATE1": GsmStick._echo_on,
    "ATA": GsmStick._pick_up,
    "ATH": GsmStick._hang_up,
    "AT+CHUP": GsmStick._hang_up,
    "AT+CGSN": GsmStick._tell_imei,
    "AT+CIMI": GsmStick._imsi,
    "AT+CNUM": GsmStick._own_number,
    "AT+CPIN?": GsmStick._pin_state,
    "AT+CEREG?": GsmStick._tell_packets,
    "AT+CCLK?": GsmStick._tell_clock,
    "AT+CREG?": GsmStick._tell_registration,
    "AT+CSQ": GsmStick._tell_signal,
    "AT+COPS?": GsmStick._tell_operator,
    "AT+CLCC": GsmStick._list_calls,
    "AT+CFUN?": _says("+CFUN: 1"),
    "AT+CMEE?": _says("+CMEE: 1"),
    "AT+CSCS?": _says('+CSCS: "IRA"'),
}
_SETTERS: dict[str, Callable[[GsmStick, str], None]] = {
    "AT+CLIP": GsmStick._set_clip,
    "AT+CREG": GsmStick._set_registration_news,
    "AT+CPIN": GsmStick._enter_pin,
    "AT+CFUN": GsmStick._function,
    "AT+CUSD": GsmStick._send_code,
    "AT+CCFC": GsmStick._divert,
    "AT+CMGS": GsmStick._send_sms,
}
