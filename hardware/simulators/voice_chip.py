"""A simulated voice modem chip between a port and a line: commands and the V.253 stream, as a Conexant or USR has them.
Written from the manuals, apart from the driver: neither imports the other's idea of the stream."""

from __future__ import annotations

import re

from hardware.audio.coding import Coding
from hardware.audio.frames import FRAME, SILENCE
from hardware.simulators.exchange import Exchange

_CODES = {
    "conexant": {"128": Coding.LINEAR, "131": Coding.MU_LAW, "132": Coding.A_LAW},
    "usr": {"128": Coding.LINEAR, "131": Coding.MU_LAW, "130": Coding.A_LAW},
}
_MODELS = {"conexant": ("56000", "V2.210-V92"), "usr": ("5601", "U.S. Robotics 56K FAX USB V1.2.23")}
_LEAVES = {"conexant": "^", "usr": "\x03"}
_PLAIN = re.compile(
    r"(E[01]|V1|Z|&F0?|S0=0|&D[0-3]|X[0-4]|M[01]|\+GCI=[0-9A-F]{2}|-SCID=1|-STE=[0-7]|!4886=0[0-5]|\+VCID=[012]"
    r"|\+VSD=\d+,\d+|\+VIT=\d+|\+VPR=\d+|\+VGR=\d+|\+VGT=\d+|)"
)
_MODES = {
    ("AT-SCID=1", "AT+VCID=1", "AT-STE=3"): "formatted",
    ("AT!4886=00", "AT+VCID=1"): "bell",
    ("AT!4886=02", "AT+VCID=1"): "etsi_fsk",
    ("AT!4886=03", "AT+VCID=1"): "uk",
    ("AT!4886=05", "AT+VCID=1"): "etsi_dtmf",
    ("AT+VCID=2",): "unformatted",
    ("AT+VCID=1",): "formatted",
}
MOST_BUFFERED = 4000
"""Octets of sound the chip holds for the line: half a second."""


