"""Codes to the network, such as *100# for the balance: one at a time, with their answers (TS 27.007 §7.15)."""

from collections.abc import Iterator

from hardware.modem.at import Command, Reply
from hardware.modem.facts import UssdAnswer, UssdFailed, UssdTrouble
from hardware.modem.gsm_wire import Wire
from hardware.modem.profiles import UssdCoding
from hardware.modem.ussd import Answer, decode, encode, is_whole

ANSWER_SECONDS = 30.0
MOST_LINES = 20
"""Of one answer; a quotation mark that never ends must not swallow all that follows."""
_EXPECTS_REPLY = 1
_FAILURES = {
    2: UssdTrouble.ENDED,
    3: UssdTrouble.BUSY,
    4: UssdTrouble.UNSUPPORTED,
    5: UssdTrouble.TIMEOUT,
}


class UssdDesk:
    """The codes of one modem."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._id: str | None = None
        self._codings: Iterator[UssdCoding] = iter(())
        self._coding = wire.profile.ussd
        self._text = ""
        self._open_line: list[str] = []
        self.deadline: float | None = None

    def send(self, id: str, text: str) -> None:
        """Send a code, or the reply the network waits for; `UssdAnswer` or `UssdFailed` with this id follows. Raises
        ValueError for a text that no network takes."""
        encode(text, self._wire.profile.ussd)
        if self._id is not None:
            self._wire.tell(UssdFailed(id, UssdTrouble.BUSY))
            return
        self._id, self._text = id, text
        self._codings = iter([self._coding, *(coding for coding in UssdCoding if coding is not self._coding)])
        self.deadline = self._wire.now + ANSWER_SECONDS
        self._try_next(UssdTrouble.REFUSED)

    def lost(self) -> None:
        """The modem went away."""
        self._open_line.clear()
        self._failed(UssdTrouble.BUSY)

    def tick(self) -> None:
        if self.deadline is not None and self._wire.now >= self.deadline:
            self._wire.ask(Command(text="AT+CUSD=2"))
            self._failed(UssdTrouble.TIMEOUT)

    def read(self, line: str) -> bool:
        """Take one unsolicited line; False when it is no part of an answer. Asked first: an answer may have several
        lines, of which only the first says what it is."""
        if line.startswith("+CUSD:"):
            self._open_line = [line]
        elif not self._open_line or line.startswith(self._wire.profile.news):
            return False
        else:
            self._open_line.append(line)
        whole = "\n".join(self._open_line)
        if is_whole(whole) or len(self._open_line) >= MOST_LINES:
            self._open_line = []
            if (answer := decode(whole, self._coding)) is not None:
                self._answered(answer)
        return True

    def _try_next(self, otherwise: UssdTrouble) -> None:
        coding = next(self._codings, None)
        if coding is None:
            self._failed(otherwise)
            return
        self._coding = coding
        command = Command(text=f"AT+CUSD=1,{encode(self._text, coding)}", prefix="+CUSD:", seconds=ANSWER_SECONDS)
        self._wire.ask(command, self._sent)

    def _sent(self, reply: Reply) -> None:
        """Some modems write the answer ahead of OK. One that refuses the coding may take another."""
        for line in reply.lines:
            self.read(line.text)
        if self._id is not None and not reply.ok:
            self._try_next(UssdTrouble.REFUSED)

    def _answered(self, answer: Answer) -> None:
        id, self._id = self._id, None
        self.deadline = None
        failure = _FAILURES.get(answer.kind)
        if failure is not None and not (answer.text and failure is UssdTrouble.ENDED):
            if id is not None:
                self._wire.tell(UssdFailed(id, failure))
        elif id is not None or answer.text:
            self._wire.tell(UssdAnswer(id or "", answer.text, expects_reply=answer.kind == _EXPECTS_REPLY))

    def _failed(self, why: UssdTrouble) -> None:
        self.deadline = None
        id, self._id = self._id, None
        if id is not None:
            self._coding = self._wire.profile.ussd
            self._wire.tell(UssdFailed(id, why))
