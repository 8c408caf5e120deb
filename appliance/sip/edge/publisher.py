"""Sends PUBLISH to the edge over loopback UDP, from the one port it trusts for that.

One exchange at a time: an answer takes a millisecond, and while the edge is away nothing else could be said either.
"""

import itertools
import logging
import re
import socket
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import trio

from .publishing import EXPIRES_SECONDS, EtagKeeper, Event, Publication, WatchedDialog, dialog_info, message_summary
from .settings import LOOPBACK, EdgeSettings

log = logging.getLogger(__name__)

_REFRESH_SECONDS = 2.0
"""How soon a restart of the edge is noticed, and what was published said again."""
_RESEND_SECONDS = (0.1, 0.4, 1.0)
"""Loopback loses nothing but what a starting or overloaded edge does not read."""


class Publisher:
    """Tells the edge how lamps stand. The setters return at once; what they say reaches phones within milliseconds."""

    def __init__(self, settings: EdgeSettings, mailbox_number: str = "*97") -> None:
        self._settings = settings
        self._mailbox = f"sip:{mailbox_number}@{settings.realm}"
        self._keeper = EtagKeeper()
        self._news = trio.Event()
        self._numbers = itertools.count(1)
        self._run = f"{time.time_ns():x}"

    def set_mailbox(self, user: str, *, new: int, old: int) -> None:
        """How many messages wait for an account; its phones light the lamp while `new` is not 0."""
        self._want(Event.MESSAGE_SUMMARY, user, message_summary(account=self._mailbox, new=new, old=old))

    def set_dialogs(self, user: str, dialogs: Iterable[WatchedDialog]) -> None:
        """All calls of an extension; none means idle."""
        self._want(Event.DIALOG, user, dialog_info(self._entity(user), dialogs))

    async def run(self) -> None:
        """Publish until cancelled."""
        near = (LOOPBACK, self._settings.publisher_port)
        with trio.socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            await sock.bind(near)
            await sock.connect((LOOPBACK, self._settings.sip_port))
            while True:
                publication = self._keeper.next() or await self._wait_for_news()
                if publication is not None:
                    await self._say(sock, publication)

    def _want(self, event: Event, user: str, body: str) -> None:
        self._keeper.want(event, self._entity(user), body)
        self._news.set()

    def _entity(self, user: str) -> str:
        return f"sip:{user}@{self._settings.realm}"

    async def _wait_for_news(self) -> Publication | None:
        self._news = trio.Event()
        with trio.move_on_after(_REFRESH_SECONDS):
            await self._news.wait()
            return self._keeper.next()
        return self._keeper.refresh()

    async def _say(self, sock: trio.socket.SocketType, publication: Publication) -> None:
        number = next(self._numbers)
        call_id = f"{self._run}-{number}"
        packet = publish_request(publication, self._settings, call_id)
        for patience in _RESEND_SECONDS:
            with trio.move_on_after(patience):
                try:
                    await sock.send(packet)
                    status, etag = await _final_reply(sock, call_id)
                except OSError:
                    await trio.sleep_forever()  # nobody is at the port: the edge is being started
                self._keeper.answered(publication, status, etag)
                if status // 100 == 2 or status == 412:
                    return
                log.warning("lamps: the edge answered %d to %s of %s", status, publication.event, publication.entity)
                await trio.sleep(_REFRESH_SECONDS)
                return
        log.warning("lamps: the edge does not answer, %s of %s waits", publication.event, publication.entity)


@asynccontextmanager
async def publisher(settings: EdgeSettings) -> AsyncIterator[Publisher]:
    """A publisher that runs while the block lasts."""
    running = Publisher(settings)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(running.run)
        yield running
        nursery.cancel_scope.cancel()


def publish_request(publication: Publication, settings: EdgeSettings, call_id: str) -> bytes:
    """The PUBLISH (RFC 3903) as it goes over UDP; its Call-ID also makes its branch and tag."""
    body = (publication.body or "").encode()
    near = f"{LOOPBACK}:{settings.publisher_port}"
    lines = [
        f"PUBLISH {publication.entity} SIP/2.0",
        f"Via: SIP/2.0/UDP {near};branch=z9hG4bK{call_id}",
        f"From: <{publication.entity}>;tag={call_id}",
        f"To: <{publication.entity}>",
        f"Call-ID: {call_id}",
        "CSeq: 1 PUBLISH",
        "Max-Forwards: 1",
        f"Event: {publication.event}",
        f"Expires: {EXPIRES_SECONDS}",
        *([f"SIP-If-Match: {publication.etag}"] if publication.etag else []),
        *([f"Content-Type: {publication.content_type}"] if body else []),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def _final_reply(sock: trio.socket.SocketType, call_id: str) -> tuple[int, str | None]:
    """Status and entity tag of the final reply to this request; whatever else arrives is passed over."""
    while True:
        text = (await sock.recv(8192)).decode("utf-8", "replace")
        status = re.match(r"SIP/2\.0 ([2-6]\d\d) ", text)
        if status and re.search(rf"(?im)^Call-ID:\s*{re.escape(call_id)}\s*$", text):
            etag = re.search(r"(?im)^SIP-ETag:\s*(\S+)\s*$", text)
            return int(status[1]), etag[1] if etag else None
