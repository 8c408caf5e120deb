"""What a simulated network keeps for its SIM and says when asked: divert, codes, the time, LTE."""

from hardware.modem.profiles import UssdCoding

UNKNOWN_CODE = "Invalid code"


class StickNetwork:
    """The network behind one stick; it outlives every restart of it.

    Attributes:
        divert: Where calls go that do not reach the modem; "": nowhere.
        takes_diverts: False for a subscription without them.
        codes: Code to answer; others are answered UNKNOWN_CODE.
        asks_back: Codes whose answer expects a reply.
        code_kind: The kind of every answer instead: 2 ended, 4 unsupported, 5 time-out (TS 27.007 §7.15).
        answers_codes: False for a network that never answers.
        clock: What +CCLK tells; "80/01/06,00:00:00+00" is a clock nobody has set.
        packets: State of +CEREG.
    """

    def __init__(self) -> None:
        self.divert = ""
        self.takes_diverts = True
        self.codes = {"*100#": "Your balance is 5.20 EUR"}
        self.asks_back: set[str] = set()
        self.code_kind: int | None = None
        self.answers_codes = True
        self.clock = "80/01/06,00:00:00+00"
        self.packets = 1

    def set(self, *, clock: str | None = None, codes: dict[str, str] | None = None, divert: str | None = None) -> None:
        """Change what it says; None: as before."""
        self.clock = self.clock if clock is None else clock
        self.codes |= codes or {}
        self.divert = self.divert if divert is None else divert

    def divert_command(self, value: str) -> list[str] | None:
        """The answer to `AT+CCFC=<value>`; None: ERROR."""
        reason, mode, *rest = [part.strip('"') for part in value.split(",")]
        if reason != "3" or not self.takes_diverts:
            return None
        match mode:
            case "2":
                kind = 145 if self.divert.startswith("+") else 129
                return [f'+CCFC: 1,1,"{self.divert}",{kind}'] if self.divert else ["+CCFC: 0,7"]
            case "3" if rest:
                self.divert = rest[0]
            case "4":
                self.divert = ""
            case _:
                return None
        return []

    def answer_code(self, code: str, coding: UssdCoding) -> list[str]:
        """The lines the modem writes."""
        if not self.answers_codes:
            return []
        if self.code_kind is not None:
            return [f"+CUSD: {self.code_kind}"]
        text = self.codes.get(code, UNKNOWN_CODE)
        return [f"+CUSD: {1 if code in self.asks_back else 0},{_written(text, coding)}"]


def _written(text: str, coding: UssdCoding) -> str:
    """By hand and not by the driver's codec, so that both must agree."""
    if coding is UssdCoding.UCS2 or not text.isascii():
        return f'"{text.encode("utf-16-be").hex().upper()}",72'
    if coding is UssdCoding.PLAIN:
        return f'"{text}",15'
    bits = "".join(f"{ord(char):07b}"[::-1] for char in text + "\r" * (len(text) % 8 == 7))
    octets = (bits[at : at + 8][::-1].rjust(8, "0") for at in range(0, len(bits), 8))
    return '"' + "".join(f"{int(octet, 2):02X}" for octet in octets) + '",15'
