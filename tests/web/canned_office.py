"""A real control server, in a thread of its own, that says what a test lets it say."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import trio

from appliance.config.differences import differences
from appliance.config.loading import export, parse
from appliance.config.mistakes import ConfigurationInvalid
from appliance.config.models import Configuration, Extension, Language, Phone
from appliance.control.controller_messages import (
    CONTROLLER,
    Applied,
    ApplyConfiguration,
    DoorAnswered,
    ExportConfiguration,
    Exported,
    GetStatus,
    HangUpCall,
    LiveCall,
    LiveDoor,
    LiveHours,
    LiveLeg,
    LiveLine,
    LivePhone,
    Mailbox,
    OfficeNow,
    PhoneState,
    ShowCodes,
    StoryTold,
    TellStory,
    UndoConfiguration,
)
from appliance.control.faults import RequestFailed
from appliance.control.messages import Ask, Detail, Done, Fault
from appliance.control.prompt_messages import HearPrompt, KeepPrompt, ListPrompts, RemovePrompt
from appliance.control.server import Asker, Publisher, Roles, serve
from appliance.prompts.library import PromptLibrary
from appliance.prompts.shelf import FolderShelf
from appliance.services.code_card import code_card
from appliance.services.prompt_desk import PromptDesk

PASSWORD = "violet tractor seven moons"
PHONE_PASSWORD = "s3cret-of-the-desk-phone"

CONFIGURATION = Configuration(
    name="Kalna iela 5",
    default_desk="extension:201",
    extensions={"201": Extension(name="Anna", phones={"201": Phone(password=PHONE_PASSWORD)})},
)


def an_office(**changes: Any) -> OfficeNow:
    """A quiet, simulated office with a line and a door."""
    office = OfficeNow(
        name="Kalna iela 5",
        language="en",
        version=1,
        at=monotonic(),
        clock="2026-11-24T10:00:00+02:00",
        calls=(),
        lines=(
            LiveLine(
                name="gsm1",
                kind="gsm",
                state="ready",
                reason="",
                signal=4,
                operator="LMT",
                number="+37160000000",
                simulated=True,
            ),
        ),
        doors=(
            LiveDoor(
                name="front",
                title="Front door",
                unlocked=False,
                seconds_left=0.0,
                lockout_seconds=0.0,
                simulated=True,
            ),
        ),
        phones=(
            a_phone("201", "Anna", registered=True),
            a_phone("202", "Boris", registered=True),
            a_phone("203", "Dace", registered=True),
            a_phone("204", "Emīls", registered=False),
        ),
        mailboxes=(Mailbox(box="201", new=2, old=5),),
        parked={},
        hours=(some_hours(),),
        edge_ok=True,
        troubles=(),
        simulated=True,
    )
    return msgspec.structs.replace(office, **changes)


def some_hours(**changes: Any) -> LiveHours:
    """Open by the week."""
    hours = LiveHours(
        name="office", is_open=True, why="week", cause="", until=None, changes_at="2026-11-24T18:00+02:00"
    )
    return msgspec.structs.replace(hours, **changes)


def a_phone(number: str, person: str, *, registered: bool) -> LivePhone:
    return LivePhone(
        extension=number,
        person=person,
        account=number,
        registered=registered,
        address="sip:201@127.0.0.1:5070" if registered else "",
        transport="udp" if registered else "",
        user_agent="Yealink SIP-T31P 124.86.0.40" if registered else "",
    )


def a_leg(id: str, number: str, name: str = "", **changes: Any) -> LiveLeg:
    leg = LiveLeg(
        id=id,
        number=number,
        name=name,
        kind="extension",
        line=None,
        state=PhoneState.RINGING,
        is_principal=False,
    )
    return msgspec.structs.replace(leg, **changes)


def a_ringing_call(id: str = "c1", caller: str = "+37120000009") -> LiveCall:
    """A mobile rings at three desks."""
    return LiveCall(
        id=id,
        caller=caller,
        caller_name="",
        called="+37160000000",
        step="ring_group",
        began=monotonic() - 7,
        talking_since=None,
        legs=(
            a_leg(f"{id}.1", caller, kind="outside", line="gsm1", is_principal=True),
            a_leg(f"{id}.2", "201", "Anna"),
            a_leg(f"{id}.3", "202", "Boris"),
            a_leg(f"{id}.4", "203", "Dace"),
        ),
    )


def a_conversation(id: str = "c2") -> LiveCall:
    """Two desks talk."""
    return LiveCall(
        id=id,
        caller="202",
        caller_name="Boris",
        called="203",
        step="talk",
        began=monotonic() - 140,
        talking_since=monotonic() - 133,
        legs=(
            a_leg(f"{id}.1", "202", "Boris", is_principal=True, state=PhoneState.TALKING),
            a_leg(f"{id}.2", "203", "Dace", state=PhoneState.TALKING),
        ),
    )


class ScratchFiles:
    """The `Scratch` port, in a folder."""

    def __init__(self, folder: Path) -> None:
        self._paths = (str(folder / f"{number}.wav") for number in count())

    async def new_recording(self) -> str:
        await trio.lowlevel.checkpoint()
        return next(self._paths)

    def discard_soon(self, path: str) -> None:
        Path(path).unlink(missing_ok=True)


def prompt_desk(folder: Path, configuration: Callable[[], Configuration]) -> PromptDesk:
    """Real prompts, which are spoken, converted and kept."""
    (folder / "scratch").mkdir(parents=True)
    shelf = FolderShelf(folder / "own")
    return PromptDesk(configuration, shelf, ScratchFiles(folder / "scratch"), PromptLibrary(folder / "c", own=shelf))


class CannedOffice:
    """What the test says is so, and what it was asked."""

    def __init__(self, socket: Path) -> None:
        self.socket = socket
        self.asked: list[Ask[Any]] = []
        self.refusal: Fault | None = None
        """Of every request."""
        self.refusals: dict[str, Fault] = {}
        """Of some requests, by their tags."""
        self.lists: dict[str, msgspec.Struct] = {"open_door": DoorAnswered(True, "")}
        """What is answered to requests, by their tags."""
        self.configuration = CONFIGURATION
        self.prompts = prompt_desk(socket.parent / "prompts", lambda: self.configuration)
        self.office = an_office()
        self._publisher = Publisher()
        self._token: trio.lowlevel.TrioToken | None = None
        self._ready = threading.Event()
        self._scope: trio.CancelScope | None = None

    def show(self, **changes: Any) -> None:
        """Publish a snapshot with something changed."""
        self.office = msgspec.structs.replace(self.office, at=monotonic(), **changes)
        self._do(lambda: self._publisher.snapshot(self.office))

    def tell(self, notice: msgspec.Struct) -> None:
        """Publish a notice."""
        self._do(lambda: self._publisher.notice(notice))

    @contextmanager
    def running(self) -> Iterator[CannedOffice]:
        """Serve the socket; may be entered again, as a controller that was restarted."""
        self._ready.clear()
        thread = threading.Thread(target=trio.run, args=(self._serve,), name="canned office")
        thread.start()
        try:
            assert self._ready.wait(10)
            yield self
        finally:
            scope = self._scope
            assert scope is not None
            self._do(scope.cancel)
            thread.join(10)

    def _do(self, job: Any) -> None:
        assert self._token is not None
        self._token.run_sync_soon(job)

    async def _serve(self) -> None:
        self._publisher = Publisher()
        self._publisher.snapshot(self.office)
        self._token = trio.lowlevel.current_trio_token()
        async with trio.open_nursery() as nursery:
            self._scope = nursery.cancel_scope
            await nursery.start(
                partial(
                    serve,
                    self.socket,
                    CONTROLLER,
                    handler=self._answer,
                    roles=Roles({"web": None}),
                    publisher=self._publisher,
                )
            )
            self._ready.set()

    async def _answer(self, request: Ask[Any], asker: Asker) -> msgspec.Struct:
        self.asked.append(request)
        if self.refusal is not None:
            raise RequestFailed(self.refusal)
        tag = str(request.__struct_config__.tag)
        if tag in self.refusals:
            raise RequestFailed(self.refusals[tag])
        if tag in self.lists:
            return self.lists[tag]
        match request:
            case GetStatus():
                return self.office
            case ExportConfiguration():
                return Exported(export(self.configuration), self.office.version)
            case ApplyConfiguration(version=version) if version not in (None, self.office.version):
                raise RequestFailed(Fault("changed_meanwhile", "Somebody was quicker."))
            case ApplyConfiguration(text=text, dry_run=dry_run):
                return self._apply(text, dry_run)
            case UndoConfiguration():
                return Applied(self.office.version + 1, ("name",), False)
            case ListPrompts() | HearPrompt() | KeepPrompt() | RemovePrompt():
                return await self.prompts.handle(request)
            case ShowCodes(language=language):
                return code_card(CONFIGURATION, Language(language or "en"))
            case TellStory(call=call):
                return StoryTold((f"Call {call} came in.", "Anna did not answer for 20 seconds."))
            case HangUpCall(call=call) if call not in {live.id for live in self.office.calls}:
                raise RequestFailed(Fault("no_such_call", "That call is over already."))
        return Done()

    def _apply(self, text: str, dry_run: bool) -> Applied:
        try:
            wanted = parse(text)
        except ConfigurationInvalid as invalid:
            details = tuple(Detail(f"{m.path} (line {m.line})", m.cause) for m in invalid.mistakes)
            raise RequestFailed(Fault("configuration_invalid", "There are mistakes.", "", details)) from invalid
        changes = differences(self.configuration, wanted)
        if not dry_run:
            self.configuration = wanted
        return Applied(self.office.version + 1, changes, dry_run)
