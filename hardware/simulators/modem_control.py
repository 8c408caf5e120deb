"""Driving a simulated modem from another process: one JSON object a line over a Unix socket, one answer a line.

    {"type":"CallIn","number":"+37120000001"}  ->  {"type":"Done","status":{…}}
    {"type":"Press","keys":"hello"}            ->  {"type":"Refused","reason":"'hello' are not keys of a telephone"}

Messages are the structs below; `type` names them. The socket's folder decides who may use it."""

import argparse
import logging
import os
import socket
from pathlib import Path

import msgspec
import trio

from hardware.modem.fxo_profiles import FXO_PROFILES
from hardware.simulators.analog_modem import SimulatedAnalogModem
from hardware.simulators.exchange import Clearing, LineHabits
from hardware.simulators.kinds import KINDS
from hardware.simulators.modem import Cure, ModemStatus, Plan, SimulatedModem, Trouble
from hardware.simulators.sip_operator import SimulatedOperator
from hardware.simulators.stick import GsmStick
from hardware.simulators.usb import SimulatedSocket, socket_of

log = logging.getLogger(__name__)

MOST_LINE = 65_536

SIP = "sip"
"""The kind that is no modem but an operator."""


class Request(msgspec.Struct, frozen=True, kw_only=True, tag=True, forbid_unknown_fields=True):
    """What somebody wants of the simulated line."""


class Status(Request, frozen=True):
    """Only the answer's status."""


class CallIn(Request, frozen=True, kw_only=True):
    """Call the office."""

    number: str
    """"" withholds it."""


class Answer(Request, frozen=True):
    """Answer the office's call."""


class HangUp(Request, frozen=True, kw_only=True):
    cause: int = 16
    """Q.850."""


class SetPlan(Request, frozen=True, kw_only=True):
    """What the called person does from now on."""

    plan: Plan


class Press(Request, frozen=True, kw_only=True):
    keys: str
    told: bool = True
    """Let the modem itself report the keys, besides the sound of them."""


class PlayTone(Request, frozen=True, kw_only=True):
    frequency: float
    """Hz; 0 for silence."""
    level_db: float = -12.0


class PlayWav(Request, frozen=True, kw_only=True):
    path: str
    again: bool = False


class Record(Request, frozen=True, kw_only=True):
    """Write what is heard to a WAV file, complete when the call has ended."""

    path: str


class SendSms(Request, frozen=True, kw_only=True):
    """Send a message to the office."""

    sender: str
    text: str


class SendPdu(Request, frozen=True, kw_only=True):
    pdu: str


class ReportSms(Request, frozen=True, kw_only=True):
    """Deliver the status reports asked for."""

    status: int = 0


class SetSignal(Request, frozen=True, kw_only=True):
    rssi: int


class SetRegistration(Request, frozen=True, kw_only=True):
    stat: int


class Unplug(Request, frozen=True):
    """Pull the stick out."""


class PlugIn(Request, frozen=True):
    """Put it in again."""


class Replug(Request, frozen=True):
    """Pull it out and put it in again, where its ports get other names."""


class LockSim(Request, frozen=True, kw_only=True):
    """The SIM asks for a PIN from its next start on."""

    pin: str | None
    """None: for none."""


class PlayBusy(Request, frozen=True):
    """The busy tone of the network is heard, for ever."""


class SetNetwork(Request, frozen=True, kw_only=True):
    """What the network says when it is asked; None: as before."""

    clock: str | None = None
    """As +CCLK tells it."""
    codes: dict[str, str] | None = None
    """USSD: code to answer."""
    divert: str | None = None


class Misbehave(Request, frozen=True, kw_only=True):
    trouble: Trouble
    cure: Cure = Cure.NOTHING


class Clear(Request, frozen=True, kw_only=True):
    """The far end of an analog line hangs up; how the exchange tells it."""

    how: Clearing


class BreakLoop(Request, frozen=True):
    """The exchange interrupts the current of an analog line."""


class SetHabits(Request, frozen=True, kw_only=True):
    """How the exchange of an analog line is from now on."""

    habits: LineHabits


Simulated = SimulatedModem | SimulatedAnalogModem | SimulatedOperator
AnyRequest = (
    Status | CallIn | Answer | HangUp | SetPlan | Press | PlayTone | PlayWav | Record
    | SendSms | SendPdu | ReportSms | SetSignal | SetRegistration | Unplug | PlugIn | Misbehave
    | Replug | LockSim | PlayBusy | SetNetwork
    | Clear | BreakLoop | SetHabits
)  # fmt: skip


