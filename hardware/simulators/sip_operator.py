"""A simulated SIP operator with one customer: takes registrations, carries one call either way, sends its sound as RTP.

It is driven as a simulated modem is (`modem_control`). Where it listens stands in a file beside its control socket.
"""

from __future__ import annotations

import logging
import secrets
import socket
from pathlib import Path

import trio

from hardware.simulators.far_end import FRAME_SECONDS, FarEnd
from hardware.simulators.modem import CallState, Cure, ModemStatus, SentSms, Trouble
from hardware.simulators.rtp import RtpStream
from hardware.simulators.sip_text import (
    Headers,
    SipMessage,
    answer_to,
    encode,
    keys_payload,
    offer,
    parse,
    sound_at,
    user_of,
)

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
DOMAIN = "operator.simulated"
_STATUS_OF = {1: 404, 16: 480, 17: 486, 18: 480, 19: 480, 21: 603, 34: 503}
"""What a Q.850 cause of the called person is in SIP."""
_NO_MESSAGES = "a SIP line carries no messages and has no SIM"

Address = tuple[str, int]


class SimulatedOperator:
    """One operator and the person at the far end. Methods are synchronous; use them on the thread of the event loop
    while `run` runs.

    Args:
        place: A file that tells where it listens, as "127.0.0.1:5070"; gone while it is unplugged.

    Attributes:
        cure: Kept for the likeness; only `misbehave` ends a trouble.
        sms: Likewise; no message comes over a SIP line.
    """

    def __init__(self, place: Path) -> None:
        self.far_end = FarEnd()
        self.sms: list[SentSms] = []
        self.cure = Cure.NOTHING
        self._place = place
        self._trouble = Trouble.NONE
        self._is_plugged = True
        self._registered: tuple[str, Address] | None = None
        """The office's contact, and where it registered from."""
        self._call: _Call | None = None
        self._last_dialed = self._keys = ""
        self._signals: socket.socket | None = None
        self._media: socket.socket | None = None

    # What the person at the far end, and the network, do.

    def call_in(self, number: str) -> None:
        """Call the office. Raises RuntimeError while it is not registered, or in a call."""
        if self._registered is None:
            raise RuntimeError("the office has not registered yet")
        if self._call is not None:
            raise RuntimeError("there is a call already")
        contact, address = self._registered
        self._call = call = _Call(is_ours=True, far=address, target=contact, call_id=secrets.token_hex(8))
        self._keys = ""
        who = f"<sip:{number}@{DOMAIN}>" if number else '"Anonymous" <sip:anonymous@anonymous.invalid>'
        call.near, call.away = f"{who};tag={call.tag}", f"<sip:{user_of(contact)}@{DOMAIN}>"
        identity = [("P-Asserted-Identity", f"<sip:{number}@{DOMAIN}>")] if number else [("Privacy", "id")]
        call.branch = self._send(call, "INVITE", identity, self._offer())

    def answer(self) -> None:
        """Answer the office's call. Raises RuntimeError without one."""
        call = self._call
        if call is None or call.is_ours or call.is_up or call.invite is None:
            raise RuntimeError("nothing rings here")
        call.is_up = True
        self._reply(call.invite, 200, [("Contact", f"<sip:{self._where()}>")], self._offer())
        self._hear_from(call.invite.body)
        self.far_end.begin()

    def hang_up(self, cause: int = 16) -> None:
        """End the call, or refuse the one that rings, with a Q.850 cause."""
        call = self._call
        if call is None:
            return
        reason = [("Reason", f"Q.850;cause={cause}")]
        if call.is_up:
            self._send(call, "BYE", reason)
        elif call.is_ours:
            self._send(call, "CANCEL", reason, branch=call.branch)
            return
        elif call.invite is not None:
            self._reply(call.invite, _STATUS_OF.get(cause, 480), reason)
        self._over()

    def press(self, keys: str, *, told: bool = True) -> None:
        """Press keys beside the sound, or as tones in it. Raises ValueError for what is no key."""
        if not told or self._call is None:
            self.far_end.press(keys)
        else:
            self._call.stream.press(keys)

    def unplug(self) -> None:
        """The operator is gone: nothing is answered, and what was registered is forgotten."""
        self._is_plugged, self._registered = False, None
        self._place.unlink(missing_ok=True)
        self._over()

    def plug_in(self) -> None:
        self._is_plugged = True
        self._tell_place()

    def replug(self) -> None:
        self.unplug()
        self.plug_in()

    def misbehave(self, trouble: Trouble) -> None:
        """While it hangs or babbles nothing is answered; babbling it sends what is no SIP."""
        self._trouble = trouble

    def send_sms(self, sender: str, text: str) -> bool:
        """Raises RuntimeError."""
        raise RuntimeError(_NO_MESSAGES)

    def send_pdu(self, pdu: str) -> bool:
        """Raises RuntimeError."""
        raise RuntimeError(_NO_MESSAGES)

    def report_sms(self, status: int = 0) -> int:
        """Raises RuntimeError."""
        raise RuntimeError(_NO_MESSAGES)

    def set_signal(self, rssi: int) -> None:
        """Raises RuntimeError."""
        raise RuntimeError(_NO_MESSAGES)

    def set_registration(self, stat: int) -> None:
        """Raises RuntimeError."""
        raise RuntimeError(_NO_MESSAGES)

    @property
    def status(self) -> ModemStatus:
        call = self._call
        return ModemStatus(
            plugged_in=self._is_plugged,
            trouble=self._trouble,
            call=CallState.NONE if call is None else CallState.UP if call.is_up else CallState.RINGING,
            last_dialed=self._last_dialed,
            keys=self._keys,
            frames_heard=self.far_end.frames_heard,
            frames_missing=self.far_end.frames_missing,
            sms_sent=0,
            sms_waiting=0,
        )

    # Its life.

    async def run(self, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        """Be there until cancelled."""
        with _udp() as self._signals, _udp() as self._media:
            self._tell_place()
            task_status.started()
            try:
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self._listen, trio.socket.from_stdlib_socket(self._signals))
                    nursery.start_soon(self._listen_to_sound, trio.socket.from_stdlib_socket(self._media))
                    nursery.start_soon(self._keep_time)
            finally:
                self._place.unlink(missing_ok=True)

    async def _listen(self, signals: trio.socket.SocketType) -> None:
        while True:
            packet, sender = await signals.recvfrom(65_535)
            message = parse(packet)
            if message is None or not self._is_plugged or self._trouble is Trouble.HANGING:
                continue
            if self._trouble is Trouble.BABBLING:
                _put(self._signals, b"\x00babble\r\n" * 20, sender)
            elif message.method:
                self._asked(message, sender)
            else:
                self._answered(message)

    async def _listen_to_sound(self, media: trio.socket.SocketType) -> None:
        while True:
            packet, _ = await media.recvfrom(2048)
            if (call := self._call) is None:
                continue
            heard = call.stream.heard(packet, call.keys_payload)
            if isinstance(heard, str):
                self._keys += heard
            else:
                self.far_end.receive(heard)

    async def _keep_time(self) -> None:
        """Every 20 ms: the sound of the call, and what the called person does by plan."""
        due = trio.current_time()
        while True:
            due = max(due + FRAME_SECONDS, trio.current_time() - FRAME_SECONDS)
            await trio.sleep_until(due)
            call = self._call
            if call is None:
                continue
            if call.is_up and call.sound_to is not None and self._media is not None:
                self.far_end.hear()
                packet = call.stream.packet(self.far_end.say(), call.keys_payload)
                _put(self._media, packet, call.sound_to)
            self._follow_plan(call)

    def _follow_plan(self, call: _Call) -> None:
        plan, age = self.far_end.plan, trio.current_time() - call.began
        if call.is_up:
            if plan.hangs_up_after is not None and trio.current_time() - call.up_at > plan.hangs_up_after:
                self.hang_up()
        elif not call.is_ours and call.invite is not None and plan.rings_after is not None and age > plan.rings_after:
            if not call.rings:
                call.rings = True
                self._reply(call.invite, 180, [("Contact", f"<sip:{self._where()}>")])
            elif plan.refuses_with is not None:
                self.hang_up(plan.refuses_with)
            elif plan.answers_after is not None and age > plan.rings_after + plan.answers_after:
                self.answer()

    # SIP.

    def _asked(self, request: SipMessage, sender: Address) -> None:
        call = self._call
        is_known = call is not None and request.first("call-id") == call.call_id
        match request.method:
            case "REGISTER":
                self._register(request, sender)
            case "OPTIONS" | "UPDATE":
                self._reply(request, 200, to=sender)
            case "ACK":
                pass
            case "INVITE" if call is not None and is_known:
                self._reply(request, 200, [("Contact", f"<sip:{self._where()}>")], self._offer(), to=sender)
                self._hear_from(request.body)
            case "INVITE" if call is not None:
                self._reply(request, 486, to=sender)
            case "INVITE":
                self._called(request, sender)
            case "INFO" if is_known:
                self._keys += _key_in(request.body)
                self._reply(request, 200, to=sender)
            case "CANCEL" if call is not None and is_known and call.invite is not None and not call.is_up:
                self._reply(request, 200, to=sender)
                self._reply(call.invite, 487)
                self._over()
            case "BYE" if is_known:
                self._reply(request, 200, to=sender)
                self._over()
            case _:
                self._reply(request, 481, to=sender)

    def _register(self, request: SipMessage, sender: Address) -> None:
        expires = request.first("expires") or "60"
        self._registered = None if expires == "0" else (request.contact, sender)
        granted = [("Contact", f"{request.first('contact')};expires={expires}")] if expires != "0" else []
        self._reply(request, 200, granted, to=sender)

    def _called(self, request: SipMessage, sender: Address) -> None:
        self._call = call = _Call(
            is_ours=False, far=sender, target=request.contact, call_id=request.first("call-id"), invite=request
        )
        call.near, call.away = f"{request.first('to')};tag={call.tag}", request.first("from")
        call.routes = request.every("record-route")
        self._last_dialed, self._keys = user_of(request.start.split(" ")[1]), ""
        self._reply(request, 100)

    def _answered(self, answer: SipMessage) -> None:
        call = self._call
        if call is None or not call.is_ours or answer.first("call-id") != call.call_id:
            return
        if not answer.first("cseq").endswith("INVITE") or answer.status < 200:
            return
        call.away = answer.first("to")
        if answer.status >= 300:
            self._send(call, "ACK", (), branch=call.branch)
            self._over()
            return
        call.target, call.routes = answer.contact, list(reversed(answer.every("record-route")))
        self._send(call, "ACK")
        if not call.is_up:
            call.is_up, call.up_at = True, trio.current_time()
            self._hear_from(answer.body)
            self.far_end.begin()

    def _hear_from(self, sdp: str) -> None:
        if self._call is not None and sdp:
            self._call.sound_to, self._call.keys_payload = sound_at(sdp), keys_payload(sdp)
            self._call.up_at = self._call.up_at or trio.current_time()

    def _over(self) -> None:
        if self._call is not None:
            self._call = None
            self.far_end.end()

    def _send(self, call: _Call, method: str, headers: Headers = (), body: str = "", *, branch: str = "") -> str:
        """Send a request of the call; its branch."""
        branch = branch or f"z9hG4bK{secrets.token_hex(8)}"
        if method not in ("ACK", "CANCEL"):
            call.cseq += 1
        standard = [
            ("Via", f"SIP/2.0/UDP {self._where()};branch={branch};rport"),
            ("Max-Forwards", "70"),
            *(("Route", route) for route in call.routes),
            ("From", call.near),
            ("To", call.away),
            ("Call-ID", call.call_id),
            ("CSeq", f"{call.cseq} {method}"),
            ("Contact", f"<sip:{self._where()}>"),
        ]
        self._say(encode(f"{method} {call.target} SIP/2.0", [*standard, *headers], body), call.far)
        return branch

    def _reply(
        self, request: SipMessage, status: int, headers: Headers = (), body: str = "", *, to: Address | None = None
    ) -> None:
        call = self._call
        far = to or (call.far if call is not None else None)
        if far is not None:
            tag = call.tag if call is not None else "operator"
            self._say(answer_to(request, status, tag=tag, headers=headers, body=body), far)

    def _say(self, packet: bytes, far: Address) -> None:
        if self._is_plugged:
            _put(self._signals, packet, far)

    def _offer(self) -> str:
        assert self._media is not None
        return offer(HOST, self._media.getsockname()[1])

    def _where(self) -> str:
        assert self._signals is not None
        return f"{HOST}:{self._signals.getsockname()[1]}"

    def _tell_place(self) -> None:
        if self._signals is not None:
            new = self._place.with_suffix(".new")
            new.write_text(self._where())
            new.replace(self._place)


def _udp() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.bind((HOST, 0))
    return made


def _put(through: socket.socket | None, packet: bytes, far: Address) -> None:
    """A datagram on the loopback goes at once, or not at all."""
    try:
        if through is not None:
            through.sendto(packet, far)
    except OSError as error:
        log.debug("simulated operator: not sent to %s: %s", far, error)


class _Call:
    """The one call there is."""

    def __init__(
        self, *, is_ours: bool, far: Address, target: str, call_id: str, invite: SipMessage | None = None
    ) -> None:
        self.is_ours = is_ours
        self.far = far
        self.target = target
        self.call_id = call_id
        self.invite = invite
        self.tag = secrets.token_hex(4)
        self.near = self.away = self.branch = ""
        self.routes: list[str] = []
        self.cseq = 0
        self.rings = self.is_up = False
        self.began = trio.current_time()
        self.up_at = 0.0
        self.sound_to: Address | None = None
        self.keys_payload: int | None = None
        self.stream = RtpStream(secrets.randbits(32))


def _key_in(body: str) -> str:
    """The key of an application/dtmf-relay body; "" without one."""
    for line in body.splitlines():
        name, _, value = line.partition("=")
        if name.strip().lower() == "signal":
            return value.strip()[:1]
    return ""
