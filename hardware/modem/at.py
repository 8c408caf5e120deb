"""The AT dialogue without its wire (ITU-T V.250, 3GPP TS 27.007): bytes in, facts out; one command in flight.

Theory of operation. The engine is in one of these states:

    idle      --begin--------> waiting   a command was sent, its answer is read line by line
    idle      --begin--------> prompting a command with a payload was sent; the modem must write "> "
    prompting --"> "---------> waiting   the payload and Ctrl-Z were sent
    waiting   --final--------> idle      Reply
    waiting, prompting --too late--> probing   Reply(TIMEOUT), then find back into step
    probing   --answered-----> idle      InStep
    probing   --never--------> silent    Silent; only `start` leaves this state

An answer that comes too late would be taken for the next command's and shift all that follow. So after a time-out the
engine asks questions whose answers it can tell apart, and goes on when the *last* one is answered. Lines that belong
to no answer are `Unsolicited`; they may come between and inside answers. Nothing the modem writes ends the dialogue.
"""

import re
from enum import StrEnum

import msgspec

ESCAPE = b"\x1b"
MOST_LINE = 1024
"""Octets of a line; an SMS PDU has at most 352, USSD texts stay below 1000. Longer ones are rubbish."""
PROBE_SECONDS = 1.0

_NEWLINE = re.compile(rb"[\r\n]")
_HEX = re.compile(r"[0-9A-Fa-f]{2,}")
_CODED = re.compile(r"\+(CME|CMS) ERROR: ?(.*)")
_NAMED = re.compile(r"[+^][A-Z0-9]+:")


class Final(StrEnum):
    """How a command ended."""

    OK = "OK"
    ERROR = "ERROR"
    CME = "+CME ERROR"
    CMS = "+CMS ERROR"
    NO_CARRIER = "NO CARRIER"
    BUSY = "BUSY"
    NO_ANSWER = "NO ANSWER"
    NO_DIALTONE = "NO DIALTONE"
    CONNECT = "CONNECT"
    TIMEOUT = "time-out"
    """No final came in time."""


