"""Sending voicemails by mail: from the durable queue, again and again until the server takes them.

At least once: a mail whose server fell silent while it was being sent is sent again. Without the internet everything
waits; the mailboxes themselves do not depend on any of this.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from email.errors import MessageError
from email.message import Message
from pathlib import Path
from typing import Protocol

import trio

from appliance.calls.ports import Mailboxes, VoiceMessage
from appliance.config.models import AfterMail, Configuration, MailServer
from appliance.control.controller_messages import Trouble
from appliance.errors import PorterError
from appliance.routing.boxes import Box, box_of
from appliance.services.mp3 import as_mp3
from appliance.services.smtp import MailFailed, send_mail
from appliance.services.voicemail_mail import Sound, voicemail_mail
from appliance.store.mails import QueuedMail

log = logging.getLogger(__name__)

RETRY_SECONDS = (30.0, 120.0, 600.0, 1800.0, 3600.0)
"""Between tries; the last one again and again."""

Send = Callable[[MailServer, Message], Awaitable[None]]
"""Hands a mail over; raises `MailFailed`."""

SoundOf = Callable[[Path], Awaitable[Sound]]
"""A recording as it is attached; raises OSError when it cannot be read."""


class MailQueue(Protocol):
    """The durable queue behind the outbox, see `StoredMails`."""

    async def add(self, message_id: str, to: str) -> None: ...
    async def waiting(self) -> Sequence[QueuedMail]: ...
    async def sent(self, message_id: str) -> None: ...
    async def given_up(self, message_id: str, reason: str) -> None: ...
    async def refused(self) -> Mapping[str, str]: ...


class MailOutbox:
    """Sends what the queue holds. `run` is a task of its own.

    Args:
        configuration: The one in force.
        on_change: Called when the troubles are others.
    """

    def __init__(
        self,
        queue: MailQueue,
        mailboxes: Mailboxes,
        configuration: Callable[[], Configuration],
        on_change: Callable[[], None],
        send: Send = send_mail,
        sound_of: SoundOf = as_mp3,
    ) -> None:
        self._queue = queue
        self._mailboxes = mailboxes
        self._configuration = configuration
        self._on_change = on_change
        self._send = send
        self._sound_of = sound_of
        self._news = trio.Event()
        self._fault: MailFailed | None = None
        """Why the server takes nothing at present."""
        self._refused: dict[str, str] = {}
        self._failures = 0

    @property
    def troubles(self) -> Iterator[Trouble]:
        """What a person should see to: a server that takes nothing, and addresses whose last mail was given up."""
        if self._fault is not None:
            yield Trouble(where="mail", cause=self._fault.cause, next_step=self._fault.next_step or "")
        for address, reason in self._refused.items():
            yield Trouble(where=f"mail to {address}", cause=reason, next_step="The messages are in the mailbox.")

    def box_changed(self) -> None:
        """A message may have come; quick, and safe in callbacks. While the server takes nothing, its pause holds."""
        if self._failures == 0:
            self._news.set()

    async def follow(self, configuration: Configuration) -> None:
        """Another server or password may do."""
        self._failures = 0
        self._news.set()

    async def send_too(self, messages: Iterable[VoiceMessage]) -> None:
        """Queue messages that are in their boxes already, such as those a crash had cut."""
        configuration = self._configuration()
        for message in messages if configuration.mail is not None else ():
            box = box_of(configuration, message.box)
            if box is not None and box.email is not None:
                try:
                    await self._queue.add(message.id, box.email)
                except PorterError as error:
                    log.error("voicemail %s is not queued for mail: %s", message.id, error)
        self.box_changed()

    async def run(self) -> None:
        """Send what waits, until cancelled."""
        try:
            self._refused = dict(await self._queue.refused())
        except PorterError as error:
            log.warning("which mails were given up cannot be read: %s", error)
        while True:
            self._news = trio.Event()
            pause = await self._send_waiting()
            with trio.move_on_after(pause):
                await self._news.wait()

    async def _send_waiting(self) -> float:
        """Try all that waits; the seconds until the next try."""
        server = self._configuration().mail
        if server is None:
            self._note(None)
            return math.inf
        held_up: MailFailed | None = None
        try:
            waiting = await self._queue.waiting()
            for one in waiting:
                try:
                    await self._send_one(server, one)
                except MailFailed as failed:
                    held_up = failed
                    if not failed.is_only_this:  # the next would fail just so, and many tries lock an account
                        break
        except PorterError as error:
            log.error("the queue of mails cannot be read or written: %s", error)
            return self._pause()
        self._note(held_up)
        if held_up is not None:
            return self._pause()
        self._failures = 0
        return 0.0 if waiting else math.inf

    async def _send_one(self, server: MailServer, waiting: QueuedMail) -> None:
        """Send one; raises `MailFailed` when it is to be tried again later."""
        message = waiting.message
        box = box_of(self._configuration(), message.box)
        try:
            mail = await self._written(server, waiting, box)
            await self._send(server, mail)
        except MailFailed as failed:
            if failed.may_retry:
                raise
            await self._give_up(waiting, str(failed))
            return
        except (OSError, MessageError, ValueError) as error:
            await self._give_up(waiting, f"The message cannot be sent: {error}.")
            return
        await self._queue.sent(message.id)
        log.info("voicemail %s of box %s went out by mail", message.id, message.box)
        if self._refused.pop(waiting.to, None) is not None:
            self._on_change()
        match box.rules.after_mail if box is not None else AfterMail.KEEP:
            case AfterMail.HEARD:
                await self._mailboxes.mark_heard(message.id)
            case AfterMail.DELETE:
                await self._mailboxes.delete(message.id)

    async def _written(self, server: MailServer, waiting: QueuedMail, box: Box | None) -> Message:
        configuration, message = self._configuration(), waiting.message
        by = configuration.extensions.get(message.forwarded_by)
        return voicemail_mail(
            message,
            await self._sound_of(Path(message.path)),
            to=waiting.to,
            sender=server.sender,
            office=configuration.name,
            box=box.name if box is not None else message.box,
            language=box.language if box is not None else configuration.language,
            by=by.name if by is not None else message.forwarded_by,
        )

    async def _give_up(self, waiting: QueuedMail, reason: str) -> None:
        log.error("voicemail %s: the mail is given up: %s", waiting.message.id, reason)
        await self._queue.given_up(waiting.message.id, reason)
        self._refused[waiting.to] = reason
        self._on_change()

    def _pause(self) -> float:
        self._failures += 1
        return RETRY_SECONDS[min(self._failures, len(RETRY_SECONDS)) - 1]

    def _note(self, fault: MailFailed | None) -> None:
        if str(fault) != str(self._fault):
            if fault is not None:
                log.warning("mail waits: %s", fault)
            self._fault = fault
            self._on_change()