class Done(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It was done; how the line is now, with the messages the office sent so far."""

    status: ModemStatus
    sms: list[tuple[str, str]]
    """Recipient and text, the newest ten."""


class Refused(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """It was not done."""

    reason: str


def obey(modem: Simulated, request: AnyRequest) -> None:  # noqa: PLR0912, PLR0915 - one line a message
    """Do what a request says. Raises ValueError, RuntimeError or OSError with the reason when it cannot be done."""
    match request:
        case Status():
            pass
        case CallIn(number=number):
            modem.call_in(number)
        case Answer():
            modem.answer()
        case HangUp(cause=cause):
            modem.hang_up(cause)
        case SetPlan(plan=plan):
            modem.far_end.plan = plan
        case Press(keys=keys, told=told):
            modem.press(keys, told=told)
        case PlayTone(frequency=frequency, level_db=level_db):
            modem.far_end.play_tone(*filter(None, (frequency,)), level_db=level_db)
        case PlayWav(path=path, again=again):
            modem.far_end.play_wav(Path(path), again=again)
        case Record(path=path):
            modem.far_end.record(Path(path))
        case SendSms(sender=sender, text=text):
            if not modem.send_sms(sender, text):
                raise RuntimeError("the simulated SIM is full")
        case SendPdu(pdu=pdu):
            if not modem.send_pdu(pdu):
                raise RuntimeError("the simulated SIM is full")
        case ReportSms(status=status):
            modem.report_sms(status)
        case SetSignal(rssi=rssi):
            modem.set_signal(rssi)
        case SetRegistration(stat=stat):
            modem.set_registration(stat)
        case Unplug():
            modem.unplug()
        case PlugIn():
            modem.plug_in()
        case Misbehave(trouble=trouble, cure=cure):
            modem.cure = cure
            modem.misbehave(trouble)
        case Clear(how=how):
            _analog(modem).clear(how)
        case BreakLoop():
            _analog(modem).break_loop()
        case SetHabits(habits=habits):
            _analog(modem).exchange.habits = habits
        case Replug():
            modem.replug()
        case PlayBusy():
            modem.far_end.play_busy()
        case LockSim(pin=pin):
            _stick(modem).sim.pin = pin
        case SetNetwork(clock=clock, codes=codes, divert=divert):
            _stick(modem).network.set(clock=clock, codes=codes, divert=divert)


def _analog(modem: Simulated) -> SimulatedAnalogModem:
    if isinstance(modem, SimulatedAnalogModem):
        return modem
    raise RuntimeError("only an analog line has an exchange that does this")


def _stick(modem: Simulated) -> GsmStick:
    if isinstance(modem, SimulatedModem):
        return modem.stick
    raise RuntimeError("this line has neither SIM nor mobile network")


_DECODER = msgspec.json.Decoder(AnyRequest)


def answer(modem: Simulated, line: bytes) -> Done | Refused:
    """Obey one line and say how that went."""
    try:
        obey(modem, _DECODER.decode(line))
    except (msgspec.MsgspecError, ValueError, RuntimeError, OSError) as error:
        return Refused(reason=str(error))
    return Done(status=modem.status, sms=[(sms.to, sms.text) for sms in modem.sms[-10:]])


async def serve_control(
    modem: Simulated, path: Path, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    """Listen at a path until cancelled; a socket left there by an earlier life is replaced."""
    with _listening(path) as listener:
        task_status.started()

        async def serve(stream: trio.SocketStream) -> None:
            await _serve_one(modem, stream)

        try:
            await trio.serve_listeners(serve, [trio.SocketListener(listener)])
        finally:
            os.unlink(path)


def _listening(path: Path) -> trio.socket.SocketType:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(os.fspath(path))
    path.chmod(0o660)
    listener.listen(8)
    return trio.socket.from_stdlib_socket(listener)


async def _serve_one(modem: Simulated, stream: trio.SocketStream) -> None:
    rest = b""
    try:
        async for piece in stream:
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                if line.strip():
                    await stream.send_all(msgspec.json.encode(answer(modem, line)) + b"\n")
            if len(rest) > MOST_LINE:
                return
    except (trio.BrokenResourceError, trio.ClosedResourceError) as error:
        log.debug("simulated modem: the asker went away: %s", error)


async def ask(path: Path, request: AnyRequest, *, seconds: float = 5.0) -> Done | Refused:
    """Ask a simulated modem that runs elsewhere. Raises OSError when none listens there, trio.TooSlowError when it
    does not answer."""
    with trio.fail_after(seconds):
        stream = await trio.open_unix_socket(os.fspath(path))
        async with stream:
            await stream.send_all(msgspec.json.encode(request) + b"\n")
            reply = b""
            while not reply.endswith(b"\n"):
                piece = await stream.receive_some()
                if not piece:
                    raise ConnectionError(f"the simulated modem at {path} hung up")
                reply += piece
    return msgspec.json.decode(reply, type=Done | Refused)


async def run(folder: Path, name: str, kind: str, seed: int) -> None:
    """A simulated modem, or operator, with its control socket, until cancelled."""
    control = folder / f"{name}.sock"
    modem: Simulated
    if kind == SIP:
        modem = SimulatedOperator(folder / f"{name}.sip")
    elif kind in FXO_PROFILES:
        modem = SimulatedAnalogModem(folder / f"{name}.port", family=kind, seed=seed)
    else:
        modem = SimulatedModem(kind=kind, socket=SimulatedSocket(folder / "usb", socket_of(name)), seed=seed)
    async with trio.open_nursery() as nursery:
        await nursery.start(modem.run)
        await nursery.start(serve_control, modem, control)
        log.info("simulated modem: plugged into %s, control at %s", folder / "usb", control)


def main() -> None:
    """`python -m hardware.simulators.modem_control FOLDER NAME`: NAME.sock appears there, and the modem on the bus
    `usb` there."""
    parser = argparse.ArgumentParser(description="A simulated modem on pseudo-terminals.")
    parser.add_argument("folder", type=Path, help="where its bus and its control socket are")
    parser.add_argument("name", help="of the line")
    parser.add_argument("--kind", choices=sorted({*KINDS, *FXO_PROFILES, SIP}), default="huawei", help="its family")
    parser.add_argument("--seed", type=int, default=1, help="how bytes are cut")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        trio.run(run, options.folder, options.name, options.kind, options.seed)
    except KeyboardInterrupt:
        log.info("simulated modem: unplugged")


if __name__ == "__main__":
    main()
