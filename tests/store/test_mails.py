"""The queue of voicemails to be sent by mail: kept with the message, so that no crash comes between the two."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.calls.ports import VoiceMessage
from appliance.store.mailboxes import StoredMailboxes
from appliance.store.mails import StoredMails
from appliance.store.wav import header
from appliance.store.writer import Writer

ANNA = "anna@example.com"


def write_silence(path: str) -> None:
    Path(path).write_bytes(header(32_000) + bytes(32_000))


def lose(path: str) -> None:
    Path(path).unlink()


class Store:
    """Mailboxes and the queue over one database."""

    def __init__(self, folder: Path, writer: Writer) -> None:
        ids = iter(f"{number:012x}" for number in range(1000))
        self.mailboxes = StoredMailboxes(writer, folder / "voicemail", lambda: next(ids))
        self.mails = StoredMails(writer, folder / "voicemail")

    async def comes(self, *, to: str = ANNA) -> VoiceMessage:
        path = await self.mailboxes.new_recording("201")
        write_silence(path)
        message = VoiceMessage(id=Path(path).stem, box="201", path=path, caller="", seconds=2, mail_to=to)
        await self.mailboxes.keep(message)
        return message

    async def waiting(self) -> list[str]:
        return [mail.message.id for mail in await self.mails.waiting()]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Writer(tmp_path / "records.sqlite") as writer:
        yield Store(tmp_path, writer)


async def test_a_message_is_queued_when_it_is_kept_and_leaves_when_it_is_sent(store: Store) -> None:
    first, second = await store.comes(), await store.comes()
    await store.comes(to="")
    (mail, _) = await store.mails.waiting()
    assert (mail.to, mail.message.id, mail.message.path) == (ANNA, first.id, first.path)
    await store.mails.sent(first.id)
    assert await store.waiting() == [second.id]


async def test_keeping_a_message_twice_queues_it_once(store: Store) -> None:
    message = await store.comes()
    await store.mails.sent(message.id)
    await store.mailboxes.keep(message)
    assert await store.waiting() == []


async def test_what_waits_is_there_after_a_restart(tmp_path: Path) -> None:
    with Writer(tmp_path / "records.sqlite") as writer:
        message = await Store(tmp_path, writer).comes()
    with Writer(tmp_path / "records.sqlite") as writer:
        assert await Store(tmp_path, writer).waiting() == [message.id]


async def test_an_address_is_refused_until_a_mail_to_it_is_sent(store: Store) -> None:
    await store.mails.given_up((await store.comes()).id, "no such person")
    await store.mails.given_up((await store.comes(to="boris@example.com")).id, "no such person either")
    await store.mails.sent((await store.comes()).id)
    assert await store.mails.refused() == {"boris@example.com": "no such person either"}


async def test_what_was_removed_from_its_box_is_not_sent(store: Store) -> None:
    message = await store.comes()
    lose(message.path)
    again = StoredMailboxes(store.mailboxes._writer, Path(message.path).parents[1], lambda: "x")
    assert list(await again.messages("201")) == [] and await store.waiting() == []


async def test_a_recording_that_a_crash_cut_is_found_and_can_be_queued(store: Store) -> None:
    path = await store.mailboxes.new_recording("201")
    write_silence(path)
    again = StoredMailboxes(store.mailboxes._writer, Path(path).parents[1], lambda: "x")
    (found,) = again.found
    for _ in range(2):
        await store.mails.add(found.id, ANNA)
    assert await store.waiting() == [Path(path).stem]