_CALL_FINALS = {Final.NO_CARRIER, Final.BUSY, Final.NO_ANSWER, Final.NO_DIALTONE, Final.CONNECT}
_FINALS = {final.value: final for final in _CALL_FINALS | {Final.OK, Final.ERROR}} | {
    "COMMAND NOT SUPPORT": Final.ERROR,  # Huawei
    "TOO MANY PARAMETERS": Final.ERROR,  # Huawei
    "NO DIAL TONE": Final.NO_DIALTONE,
}


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One command and how its answer looks."""

    text: str
    """Without the carriage return."""
    prefix: str | None = None
    """How lines of the answer begin, such as "+CSQ:"; "" takes any line; None: there are none."""
    with_pdu: bool = False
    """Each line of the answer is followed by a line of hexadecimal (+CMGR, +CMGL)."""
    payload: str | None = None
    """What to send at the prompt "> "; Ctrl-Z is added."""
    is_call: bool = False
    """NO CARRIER, BUSY and the like end this command; for all others they are news of a call."""
    seconds: float = 5.0
    """How long to wait for the final, or for the prompt."""
    payload_seconds: float = 60.0
    """How long to wait for the final after the payload."""
    secret: bool = False
    """Keep out of logs."""
    ends_with: str = "\r"
    """What ends it on the wire; "" for codes within a stream of sound, such as DLE ^."""


class Line(msgspec.Struct, frozen=True):
    """A line of an answer, with the PDU that followed it."""

    text: str
    pdu: str | None = None


class Question(msgspec.Struct, frozen=True):
    """What is asked to find back into step: every modem answers it in any state, and never writes that by itself."""

    text: str
    """Behind AT."""
    answer: str
    """How the line of its answer begins; "" for any line that is no news."""


QUESTIONS = (Question("+CFUN?", "+CFUN:"), Question("+CMEE?", "+CMEE:"), Question("+CSCS?", "+CSCS:"))
"""Of GSM modems (3GPP TS 27.007)."""


class AtFact(msgspec.Struct, frozen=True, tag=True):
    """What the dialogue brought."""


class Reply(AtFact, frozen=True):
    """The command in flight ended."""

    command: Command
    final: Final
    code: int | None = None
    """The number of a CME or CMS error; None when the modem wrote words."""
    lines: tuple[Line, ...] = ()

    @property
    def ok(self) -> bool:
        return self.final is Final.OK


class Unsolicited(AtFact, frozen=True):
    """A line nobody asked for, stripped of what cannot be printed."""

    text: str
    pdu: str | None = None


class Rubbish(AtFact, frozen=True):
    """A line too long to be one."""

    octets: int


class InStep(AtFact, frozen=True):
    """The modem answers, and nothing late is on its way."""


class Silent(AtFact, frozen=True):
    """The modem answers nothing at all."""


class _State(StrEnum):
    IDLE = "idle"
    WAITING = "waiting"
    PROMPTING = "prompting"
    PROBING = "probing"
    SILENT = "silent"


class AtEngine:
    """One dialogue with one modem.

    Args:
        news: How unsolicited lines begin; they are told apart from the answer in flight, unless it has that prefix.
        questions: Asked in this order to find back into step; InStep when the last one is answered.
    """

    def __init__(self, news: tuple[str, ...] = (), *, questions: tuple[Question, ...] = QUESTIONS) -> None:
        self._news = news
        self._questions = questions
        self._state = _State.IDLE
        self._outgoing = b""
        self._partial = b""
        self._overlong = 0
        self._command: Command | None = None
        self._payload_sent = False
        self._lines: list[Line] = []
        self._awaiting_pdu: str | None = None
        self._probes_left = 0
        self._probe = questions[0]
        self._probe_seen = False
        self.deadline: float | None = None
        """When `tick` has something to do; None while nothing is waited for."""

    @property
    def is_idle(self) -> bool:
        """Whether `begin` is allowed."""
        return self._state is _State.IDLE

    def start(self, now: float) -> None:
        """Find into step: InStep or Silent follows. An escape leaves a prompt that an earlier life may have left."""
        self._command = None
        self._begin_line()
        self._find_step(now, probes=len(self._questions), first=ESCAPE + b"\r")

    def begin(self, command: Command, now: float) -> None:
        """Send a command; its `Reply` follows. One at a time: raises RuntimeError when not idle."""
        if self._state is not _State.IDLE:
            raise RuntimeError(f"{command.text!r} while {self._state}")
        self._command = command
        self._payload_sent = False
        self._lines = []
        self._state = _State.WAITING if command.payload is None else _State.PROMPTING
        self._outgoing += (command.text + command.ends_with).encode("latin-1", "replace")
        self.deadline = now + command.seconds

    def data_to_send(self) -> bytes:
        """What the wire must carry to the modem now; handed out once."""
        data, self._outgoing = self._outgoing, b""
        return data

    def tick(self, now: float) -> list[AtFact]:
        """Let time pass."""
        if self.deadline is None or now < self.deadline:
            return []
        if self._state is _State.PROBING:
            if self._probes_left == 0:
                self._state = _State.SILENT
                self.deadline = None
                return [Silent()]
            self._next_probe(now)
            return []
        command = self._command
        if command is None:
            self.deadline = None
            return []
        reply = Reply(command, Final.TIMEOUT, None, tuple(self._lines))
        self._find_step(now, probes=len(self._questions), first=ESCAPE if command.payload is not None else b"")
        return [reply]

    def receive(self, data: bytes, now: float) -> list[AtFact]:
        """Read what the modem wrote, however it was cut."""
        facts: list[AtFact] = []
        self._partial += data
        at = 0
        while True:
            if self._state is _State.PROMPTING and not self._overlong and self._partial.startswith(b">", at):
                at += 1
                self._send_payload(now)
            newline = _NEWLINE.search(self._partial, at)
            if newline is None:
                break
            line, at = self._partial[at : newline.start()], newline.end()
            if self._overlong or len(line) > MOST_LINE:
                facts.append(Rubbish(self._overlong + len(line)))
                self._overlong = 0
            elif line:
                self._read(_printable(line), facts)
        self._partial = self._partial[at:]
        if self._overlong or len(self._partial) > MOST_LINE:
            self._overlong += len(self._partial)
            self._partial = b""
        return facts

    def _read(self, line: str, facts: list[AtFact]) -> None:
        if not line:
            return
        if self._awaiting_pdu is not None and not line.startswith(self._news):
            header, self._awaiting_pdu = self._awaiting_pdu, None
            is_pdu = _HEX.fullmatch(line) is not None
            self._read_header(header, line if is_pdu else None, facts)
            if is_pdu:
                return
        if line.startswith(("+CMT:", "+CDS:")) or (self._is_answer(line) and self._command and self._command.with_pdu):
            self._awaiting_pdu = line
        elif self._is_echo(line):
            pass
        elif (final := _final(line)) is not None:
            self._read_final(*final, line, facts)
        elif self._state is _State.PROBING and self._answers_probe(line):
            self._probe_seen = True
        elif self._is_answer(line):
            self._lines.append(Line(line))
        else:
            facts.append(Unsolicited(line))

    def _read_header(self, header: str, pdu: str | None, facts: list[AtFact]) -> None:
        if self._is_answer(header):
            self._lines.append(Line(header, pdu))
        else:
            facts.append(Unsolicited(header, pdu))

    def _read_final(self, final: Final, code: int | None, line: str, facts: list[AtFact]) -> None:
        ends_command = self._command is not None and (final not in _CALL_FINALS or self._command.is_call)
        if self._command is not None and ends_command:
            facts.append(Reply(self._command, final, code, tuple(self._lines)))
            self._become_idle()
        elif final in _CALL_FINALS:
            facts.append(Unsolicited(line))
        elif self._state is _State.PROBING and self._probe_seen and final is Final.OK:
            self._become_idle()
            facts.append(InStep())
        # Else the final of a command given up before: dropped, that is what probing is for.

    def _is_answer(self, line: str) -> bool:
        if self._command is None or self._command.prefix is None:
            return False
        if self._command.prefix:
            return line.startswith(self._command.prefix)
        return not line.startswith(self._news) and not _NAMED.match(line)

    def _answers_probe(self, line: str) -> bool:
        return line.startswith(self._probe.answer) and (bool(self._probe.answer) or not line.startswith(self._news))

    def _is_echo(self, line: str) -> bool:
        if self._command is not None and self._command.payload and line.lstrip("> ") == self._command.payload:
            return True
        return line[:2] in ("AT", "at")

    def _send_payload(self, now: float) -> None:
        assert self._command is not None
        self._outgoing += (self._command.payload or "").encode("ascii", "replace") + b"\x1a"
        self._state = _State.WAITING
        self.deadline = now + self._command.payload_seconds

    def _become_idle(self) -> None:
        self._state = _State.IDLE
        self._command = None
        self._lines = []
        self.deadline = None

    def _begin_line(self) -> None:
        self._partial = b""
        self._overlong = 0
        self._awaiting_pdu = None

    def _find_step(self, now: float, *, probes: int, first: bytes) -> None:
        self._command = None
        self._lines = []
        self._outgoing = first
        self._state = _State.PROBING
        self._probes_left = probes
        self._next_probe(now)

    def _next_probe(self, now: float) -> None:
        self._probe = self._questions[-self._probes_left]
        self._probe_seen = False
        self._probes_left -= 1
        self._outgoing += f"AT{self._probe.text}\r".encode()
        self.deadline = now + PROBE_SECONDS


def _printable(line: bytes) -> str:
    text = line.decode("latin-1")
    return (text if text.isprintable() else "".join(filter(str.isprintable, text))).strip()


def _final(line: str) -> tuple[Final, int | None] | None:
    if (final := _FINALS.get(line)) is not None:
        return final, None
    if coded := _CODED.fullmatch(line):
        return Final(f"+{coded[1]} ERROR"), int(coded[2]) if coded[2].isdecimal() else None
    if line.startswith("CONNECT "):
        return Final.CONNECT, None
    return None
