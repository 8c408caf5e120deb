"""Mailboxes and mail as the page and the command line ask for them."""

from __future__ import annotations

import logging
from email.mime.text import MIMEText

import msgspec

from appliance.calls.ports import VoiceMessage
from appliance.control.faults import RequestFailed
from appliance.control.mailbox_messages import (
    DeleteVoicemail,
    KeptVoicemail,
    ListVoicemail,
    RestoreVoicemail,
    SendTestMail,
    VoicemailListed,
)
from appliance.control.messages import Done, Fault
from appliance.office import Office
from appliance.routing.boxes import box_of
from appliance.services.mail_outbox import Send
from appliance.services.smtp import MailFailed, send_mail

log = logging.getLogger(__name__)

MailboxRequest = ListVoicemail | DeleteVoicemail | RestoreVoicemail | SendTestMail


class MailboxDesk:
    """Carries out what is asked of the mailboxes of an office."""

    def __init__(self, office: Office, send: Send = send_mail) -> None:
        self._office = office
        self._send = send

    async def handle(self, request: MailboxRequest) -> Done | VoicemailListed:
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
            case SendTestMail(to=to):
                await self._test(to)
        return Done()

    async def _messages(self, box: str, deleted: bool) -> dict[str, VoiceMessage]:
        if box_of(self._office.configuration, box) is None:
            raise RequestFailed(Fault("no_such_box", f"There is no mailbox {box}.", ""))
        found = await self._office.ports.mailboxes.messages(box, deleted=deleted)
        return {message.id: message for message in found}

    async def _must_be_there(self, box: str, id: str, *, deleted: bool) -> None:
        if id not in await self._messages(box, deleted):
            where = "the bin of mailbox" if deleted else "mailbox"
            raise RequestFailed(Fault("no_such_message", f"There is no message {id} in {where} {box}.", ""))

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
