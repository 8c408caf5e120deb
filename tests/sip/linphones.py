"""Real phones of another make for tests: linphonec processes, each with a folder, an account and ports of its own.

async with linphone(folder, "201", "secret", edge_port) as phone:
    await phone.registered()
    await phone.dial("202")
    await phone.until(TALKING)

linphonec is a program for a terminal: it takes one command a line and says in sentences what happens. It needs no sound
card: "soundcard use files" lets it say what it plays from a file and write what it hears to another.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from array import array
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

import trio

from tests.ports import free_ports
from tests.sip.phones import PATIENCE, TONE_SECONDS, poll
from tests.sound import RATE, hears, tone, write_wav

RUNG = r"Receiving new incoming call from (?P<caller>.*), assigned id (?P<id>\d+)"
DIALLED = r"Establishing call id to .*, assigned id (?P<id>\d+)"
RINGING = r"Call (?P<id>\d+) to .* ringing"
TALKING = r"Media streams established with .* for call (?P<id>\d+)"
ON_HOLD = r"Call (?P<id>\d+) with .* is now paused"
HELD_BY_OTHER = r"Call (?P<id>\d+) has been paused by"
TRANSFERRED = r"of call (?P<id>\d+) has been transfered"
LEFT = r"Call (?P<id>\d+) with .* (ended|error)"

_PROMPT = "linphonec> "

_CONFIG = """\
[sip]
sip_port={udp_port}
sip_tcp_port={tcp_port}
sip_tls_port=0
use_ipv6=0
default_proxy=0
register_only_when_network_is_up=0
use_info={use_info}
use_rfc2833={use_rfc4733}

[rtp]
audio_rtp_port={rtp_port}

[sound]
echocancellation=0

[video]
enabled=0
automatically_initiate=0
automatically_accept=0

[proxy_0]
reg_proxy=<sip:127.0.0.1:{edge_port};transport={transport}>
reg_route=<sip:127.0.0.1:{edge_port};transport={transport};lr>
reg_identity=sip:{user}@porter
reg_expires=60
reg_sendregister=1

