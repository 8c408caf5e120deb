"""Mailboxes and mail as the page and the command line ask for them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import Message
from pathlib import Path

import msgspec
import pytest

from appliance.calls.ports import VoiceMessage
from appliance.config.models import Mailbox, MailboxRules, MailServer
from appliance.control.faults import RequestFailed
from appliance.control.mailbox_messages import (
    BoxesListed,
    DeleteVoicemail,
    FetchVoicemail,
    ForwardVoicemail,
    KeepVoicemail,
    ListBoxes,
    ListVoicemail,
    MailboxRequest,
    RestoreVoicemail,
    SendTestMail,
    VoicemailListed,
    VoicemailSound,
)
from appliance.services.mailbox_desk import MailboxDesk
from appliance.services.smtp import MailFailed
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from tests.flows.offices import person, small_office

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


async def refusal(desk: MailboxDesk, request: MailboxRequest) -> str:
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


async def test_a_message_is_kept_forwarded_and_shown_with_how_full_the_box_is() -> None:
    async with office_with_a_team() as (desk, world):
        await desk.handle(KeepVoicemail(box="team", id="first", by="test"))
        await desk.handle(ForwardVoicemail(box="team", id="first", to="201", by="test"))
        (copy,) = await world.mailboxes.messages("201")
        assert (copy.heard, copy.forwarded_by) == (False, "team")
        await desk.handle(DeleteVoicemail(box="201", id=copy.id, by="test"))
        listed = await desk.handle(ListBoxes())
        assert isinstance(listed, BoxesListed)
        shown = {box.key: (box.name, box.new, box.old, box.deleted, box.used, box.is_full) for box in listed.boxes}
        assert list(shown) == ["201", "202", "203", "team"]
        assert shown["201"] == ("Anna", 0, 0, 1, 0.0, False) and shown["team"] == ("Team", 0, 1, 0, 0.01, False)


async def test_nothing_is_forwarded_to_nowhere_or_to_a_full_box() -> None:
    async with office_with_a_team() as (desk, world):
        full = person("Anna", "201", mailbox=MailboxRules(most_messages=1))
        office = world.office.configuration
        await world.office.follow(msgspec.structs.replace(office, extensions={**office.extensions, "201": full}))
        world.mailboxes.keep_soon(msgspec.structs.replace(FIRST, id="other", box="201"))
        for to, cause in (("201", "no room"), ("999", "no mailbox 999"), ("team", "cannot be forwarded")):
            assert cause in await refusal(desk, ForwardVoicemail(box="team", id="first", to=to, by="test"))
        assert "no message" in await refusal(desk, KeepVoicemail(box="201", id="first", by="test"))


async def test_a_message_is_heard_in_the_bin_too_and_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    async with office_with_a_team() as (desk, world):
        assert "cannot be read" in await refusal(desk, FetchVoicemail(box="team", id="first"))
        assert "cannot be read" in await refusal(desk, FetchVoicemail(box="team", id="nothing"))
        (tmp_path / "real.wav").write_bytes(b"RIFF")
        real = msgspec.structs.replace(FIRST, id="real", path=str(tmp_path / "real.wav"))
        world.mailboxes.keep_soon(real)
        await desk.handle(DeleteVoicemail(box="team", id="real", by="test"))
        assert await desk.handle(FetchVoicemail(box="team", id="real")) == VoicemailSound(b"RIFF")
        assert "cannot be read" in await refusal(desk, FetchVoicemail(box="201", id="real"))


async def test_a_test_mail_tells_what_the_server_has_against_it() -> None:
    async with office_with_a_team() as (desk, world):
        assert "sends no mail" in await refusal(desk, SendTestMail("anna@example.com"))
        server = MailServer(server="mail.example.com", sender="pbx@example.com")
        await world.office.follow(small_office(mail=server))
        await MailboxDesk(world.office, take).handle(SendTestMail("anna@example.com"))
        strict = MailboxDesk(world.office, refuse)
        assert "does not like" in await refusal(strict, SendTestMail("anna@example.com"))
