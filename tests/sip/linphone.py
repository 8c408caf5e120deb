"""linphonec for tests: a second make of phone, and one that can transfer with consultation.

It is driven by the lines one would type, and waited for by the lines it prints.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from array import array
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import trio

from tests.sip.phones import PATIENCE, poll
from tests.sip.running_edge import free_ports
from tests.sound import hears, tone, write_wav

_PROMPT = "linphonec> "
_CONFIG = """\
[sip]
sip_port={sip_port}
sip_tcp_port=-1
sip_tls_port=-1
use_ipv6=0
default_proxy=0
guess_hostname=0
contact=sip:{user}@127.0.0.1
[net]
firewall_policy=no_firewall
[rtp]
audio_rtp_port={rtp_port}
[sound]
echocancellation=0
[proxy_0]
reg_proxy=<sip:127.0.0.1:{edge_port}>
reg_route=<sip:127.0.0.1:{edge_port};lr>
reg_identity=sip:{user}@{realm}
reg_expires=60
reg_sendregister=1
[auth_info_0]
username={user}
userid={user}
passwd={password}
realm={realm}
domain={realm}
"""


class Linphone:
    """One running linphonec. It numbers its calls from 1."""

    def __init__(self, folder: Path, user: str, process: trio.Process) -> None:
        self.folder = folder
        self.user = user
        self.said = ""
        """Everything it has printed."""
        self._process = process
        self._seen = 0
        self._news = trio.Event()

    async def registered(self) -> None:
        """Wait until it is: it prints nothing, so it is asked."""
        with trio.fail_after(PATIENCE):
            while True:
                await self.type("status register")
                if await self._printed(r"(?<!\w)registered, identity", 0.2):
                    return

    async def dial(self, number: str) -> None:
        await self.type(f"call sip:{number}@porter")

    async def until_rung(self) -> str:
        """Wait for a call; the number it shows."""
        return (await self.until(r"incoming call from .*<sip:([^@>]*)@"))[1]

    async def accept(self) -> None:
        await self.type("answer")
        await self.until(r"Media streams established")

    async def hang_up(self) -> None:
        await self.type("terminate")

    async def press(self, digits: str) -> None:
        for digit in digits:
            await self.type(digit)

    async def hold(self, call: int = 1) -> None:
        await self.type(f"pause {call}")
        await self.until(rf"Call {call} .* is now paused")

    async def resume(self, call: int = 1) -> None:
        await self.type(f"resume {call}")
        await self.until(r"Media streams established")

    async def transfer(self, number: str, call: int = 1) -> None:
        await self.type(f"transfer {call} sip:{number}@porter")

    async def transfer_to_call(self, call: int, target: int) -> None:
        """Connect the peers of two of its calls."""
        await self.type(f"transfer {call} --to-call {target}")

    async def until_left(self, call: int = 1) -> None:
        await self.until(rf"Call {call} .* ended")

    async def until(self, pattern: str, seconds: float = PATIENCE) -> re.Match[str]:
        """The next place in what it prints that matches and was not yet awaited."""
        if found := await self._printed(pattern, seconds):
            return found
        raise AssertionError(f"{self.user}: no {pattern!r} within {seconds:.0f} s; it said:\n{self.said[-3000:]}")

    def heard(self) -> array[int]:
        """Everything it has heard; read past the header, which it writes only at the end."""
        path = self.folder / "heard.wav"
        data = path.read_bytes()[44:] if path.exists() else b""
        return array("h", data[: len(data) // 2 * 2])

    async def until_hears(self, frequency: float, seconds: float = PATIENCE) -> None:
        await poll(lambda: hears(self.heard(), frequency), f"{self.user} hearing {frequency} Hz", seconds)

    async def type(self, line: str) -> None:
        """Like a person, only after the prompt: linphonec 5.3 (Debian 13) forgets lines that come together."""
        assert self._process.stdin is not None
        prompts = self.said.count(_PROMPT)
        await self._process.stdin.send_all(line.encode() + b"\n")
        with trio.fail_after(PATIENCE):
            while self.said.count(_PROMPT) == prompts:
                self._news = trio.Event()
                await self._news.wait()

    async def listen(self) -> None:
        assert self._process.stdout is not None
        async for chunk in self._process.stdout:
            self.said += chunk.decode(errors="replace")
            self._news.set()

    async def _printed(self, pattern: str, seconds: float) -> re.Match[str] | None:
        with trio.move_on_after(seconds):
            while True:
                if found := re.compile(pattern).search(self.said, self._seen):
                    self._seen = found.end()
                    return found
                self._news = trio.Event()
                await self._news.wait()
        return None


@asynccontextmanager
async def linphone(
    folder: Path, user: str, password: str, edge_port: int, *, hums: float = 440.0, realm: str = "porter"
) -> AsyncIterator[Linphone]:
    """A phone that registers with the edge, says a tone of `hums` Hz and is ended with the context."""
    folder = folder / f"phone-{user}-linphone"
    (folder / ".local/share/linphone").mkdir(parents=True)
    sip_port, rtp_port = free_ports(2)
    config = _CONFIG.format(
        sip_port=sip_port, rtp_port=rtp_port // 2 * 2, user=user, password=password, edge_port=edge_port, realm=realm
    )
    (folder / "rc").write_text(config)
    hum = write_wav(folder / "hum.wav", tone(hums, 90))
    program = shutil.which("linphonec")
    assert program, "linphonec is missing: apt-get install linphone-cli"
    process = await trio.lowlevel.open_process(
        [program, "-c", str(folder / "rc")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "HOME": str(folder), "LC_ALL": "C"},
    )
    phone = Linphone(folder, user, process)
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(phone.listen)
            await phone.until(_PROMPT)
            await phone.type("soundcard use files")
            await phone.type(f"record {folder / 'heard.wav'}")
            await phone.type(f"play {hum}")
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