[auth_info_0]
username={user}
passwd={password}
realm=porter
domain=porter
"""


class Linphone:
    """One running linphonec.

    Attributes:
        user: Its account.
        lines: Everything it has said, oldest first.
    """

    def __init__(self, folder: Path, user: str, process: trio.Process) -> None:
        self.folder = folder
        self.user = user
        self.lines: list[str] = []
        self._process = process
        self._news = trio.Event()
        self._seen = 0
        self._prompts = 0

    # Commands.

    async def dial(self, number: str) -> int:
        """Call a number; the phone's own id of the new call, which puts an older one on hold."""
        await self.command(f"call {number if number.startswith('sip:') else f'sip:{number}@porter'}")
        return int((await self.until(DIALLED))["id"])

    async def accept(self) -> None:
        await self.command("answer")

    async def hang_up(self) -> None:
        """End the current call, or refuse the one that rings."""
        await self.command("terminate")

    async def press(self, digits: str) -> None:
        for digit in digits:
            await self.command(digit)

    async def hold(self) -> None:
        await self.command("pause")

    async def resume(self) -> None:
        await self.command("resume")

    async def transfer(self, number: str) -> None:
        """Blind transfer of the current call."""
        await self.command(f"transfer sip:{number}@porter")

    async def connect(self, call: int, other: int) -> None:
        """Attended transfer: join the far ends of two calls of ours by their ids, and leave."""
        await self.command(f"transfer {call} --to-call {other}")

    async def command(self, line: str) -> None:
        """Type a line, and wait for the prompt: linphonec 5.3 (Debian 13) forgets lines that come together."""
        assert self._process.stdin is not None
        before = self._prompts
        await self._process.stdin.send_all(line.encode() + b"\n")
        await self._wait(lambda: self._prompts > before, f"prompt after {line}")

    # What it reports.

    async def ready(self) -> None:
        await self._wait(lambda: self._prompts > 0, "first prompt")

    async def registered(self) -> None:
        """Wait until it is: linphonec says so only when asked."""
        with trio.fail_after(PATIENCE):
            while not any(line.startswith("registered, identity=") for line in self.lines):
                await self.command("status register")
                await trio.sleep(0.05)

    async def until(self, pattern: str, seconds: float = PATIENCE) -> re.Match[str]:
        """The next line that has this in it and was not yet awaited; those before it count as seen."""
        found: list[re.Match[str]] = []

        def arrived() -> bool:
            for index in range(self._seen, len(self.lines)):
                if match := re.search(pattern, self.lines[index]):
                    found.append(match)
                    self._seen = index + 1
                    return True
            return False

        await self._wait(arrived, pattern, seconds)
        return found[0]

    # What it hears.

    def heard(self) -> array[int]:
        """Everything it has heard in all its calls."""
        file = self.folder / "heard.wav"
        if not file.exists() or file.stat().st_size < 44:
            return array("h")
        # The header is written when a call ends; until then it is empty, and the rate is that of G.711.
        samples = array("h")
        samples.frombytes(file.read_bytes()[44:][: (file.stat().st_size - 44) // 2 * 2])
        return samples

    async def until_hears(self, frequency: float, seconds: float = PATIENCE) -> None:
        """Wait until the last half second heard is this tone."""
        await poll(lambda: hears(self.heard(), frequency), f"{self.user} hearing {frequency} Hz\n{self.log()}", seconds)

    async def until_silent(self, seconds: float = PATIENCE) -> None:
        def is_silent() -> bool:
            end = self.heard()[-RATE // 2 :]
            return len(end) > 0 and max(map(abs, end)) < 300

        await poll(is_silent, f"{self.user} hearing silence", seconds)

    # Inside.

    async def listen(self) -> None:
        assert self._process.stdout is not None
        buffer = end = b""
        async for chunk in self._process.stdout:
            printed = end + chunk
            self._prompts += printed.count(_PROMPT.encode())
            end = printed[1 - len(_PROMPT) :]
            *whole, buffer = (buffer + chunk).split(b"\n")
            for line in whole:
                self.lines.append(line.decode(errors="replace").replace(_PROMPT, "").rstrip())
            self._news.set()

    async def _wait(self, is_there: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        with trio.move_on_after(seconds):
            while not is_there():
                self._news = trio.Event()
                await self._news.wait()
            return
        raise AssertionError(f"{self.user}: no {what!r} within {seconds:.0f} s; it said\n{self.log()}")

    def log(self) -> str:
        return "\n".join(self.lines[-60:])


@asynccontextmanager
async def linphone(
    folder: Path,
    user: str,
    password: str,
    edge_port: int,
    *,
    hums: float = 440.0,
    transport: Literal["udp", "tcp"] = "udp",
    dtmf: Literal["rtpevent", "info"] = "rtpevent",
) -> AsyncIterator[Linphone]:
    """A phone that registers with the edge and is ended with the context.

    Args:
        hums: Hz of the tone it says all the time.
    """
    folder = folder / f"linphone-{user}-{transport}"
    # It keeps a database below the home, and says so on every start where it cannot.
    (folder / ".local/share/linphone").mkdir(parents=True)
    udp_port, tcp_port, rtp_port = free_ports(3)
    config = folder / "linphonerc"
    config.write_text(
        _CONFIG.format(
            user=user, password=password, edge_port=edge_port, transport=transport, udp_port=udp_port,
            tcp_port=tcp_port, rtp_port=rtp_port - rtp_port % 2, use_info=int(dtmf == "info"),
            use_rfc4733=int(dtmf == "rtpevent"),
        )
    )  # fmt: skip
    hum = write_wav(folder / "hum.wav", tone(hums, TONE_SECONDS))
    program = shutil.which("linphonec")
    assert program, "linphonec is missing: apt-get install linphone-cli"
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "PULSE_SERVER")}
    process = await trio.lowlevel.open_process(
        [program, "-c", str(config)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)},
    )
    phone = Linphone(folder, user, process)
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(phone.listen)
            await phone.ready()
            for line in ("soundcard use files", f"record {folder / 'heard.wav'}", f"play {hum}"):
                await phone.command(line)
            # Codecs are known by their place in a list that differs between versions.
            await phone.command("codec list")
            pcma = await phone.until(r"^ *(?P<index>\d+): PCMA \(8000\)")
            await phone.command("codec disable all")
            await phone.command(f"codec enable {pcma['index']}")
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
