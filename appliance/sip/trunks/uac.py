"""Sends the REGISTER and OPTIONS of lines to the edge over loopback UDP, from the one port it trusts for that; the edge
carries them to the operator and repeats them there."""

from __future__ import annotations

import logging
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import trio

from appliance.calls.trunks import Refused, Registered, Target, Trunk
from appliance.sip.edge.settings import LOOPBACK, EdgeSettings
from appliance.sip.trunks.registering import Answer, Asking, Here

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 7.0
"""The edge says itself after 4 s that nobody answers; longer silence is its own."""


class LinesUac:
    """Many questions at once; each waits for its own answer."""

    def __init__(self, settings: EdgeSettings) -> None:
        self._settings = settings
        self._socket: trio.socket.SocketType | None = None
        self._waiting: dict[tuple[str, int], tuple[trio.Event, list[Answer]]] = {}

    async def register(self, trunk: Trunk, target: Target, seconds: int) -> Registered | Refused:
        return await self._ask(trunk, target, seconds)

    async def ask(self, trunk: Trunk, target: Target) -> Refused | None:
        """None: something was answered, whatever it was."""
        heard = await self._ask(trunk, target, None)
        return heard if isinstance(heard, Refused) and heard.status in (408, 477) else None

    async def run(self) -> None:
        """Carry answers until cancelled."""
        with trio.socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            await sock.bind((LOOPBACK, self._settings.lines_port))
            await sock.connect((LOOPBACK, self._settings.sip_port))
            self._socket = sock
            try:
                while True:
                    try:
                        self._hear(await sock.recv(65_535))
                    except OSError as error:
                        log.debug("the edge does not take what lines ask: %s", error)
            finally:
                self._socket = None

    async def _ask(self, trunk: Trunk, target: Target, seconds: int | None) -> Registered | Refused:
        here = Here(
            contact=f"{target.ours}:{self._settings.sip_port}",
            via=f"{LOOPBACK}:{self._settings.lines_port}",
        )
        asking = Asking(trunk, target, here, seconds, _fresh)
        while True:
            answer = await self._exchange(asking)
            if (heard := asking.hear(answer)) is not None:
                return heard

    async def _exchange(self, asking: Asking) -> Answer:
        packet = asking.request()
        key = asking.call_id, asking.cseq
        answered, answers = self._waiting[key] = trio.Event(), []
        try:
            with trio.move_on_after(PATIENCE_SECONDS):
                if self._socket is not None:
                    await self._socket.send(packet)
                await answered.wait()
        except OSError:
            log.debug("the edge is not there")
        finally:
            del self._waiting[key]
        return answers[0] if answers else Answer(408, "")

    def _hear(self, packet: bytes) -> None:
        text = packet.decode("utf-8", "replace")
        words = text.split(" ", 2)
        call_id = _value(text, "Call-ID")
        number = _value(text, "CSeq").partition(" ")[0]
        if words[0] != "SIP/2.0" or len(words) < 3 or not words[1].isdigit() or not number.isdigit():
            return
        status = int(words[1])
        if status >= 200 and (waiting := self._waiting.get((call_id, int(number)))) is not None:
            waiting[1].append(Answer(status, text))
            waiting[0].set()


@asynccontextmanager
async def lines_uac(settings: EdgeSettings) -> AsyncIterator[LinesUac]:
    """One that runs while the block lasts."""
    running = LinesUac(settings)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(running.run)
        yield running
        nursery.cancel_scope.cancel()


def _value(text: str, name: str) -> str:
    for line in text.split("\r\n"):
        given, colon, value = line.partition(":")
        if colon and given.strip().lower() == name.lower():
            return value.strip()
    return ""


def _fresh() -> str:
    return secrets.token_hex(8)