class VoiceChip:
    """The chip. `tick` once per 20 ms.

    Attributes:
        is_off_hook: Whether the line carries current.
        obeys_hooks: False: it says OK and does nothing, as a chip whose relay sticks.
        refuses: Commands it answers with ERROR, by their beginning.
    """

    def __init__(self, exchange: Exchange, family: str = "conexant") -> None:
        self.exchange = exchange
        self.family = family
        self.is_off_hook = False
        self.obeys_hooks = True
        self.refuses: tuple[str, ...] = ()
        self._out = b""
        self.power_on()

    def power_on(self) -> None:
        """As it comes from the bus."""
        self._settle()
        self._out = b""

    def _settle(self) -> None:
        """As after ATZ."""
        self._line = b""
        self._echoes = True
        self._class = "0"
        self._hangs_up_without_port = True
        self._coding = Coding.LINEAR
        self._is_stream = False
        self._after_dle = False
        self._sound = b""
        self._caller_id: tuple[str, ...] = ()
        self._set_hook(off=False)

    def _set_hook(self, *, off: bool) -> None:
        if off == self.is_off_hook or not (self.obeys_hooks or off):
            return
        self.is_off_hook = off
        (self.exchange.off_hook if off else self.exchange.on_hook)()

    # The port.

    def port_closed(self) -> None:
        """Nobody has the port open any more: DTR drops."""
        if self._hangs_up_without_port and self.obeys_hooks:
            self._settle()
            self._out = b""

    def receive(self, data: bytes) -> None:
        for octet in data:
            if self._is_stream:
                self._sound_octet(octet)
            elif octet == 0x0D:
                line, self._line = self._line, b""
                self._command(line.decode("latin-1").strip())
            elif octet in (0x1B, 0x10, 0x03, 0x18, ord("^")) and not self._line:
                pass  # what ends a stream that is over already
            else:
                self._line = (self._line + bytes((octet,)))[-200:]

    def key_heard(self, key: str) -> None:
        """The chip's own ear heard a key; it tells them only off hook."""
        if self.is_off_hook:
            for code in ("/", key, key, "~"):
                self._event(code)

    def data_to_send(self) -> bytes:
        data, self._out = self._out, b""
        return data

    def tick(self) -> None:
        """20 ms of the line."""
        exchange = self.exchange
        while exchange.loop_breaks:
            exchange.loop_breaks -= 1
            if self.is_off_hook:
                self._event("l")
        while exchange.rings:
            exchange.rings -= 1
            if self._class == "8":
                self._event("R")
            else:
                self._out += b"\r\nRING\r\n"
        if exchange.caller is not None:
            self._tell_caller(*exchange.caller)
            exchange.caller = None
        if self.is_off_hook:
            heard = exchange.say()
            said = self._sound[: FRAME // 2]
            self._sound = self._sound[FRAME // 2 :]
            exchange.hear(self._coding.decode(said).ljust(FRAME, b"\0") if said else SILENCE)
            if self._is_stream:
                self._out += self._coding.encode(heard).replace(b"\x10", b"\x10\x10")

    def _event(self, code: str) -> None:
        self._out += b"\x10" + code.encode("latin-1")

    # Commands.

    def _command(self, line: str) -> None:
        if self._echoes and line:
            self._out += line.encode("latin-1") + b"\r\r\n"
        if not line.upper().startswith("AT"):
            return
        text = line[2:]
        if text.startswith(self.refuses) if self.refuses else False:
            self._say("ERROR")
        elif (answer := self._do(text)) is not None:
            self._say(answer)

    def _say(self, text: str) -> None:
        self._out += f"\r\n{text}\r\n".encode("latin-1")

    def _do(self, text: str) -> str | None:
        match text:
            case "H" | "H0" | "+VLS=0":
                self._set_hook(off=False)
                if text != "+VLS=0":
                    self._class = "0"
            case "I0" | "I3":
                self._say(_MODELS[self.family][text == "I3"])
            case "+FCLASS=?":
                self._say("0,1,2,8")
            case "+FCLASS=0" | "+FCLASS=8":
                self._class = text[-1]
            case "+VLS=1" if self._class == "8":
                self._set_hook(off=True)
            case "+VTR" if self._class == "8" and self.is_off_hook:
                self._is_stream, self._after_dle, self._sound = True, False, b""
                self._say("CONNECT")
                return None
            case _ if text.startswith("DP") and text.endswith(";") and self.is_off_hook:
                self.exchange.dialled(text[2:-1])
            case _ if found := re.fullmatch(r"\+VSM=(\d+),8000", text):
                if found[1] not in _CODES[self.family]:
                    return "ERROR"
                self._coding = _CODES[self.family][found[1]]
            case _ if _PLAIN.fullmatch(text):
                self._plain(text)
            case _:
                return "ERROR"
        return "OK"

    def _plain(self, text: str) -> None:
        if text.startswith("Z"):
            out = self._out
            self._settle()
            self._out = out
        elif text.startswith("E"):
            self._echoes = text == "E1"
        elif text.startswith("&D"):
            self._hangs_up_without_port = text in ("&D2", "&D3")
        elif text.startswith(("-SCID", "!4886", "+VCID", "-STE")):
            self._caller_id = (*self._caller_id, f"AT{text}")[-3:]

    def _tell_caller(self, number: str, name: str) -> None:
        """Only who asked for it in the way this exchange sends it is told."""
        mode = next((mode for steps, mode in _MODES.items() if self._caller_id[-len(steps) :] == steps), "")
        if mode != self.exchange.habits.id_mode:
            return
        self._out += b"\r\nDATE = 1128\r\nTIME = 0015\r\n"
        self._out += f"NMBR = {number or 'P'}\r\n".encode("latin-1", "replace")
        if name:
            self._out += f"NAME = {name}\r\n".encode("latin-1", "replace")

    # The stream.

    def _sound_octet(self, octet: int) -> None:
        if not self._after_dle:
            if octet == 0x10:
                self._after_dle = True
            else:
                self._buffer(bytes((octet,)))
            return
        self._after_dle = False
        if octet == 0x10:
            self._buffer(b"\x10")
        elif octet == 0x1A:
            self._buffer(b"\x10\x10")
        elif octet == 0x18:
            self._sound = b""
        elif chr(octet) in (_LEAVES[self.family], "\x03"):
            self._is_stream = False
            self._sound = b""
            self._out += b"\x10\x03"
            self._say("OK")

    def _buffer(self, octets: bytes) -> None:
        if len(self._sound) < MOST_BUFFERED:
            self._sound += octets
        else:
            self._event("o")
