"""Voicemails on their way by mail: none is lost, and one that cannot go holds up no other."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from email.message import Message
from itertools import pairwise
from pathlib import Path

import pytest
import trio

from appliance.calls.ports import VoiceMessage
from appliance.config.models import AfterMail, Configuration, MailboxRules, MailServer
from appliance.services.mail_outbox import MailOutbox
from appliance.services.smtp import MailFailed
from appliance.services.voicemail_mail import Sound
from appliance.simulated.ports import MemoryMailboxes
from appliance.store.mails import QueuedMail
from tests.flows.offices import person, small_office

ANNA, BORIS = "anna@example.com", "boris@example.com"
NOT_THERE = MailFailed("The server cannot be reached.", "Is the internet there?")
GREYLISTED = MailFailed("Come back later.", "", is_only_this=True)
NO_SUCH_PERSON = MailFailed("There is no such person.", "Correct the address.", may_retry=False, is_only_this=True)


class MemoryMails:
    """A queue that remembers what became of each mail."""

    def __init__(self) -> None:
        self.queue: list[QueuedMail] = []
        self.gone: list[str] = []
        self.reasons: dict[str, str] = {}

    async def add(self, message_id: str, to: str) -> None:
        self.comes(message_id, to)

    def comes(self, id: str, to: str = ANNA, box: str = "201") -> VoiceMessage:
        message = VoiceMessage(id=id, box=box, path=f"{id}.wav", caller="+37129999999", seconds=3)
        self.queue.append(QueuedMail(to=to, message=message))
        return message

    async def waiting(self) -> Sequence[QueuedMail]:
        return list(self.queue)

    async def sent(self, message_id: str) -> None:
        self.queue = [mail for mail in self.queue if mail.message.id != message_id]
        self.gone.append(message_id)

    async def given_up(self, message_id: str, reason: str) -> None:
        self.queue = [mail for mail in self.queue if mail.message.id != message_id]
        self.reasons[message_id] = reason

    async def refused(self) -> Mapping[str, str]:
        return {}


class MoodyServer:
    """Takes mails, unless it has something against them.

    Attributes:
        fault: What it says to everybody.
        against: What it says to some receivers.
    """

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.tries: list[float] = []
        self.fault: Exception | None = None
        self.against: dict[str, MailFailed] = {}

    async def send(self, server: MailServer, mail: Message) -> None:
        await trio.sleep(0.1)
        self.tries.append(trio.current_time())
        if fault := self.fault or self.against.get(str(mail["To"])):
            raise fault
        self.taken.append(str(mail["To"]))


async def sound_of(path: Path) -> Sound:
    if path.name == "vanished.wav":
        raise FileNotFoundError(path)
    return Sound("mpeg", "mp3", b"sound")


def office(after: AfterMail = AfterMail.KEEP, *, mails: bool = True) -> Configuration:
    people = {"201": person("Anna", "201", email=ANNA, mailbox=MailboxRules(after_mail=after))}
    server = MailServer(server="mail.example.com", sender="pbx@example.com") if mails else None
    return small_office(extensions={**small_office().extensions, **people}, mail=server)


class World:
    """An outbox that runs, and all around it."""

    def __init__(self, configuration: Configuration) -> None:
        self.mails, self.server, self.mailboxes = MemoryMails(), MoodyServer(), MemoryMailboxes()
        self.configuration = configuration
        self.changes = 0
        self.outbox = MailOutbox(
            self.mails,
            self.mailboxes,
            lambda: self.configuration,
            self._changed,
            send=self.server.send,
            sound_of=sound_of,
        )

    def _changed(self) -> None:
        self.changes += 1

    def comes(self, id: str, to: str = ANNA, box: str = "201") -> None:
        self.mailboxes.keep_soon(self.mails.comes(id, to, box))
        self.outbox.box_changed()

    @property
    def troubles(self) -> list[str]:
        return [trouble.where for trouble in self.outbox.troubles]


@asynccontextmanager
async def running(configuration: Configuration | None = None) -> AsyncIterator[World]:
    world = World(configuration or office())
    async with trio.open_nursery() as nursery:
        nursery.start_soon(world.outbox.run)
        await trio.sleep(1)
        yield world
        nursery.cancel_scope.cancel()


async def test_a_message_goes_out_at_once_and_only_once() -> None:
    async with running() as world:
        world.comes("one")
        await trio.sleep(1)
        assert world.server.taken == [ANNA] and world.mails.gone == ["one"]
        await trio.sleep(80_000)
        assert len(world.server.tries) == 1 and not world.mailboxes.kept["one"].heard


@pytest.mark.parametrize("after", AfterMail)
async def test_after_the_mail_the_box_does_with_the_message_what_its_owner_wants(after: AfterMail) -> None:
    async with running(office(after)) as world:
        world.comes("one")
        await trio.sleep(1)
        heard = [message.heard for message in await world.mailboxes.messages("201")]
        assert heard == {AfterMail.KEEP: [False], AfterMail.HEARD: [True], AfterMail.DELETE: []}[after]


async def test_without_the_internet_everything_waits_with_growing_pauses_and_the_owner_is_told() -> None:
    async with running() as world:
        world.server.fault = NOT_THERE
        world.comes("one")
        world.comes("two", BORIS, "202")
        await trio.sleep(20_000)
        pauses = [round(after - before) for before, after in pairwise(world.server.tries)]
        assert pauses[:6] == [30, 120, 600, 1800, 3600, 3600]
        assert world.troubles == ["mail"] and world.changes == 1
        world.server.fault = None
        await trio.sleep(3600)
        assert world.server.taken == [ANNA, BORIS] and world.troubles == []


async def test_another_message_does_not_knock_at_a_closed_door_but_a_new_configuration_does() -> None:
    async with running() as world:
        world.server.fault = NOT_THERE
        world.comes("one")
        await trio.sleep(200)
        tries = len(world.server.tries)
        world.comes("two")
        await trio.sleep(10)
        assert len(world.server.tries) == tries
        world.server.fault = None
        await world.outbox.follow(world.configuration)
        await trio.sleep(1)
        assert world.mails.gone == ["one", "two"]


async def test_an_address_that_does_not_exist_is_given_up_and_told_until_a_mail_to_it_goes_out() -> None:
    async with running() as world:
        world.server.against[ANNA] = NO_SUCH_PERSON
        world.comes("one")
        world.comes("two", BORIS, "202")
        await trio.sleep(10)
        assert world.mails.reasons == {"one": str(NO_SUCH_PERSON)} and world.server.taken == [BORIS]
        assert world.troubles == [f"mail to {ANNA}"] and "one" in world.mailboxes.kept
        world.server.against.clear()
        world.comes("three")
        await trio.sleep(10)
        assert world.troubles == []


async def test_a_receiver_who_is_put_off_holds_up_nobody_else() -> None:
    async with running() as world:
        world.server.against[ANNA] = GREYLISTED
        world.comes("one")
        world.comes("two", BORIS, "202")
        await trio.sleep(1)
        assert world.server.taken == [BORIS]
        world.server.against.clear()
        await trio.sleep(60)
        assert world.server.taken == [BORIS, ANNA]


async def test_a_recording_that_is_gone_is_given_up() -> None:
    async with running() as world:
        world.comes("vanished")
        world.comes("one")
        await trio.sleep(1)
        assert set(world.mails.reasons) == {"vanished"} and world.mails.gone == ["one"]


async def test_an_office_without_a_mail_server_keeps_its_mail_until_it_has_one() -> None:
    async with running(office(mails=False)) as world:
        world.comes("one")
        await trio.sleep(10_000)
        assert not world.server.tries and world.troubles == []
        world.configuration = office()
        await world.outbox.follow(world.configuration)
        await trio.sleep(1)
        assert world.mails.gone == ["one"]


async def test_a_box_that_is_no_more_still_sends_what_it_was_left() -> None:
    async with running() as world:
        world.comes("one", box="999")
        await trio.sleep(1)
        assert world.mails.gone == ["one"]


async def test_a_message_that_a_crash_had_cut_is_sent_to_who_wants_mail() -> None:
    async with running() as world:
        cut = [VoiceMessage(id=f"cut{box}", box=box, path="cut.wav", caller="") for box in ("201", "202", "999")]
        await world.outbox.send_too(cut)
        await trio.sleep(1)
        assert world.mails.gone == ["cut201"] and world.server.taken == [ANNA]
