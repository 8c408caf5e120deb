"""Mailboxes and mail as the page and the command line ask for them."""

from __future__ import annotations

import logging
from email.mime.text import MIMEText

import msgspec
import trio

from appliance.calls.ports import VoiceMessage
from appliance.control.faults import RequestFailed
from appliance.control.mailbox_messages import (
    BoxesListed,
    DeleteVoicemail,
    FetchVoicemail,
    ForwardVoicemail,
    KeepVoicemail,
    KeptVoicemail,
    ListBoxes,
    ListVoicemail,
    MailboxRequest,
    MailboxResult,
    RestoreVoicemail,
    SendTestMail,
    ShownBox,
    VoicemailListed,
    VoicemailSound,
)
from appliance.control.messages import Done, Fault
from appliance.office import Office
from appliance.routing.box_room import room_seconds, used_share
from appliance.routing.boxes import Box, all_boxes, box_of
from appliance.services.mail_outbox import Send
from appliance.services.smtp import MailFailed, send_mail

log = logging.getLogger(__name__)


class MailboxDesk:
    """Carries out what is asked of the mailboxes of an office."""

    def __init__(self, office: Office, send: Send = send_mail) -> None:
        self._office = office
        self._send = send

    async def handle(self, request: MailboxRequest) -> Done | MailboxResult:
        """Raises `RequestFailed` with the reason when it cannot be carried out."""
        match request:
            case ListVoicemail(box=box, deleted=deleted):
                found = await self._messages(box, deleted)
                return VoicemailListed(tuple(_shown(message) for message in found.values()))
            case DeleteVoicemail(box=box, id=id, by=by):
                await self._must_be_there(box, id, deleted=False)
                await self._office.ports.mailboxes.delete(id)
                log.info("voicemail %s of box %s was deleted by %s", id, box, by)
            case RestoreVoicemail(box=box, id=id, by=by):
                await self._must_be_there(box, id, deleted=True)
                await self._office.ports.mailboxes.restore(id)
                log.info("voicemail %s of box %s was restored by %s", id, box, by)
            case KeepVoicemail(box=box, id=id):
                await self._must_be_there(box, id, deleted=False)
                await self._office.ports.mailboxes.mark_heard(id)
            case ForwardVoicemail():
                await self._forward(request)
            case FetchVoicemail(box=box, id=id):
                return await self._sound(box, id)
            case ListBoxes():
                return BoxesListed(tuple([await self._box(box) for box in all_boxes(self._office.configuration)]))
            case SendTestMail(to=to):
                await self._test(to)
        return Done()

    async def _messages(self, box: str, deleted: bool) -> dict[str, VoiceMessage]:
        if box_of(self._office.configuration, box) is None:
            raise RequestFailed(Fault("no_such_box", f"There is no mailbox {box}.", ""))
        found = await self._office.ports.mailboxes.messages(box, deleted=deleted)
        return {message.id: message for message in found}

    async def _must_be_there(self, box: str, id: str, *, deleted: bool) -> VoiceMessage:
        found = (await self._messages(box, deleted)).get(id)
        if found is None:
            where = "the bin of mailbox" if deleted else "mailbox"
            raise RequestFailed(Fault("no_such_message", f"There is no message {id} in {where} {box}.", ""))
        return found

    async def _forward(self, request: ForwardVoicemail) -> None:
        configuration, mailboxes = self._office.configuration, self._office.ports.mailboxes
        message = await self._must_be_there(request.box, request.id, deleted=False)
        there = await self._messages(request.to, deleted=False)
        box = box_of(configuration, request.to)
        if box is None or request.to == request.box:
            raise RequestFailed(Fault("no_such_box", f"It cannot be forwarded to mailbox {request.to}.", ""))
        if room_seconds(box.rules, list(there.values())) < message.seconds:
            cause = f"The mailbox of {box.name} has no room for it."
            raise RequestFailed(Fault("box_full", cause, "Delete messages there first."))
        mail_to = box.email or "" if configuration.mail is not None else ""
        await mailboxes.forward(message.id, box.key, by=request.box, mail_to=mail_to)
        log.info("voicemail %s of box %s was forwarded to %s by %s", message.id, request.box, box.key, request.by)

    async def _sound(self, box: str, id: str) -> VoicemailSound:
        messages = {**await self._messages(box, deleted=False), **await self._messages(box, deleted=True)}
        try:
            return VoicemailSound(await trio.Path(messages[id].path).read_bytes())
        except (KeyError, OSError) as error:
            cause = f"The message {id} cannot be read."
            raise RequestFailed(Fault("no_such_message", cause, "It may have been removed meanwhile.")) from error

    async def _box(self, box: Box) -> ShownBox:
        messages = list((await self._messages(box.key, deleted=False)).values())
        new = sum(not message.heard for message in messages)
        return ShownBox(
            key=box.key,
            name=box.name,
            new=new,
            old=len(messages) - new,
            deleted=len(await self._messages(box.key, deleted=True)),
            used=used_share(box.rules, messages),
            is_full=not room_seconds(box.rules, messages),
            pin_rests_seconds=self._office.places.wrong_pins.locked_seconds(f"voicemail:{box.key}"),
        )

    async def _test(self, to: str) -> None:
        configuration = self._office.configuration
        if configuration.mail is None:
            cause = "This office sends no mail."
            raise RequestFailed(Fault("no_mail", cause, "Name a mail server under `mail` in the configuration."))
        mail = MIMEText(f"{configuration.name}\n", "plain", "utf-8")
        mail["Subject"], mail["From"], mail["To"] = "Porter", configuration.mail.sender, to
        try:
            await self._send(configuration.mail, mail)
        except MailFailed as failed:
            raise RequestFailed(Fault("mail_failed", failed.cause, failed.next_step or "")) from failed


def _shown(message: VoiceMessage) -> KeptVoicemail:
    return msgspec.convert(msgspec.structs.asdict(message), KeptVoicemail)
