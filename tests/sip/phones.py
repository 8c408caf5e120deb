"""Real phones for tests: baresip processes, each with a folder, an account and ports of its own.

async with baresip(folder, "201", "secret", edge_port) as phone:
    await phone.registered()
    await phone.dial("202")
    await phone.until("CALL_ESTABLISHED")

Everything waits for what the phone itself reports (ctrl_tcp: JSON in netstrings), within a deadline.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from array import array
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import trio

from tests.ports import free_ports
from tests.sound import RATE, hears, read_wav, tone, write_wav

PATIENCE = 10.0
"""Seconds a phone may take to report what a test waits for."""

TONE_SECONDS = 90

_CONFIG = """\
poll_method epoll
sip_listen 127.0.0.1:{sip_port}
sip_trans_def {transport}
statmode_default off
call_local_timeout 120
call_max_calls 8
call_hold_other_calls no
audio_source aufile,{tone}
ausrc_srate 8000
ausrc_channels 1
auplay_srate 8000
auplay_channels 1
audio_txmode poll
audio_level no
rtp_tos 184
rtp_ports {rtp_first}-{rtp_last}
rtcp_mux no
jitter_buffer_type off
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
{apps}
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{ctrl_port}
snd_path {folder}
audio_player aubridge,unheard
"""


class Baresip:
    """One running baresip.

    Attributes:
        user: Its account.
        events: Everything it has reported, oldest first.
    """

    def __init__(self, folder: Path, user: str, ctrl_port: int) -> None:
        self.folder = folder
        self.user = user
        self.events: list[dict[str, Any]] = []
        self._ctrl_port = ctrl_port
        self._stream: trio.SocketStream | None = None
        self._news = trio.Event()
        self._replies: list[dict[str, Any]] = []
        self._seen = 0

    # Commands.

    async def dial(self, number: str) -> None:
        await self.command("dial", number if number.startswith("sip:") else f"sip:{number}@porter")

    async def accept(self) -> None:
        await self.command("accept")

    async def hang_up(self) -> None:
        """End the current call, or refuse the one that rings."""
        # baresip 1.1.0 (Debian 13) does not know its own outgoing call before the other end has rung.
        none_yet = "no active call\n"
        with trio.fail_after(PATIENCE):
            while await self.command("hangup", excuse=none_yet) == none_yet:  # noqa: ASYNC110  # nothing to wait for
                await trio.sleep(0.05)

    async def press(self, digits: str) -> None:
        for digit in digits:
            await self.command("sndcode", digit)

    async def hold(self) -> None:
        await self.command("hold")

    async def resume(self) -> None:
        # baresip 1.1.0 (Debian 13) resumes but answers so, since it has no second call to put on hold instead.
        await self.command("resume", excuse="Invalid argument")

    async def transfer(self, number: str) -> None:
        """Blind transfer of the current call."""
        await self.command("transfer", f"sip:{number}@porter")

    async def command(self, name: str, parameters: str = "", excuse: str = "") -> str:
        """What the phone answers; the test fails when it does not understand, unless it says `excuse`."""
        assert self._stream is not None
        text = json.dumps({"command": name, "params": parameters, "token": str(len(self._replies))}).encode()
        before = len(self._replies)
        await self._stream.send_all(b"%d:%s," % (len(text), text))
        await self._wait(lambda: len(self._replies) > before, f"an answer to {name}")
        reply = self._replies[before]
        assert reply["ok"] or (excuse and reply.get("data") == excuse), f"{self.user}: {name} {parameters}: {reply}"
        return str(reply.get("data", ""))

    # What it reports.

    async def registered(self) -> None:
        """Wait until it is: the event may have passed before anybody listened."""
        with trio.fail_after(PATIENCE):
            while "OK" not in await self.command("reginfo"):  # noqa: ASYNC110  # no event to wait for
                await trio.sleep(0.05)

    async def until(self, kind: str, seconds: float = PATIENCE) -> dict[str, Any]:
        """The next event of this kind that was not yet awaited; those before it count as seen."""
        found: list[dict[str, Any]] = []

        def arrived() -> bool:
            for index in range(self._seen, len(self.events)):
                if self.events[index].get("type") == kind:
                    found.append(self.events[index])
                    self._seen = index + 1
                    return True
            return False

        await self._wait(arrived, kind, seconds)
        return found[0]

    def kinds(self) -> list[str]:
        return [event.get("type", "") for event in self.events]

    # What it hears.

    def heard(self) -> array[int]:
        """Everything its last call has brought, lost packets left out."""
        dumps = sorted(self.folder.glob("dump-*-dec.wav"), key=lambda path: path.stat().st_mtime)
        if not dumps:
            return array("h")
        samples, rate = read_wav(dumps[-1])
        assert rate == RATE
        return samples

    async def until_hears(self, frequency: float, seconds: float = PATIENCE) -> None:
        """Wait until the last half second heard is this tone."""
        await poll(lambda: hears(self.heard(), frequency), f"{self.user} hearing {frequency} Hz", seconds)

    async def until_silent(self, seconds: float = PATIENCE) -> None:
        def is_silent() -> bool:
            end = self.heard()[-RATE // 2 :]
            return len(end) > 0 and max(map(abs, end)) < 300

        await poll(is_silent, f"{self.user} hearing silence", seconds)

    # Inside.

    async def listen(self, *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED) -> None:
        self._stream = await _connected(self._ctrl_port)
        task_status.started()
        buffer = b""
        while chunk := await self._stream.receive_some():
            buffer += chunk
            while b":" in buffer:
                length, _, rest = buffer.partition(b":")
                if len(rest) <= int(length):
                    break
                self._take(json.loads(rest[: int(length)]))
                buffer = rest[int(length) + 1 :]

    def _take(self, message: dict[str, Any]) -> None:
        (self._replies if message.get("response") else self.events).append(message)
        self._news.set()

    async def _wait(self, is_there: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        with trio.move_on_after(seconds):
            while not is_there():
                self._news = trio.Event()
                await self._news.wait()
            return
        raise AssertionError(f"{self.user}: no {what} within {seconds:.0f} s; it said {self.kinds()}\n{self.log()}")

    def log(self) -> str:
        return (self.folder / "baresip.log").read_text(errors="replace")[-3000:]


@asynccontextmanager
async def baresip(
    folder: Path,
    user: str,
    password: str,
    edge_port: int,
    *,
    hums: float = 440.0,
    says: array[int] | None = None,
    transport: Literal["udp", "tcp"] = "udp",
    answers: Literal["manual", "auto"] = "manual",
    dtmf: Literal["rtpevent", "info", "auto"] = "rtpevent",
    apps: Sequence[str] = (),
    traces: bool = False,
) -> AsyncIterator[Baresip]:
    """A phone that registers with the edge and is ended with the context.

    Args:
        hums: Hz of the tone it says all the time.
        says: What it says instead, from the beginning of each call.
        answers: "auto" answers every call at once.
        apps: Further modules of baresip to load, such as "mwi".
        traces: Whether it writes the SIP messages into its log.
    """
    folder = folder / f"phone-{user}-{transport}"
    folder.mkdir(parents=True)
    sip_port, ctrl_port, rtp_first = free_ports(3)
    rtp_first += rtp_first % 2
    hum = write_wav(folder / "hum.wav", tone(hums, TONE_SECONDS) if says is None else says)
    config = _CONFIG.format(
        sip_port=sip_port, ctrl_port=ctrl_port, rtp_first=rtp_first, rtp_last=rtp_first + 40, tone=hum, folder=folder,
        transport=transport, modules="/usr/lib/baresip/modules",
        apps="\n".join(f"module_app {name}.so" for name in apps),
    )  # fmt: skip
    (folder / "config").write_text(config)
    account = (
        f"<sip:{user}@porter;transport={transport}>;auth_user={user};auth_pass={password};answermode={answers}"
        f';outbound="sip:127.0.0.1:{edge_port};transport={transport}";regint=60;dtmfmode={dtmf}'
        f";audio_codecs=PCMA/8000/1;ptime=20"
    )
    # mwi.so of baresip 1.0 subscribes without end when a registration comes before its first timer: its account is
    # told once the phone runs.
    told_later = "mwi" in apps
    (folder / "accounts").write_text("" if told_later else f"{account}\n")
    (folder / "contacts").write_text("")
    program = shutil.which("baresip")
    assert program, "baresip is missing: apt-get install baresip-core"
    with (folder / "baresip.log").open("wb") as log:
        process = await trio.lowlevel.open_process(
            [program, "-f", str(folder), *(["-s"] if traces else [])],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    phone = Baresip(folder, user, ctrl_port)
    try:
        async with trio.open_nursery() as nursery:
            with trio.fail_after(PATIENCE):
                await nursery.start(phone.listen)
                if told_later:
                    await phone.command("uanew", account)
            yield phone
            nursery.cancel_scope.cancel()
    finally:
        with trio.CancelScope(shield=True):
            process.terminate()
            with trio.move_on_after(2):
                await process.wait()
            if process.returncode is None:
                process.kill()
                await process.wait()


async def poll(is_so: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait for something that announces itself nowhere, such as the end of a file."""
    with trio.move_on_after(seconds):
        while not is_so():  # noqa: ASYNC110  # see above
            await trio.sleep(0.05)
        return
    raise AssertionError(f"not within {seconds:.0f} s: {what}")


async def _connected(port: int) -> trio.SocketStream:
    """A connection to a program that is just starting."""
    while True:
        try:
            return await trio.open_tcp_stream("127.0.0.1", port)
        except OSError:
            await trio.sleep(0.02)
