"""Mailboxes and mail as the page and the command line ask for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import Message

import pytest

from appliance.calls.ports import VoiceMessage
from appliance.config.models import Mailbox, MailServer
from appliance.control.faults import RequestFailed
from appliance.control.mailbox_messages import (
    DeleteVoicemail,
    ListVoicemail,
    RestoreVoicemail,
    SendTestMail,
    VoicemailListed,
)
from appliance.services.mailbox_desk import MailboxDesk
from appliance.services.smtp import MailFailed
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.offices import small_office

FIRST = VoiceMessage(id="first", box="team", path="first.wav", caller="+37129999999", seconds=9)


async def refuse(server: MailServer, mail: Message) -> None:
    raise MailFailed(f"{server.server} does not like {mail['To']}.", "Ask the provider.")


async def take(server: MailServer, mail: Message) -> None:
    assert (mail["From"], mail["To"]) == (server.sender, "anna@example.com")


@asynccontextmanager
async def office_with_a_team() -> AsyncIterator[tuple[MailboxDesk, SimulatedOffice]]:
    office = small_office(mailboxes={"team": Mailbox(name="Team", number="619", members=("201", "202"))})
    async with open_simulated_office(office) as world:
        world.mailboxes.keep_soon(FIRST)
        yield MailboxDesk(world.office), world


async def ids(desk: MailboxDesk, box: str = "team", *, deleted: bool = False) -> list[str]:
    listed = await desk.handle(ListVoicemail(box=box, deleted=deleted))
    assert isinstance(listed, VoicemailListed)
    return [message.id for message in listed.messages]


async def refusal(desk: MailboxDesk, request: DeleteVoicemail | RestoreVoicemail | ListVoicemail | SendTestMail) -> str:
    with pytest.raises(RequestFailed) as failed:
        await desk.handle(request)
    return failed.value.fault.cause


async def test_a_deleted_message_is_in_the_bin_until_it_is_brought_back() -> None:
    async with office_with_a_team() as (desk, _):
        assert await ids(desk) == ["first"]
        await desk.handle(DeleteVoicemail(box="team", id="first", by="test"))
        assert (await ids(desk), await ids(desk, deleted=True)) == ([], ["first"])
        await desk.handle(RestoreVoicemail(box="team", id="first", by="test"))
        assert (await ids(desk), await ids(desk, deleted=True)) == (["first"], [])


async def test_a_message_is_only_moved_in_its_own_box() -> None:
    async with office_with_a_team() as (desk, _):
        assert "no message first" in await refusal(desk, DeleteVoicemail(box="201", id="first", by="test"))
        assert "no message first" in await refusal(desk, RestoreVoicemail(box="team", id="first", by="test"))
        assert "no mailbox 999" in await refusal(desk, ListVoicemail(box="999"))
        assert await ids(desk) == ["first"]


async def test_a_test_mail_tells_what_the_server_has_against_it() -> None:
    async with office_with_a_team() as (desk, world):
        assert "sends no mail" in await refusal(desk, SendTestMail("anna@example.com"))
        server = MailServer(server="mail.example.com", sender="pbx@example.com")
        await world.office.follow(small_office(mail=server))
        await MailboxDesk(world.office, take).handle(SendTestMail("anna@example.com"))
        strict = MailboxDesk(world.office, refuse)
        assert "does not like" in await refusal(strict, SendTestMail("anna@example.com"))
