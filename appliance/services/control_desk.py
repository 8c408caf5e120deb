"""The controller's side of its socket: requests carried out, snapshots and notices published."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, get_args

import msgspec
import trio

from appliance.calls.names import CallId
from appliance.config.models import Language
from appliance.control.caller_messages import CallerRequest
from appliance.control.controller_messages import (
    Applied,
    ApplyConfiguration,
    CodesShown,
    ExportConfiguration,
    Exported,
    GetStatus,
    HangUpCall,
    OfficeNow,
    OpenDoor,
    ShowCodes,
    StoryTold,
    SwitchHours,
    TellStory,
    UndoConfiguration,
)
from appliance.control.faults import RequestFailed
from appliance.control.learned_messages import ForgetLine
from appliance.control.line_messages import LineRequest
from appliance.control.mailbox_messages import MailboxRequest
from appliance.control.messages import Ask, Done, Fault
from appliance.control.notice_messages import AcknowledgeNotice
from appliance.control.prompt_messages import (
    HearPrompt,
    KeepPrompt,
    KeptRecording,
    ListPrompts,
    ListRecordings,
    RecordingsListed,
    RemovePrompt,
    RemoveRecording,
)
from appliance.control.self_call_messages import TestLines
from appliance.control.server import Asker, Publisher
from appliance.control.simulation_messages import (
    SimulateCall,
    SimulateKeys,
    SimulateLine,
    SimulatePress,
    SimulateSms,
    SimulateSound,
)
from appliance.control.sms_messages import SmsRequest
from appliance.control.team_messages import SwitchAgent
from appliance.office import Office
from appliance.prompts.library import PromptLibrary
from appliance.services.caller_desk import CallerDesk, LatestCalls
from appliance.services.code_card import code_card
from appliance.services.configuration_desk import ConfigurationDesk
from appliance.services.door_desk import DoorDesk
from appliance.services.hours_switch import switched
from appliance.services.learned_desk import forget_line
from appliance.services.line_desk import LineDesk
from appliance.services.mailbox_desk import MailboxDesk
from appliance.services.message_desk import MessageDesk
from appliance.services.notices import NoticeDesk
from appliance.services.prompt_desk import PromptDesk
from appliance.services.self_call import SelfCaller
from appliance.services.simulated_world import SimulatedWorld
from appliance.services.snapshot import Surroundings, office_now
from appliance.services.team_board import switch_agent

log = logging.getLogger(__name__)

QUIET_SECONDS = 0.1
"""Between two snapshots: a burst of changes is one for the eye."""

StoryTeller = Callable[[str, str], tuple[str, ...] | None]
"""The sentences of a recorded call by its id, in a language; None when there is no such call."""


class ControlDesk:
    """Handles requests, and publishes a snapshot whenever the surroundings say that something has changed."""

    def __init__(
        self,
        office: Office,
        around: Surroundings,
        configurations: ConfigurationDesk,
        world: SimulatedWorld,
        publisher: Publisher,
        tell_story: StoryTeller,
        latest_calls: LatestCalls,
        messages: MessageDesk,
        self_caller: SelfCaller,
        library: PromptLibrary,
        notices: NoticeDesk,
    ) -> None:
        self._office = office
        self._desks: dict[type[Any], Callable[[Any], Awaitable[msgspec.Struct]]] = {
            **dict.fromkeys(get_args(MailboxRequest), MailboxDesk(office).handle),
            **dict.fromkeys(get_args(CallerRequest), CallerDesk(office, configurations.change, latest_calls).handle),
            **dict.fromkeys(get_args(LineRequest), LineDesk(office, configurations.change).handle),
            **dict.fromkeys(get_args(SmsRequest), messages.handle),
            SwitchAgent: partial(switch_agent, office),
            TestLines: self_caller.handle,
        }
        """Who carries out what has a desk of its own, by the type of the request."""
        self._around = around
        self._configurations = configurations
        self._world = world
        self._prompts = PromptDesk(lambda: office.configuration, office.ports.prompts, office.ports.scratch, library)
        self._publisher = publisher
        self._tell_story = tell_story
        self._doors = DoorDesk(office, notices)

    async def publish(self) -> None:
        """Publish snapshots until cancelled."""
        while True:
            self._publisher.snapshot(self.now())
            await trio.sleep(QUIET_SECONDS)
            await self._around.next_change()

    def now(self) -> OfficeNow:
        return office_now(self._office, self._around)

    async def handle(self, request: Ask[Any], asker: Asker) -> msgspec.Struct:
        """Carry out a request; raises `PorterError` with the reason when it cannot be."""
        if (desk := self._desks.get(type(request))) is not None:
            return await desk(request)
        match request:
            case GetStatus():
                return self.now()
            case ApplyConfiguration() | ExportConfiguration() | UndoConfiguration():
                return await self._configure(request)
            case SwitchHours(name=name, to=to, until=until, by=by):
                now = self._office.ports.clock.wall()
                await self._configurations.change(partial(switched, to, name, until, now), by=by)
            case HangUpCall(call=call):
                self._hang_up(call)
            case OpenDoor() | AcknowledgeNotice():
                return await self._doors.handle(request, asker)
            case TellStory(call=call, language=language):
                return self._story(call, language)
            case ShowCodes(language=language):
                return self._codes(language)
            case ListRecordings() | RemoveRecording():
                return await self._recordings(request)
            case ListPrompts() | HearPrompt() | KeepPrompt() | RemovePrompt():
                return await self._prompts.handle(request)
            case ForgetLine():
                forget_line(self._office, request)
            case SimulateCall() | SimulateSms() | SimulateLine() | SimulateKeys() | SimulateSound() | SimulatePress():
                await self._world.make(request, self._office.configuration)
        return Done()

    async def _configure(
        self, request: ApplyConfiguration | ExportConfiguration | UndoConfiguration
    ) -> Applied | Exported:
        match request:
            case ApplyConfiguration(text=text, by=by, dry_run=dry_run, version=version):
                return await self._configurations.apply(text, by=by, dry_run=dry_run, version=version)
            case ExportConfiguration():
                return self._configurations.exported()
            case UndoConfiguration(by=by):
                return await self._configurations.undo(by=by)

    def _hang_up(self, id: str) -> None:
        call = self._office.calls.get(CallId(id))
        if call is None:
            raise RequestFailed(Fault("no_such_call", "That call is over already.", ""))
        call.end()

    async def _recordings(self, request: ListRecordings | RemoveRecording) -> RecordingsListed | Done:
        match request:
            case ListRecordings(most=most):
                found = await self._office.ports.recordings.recordings(most)
                listed = (msgspec.convert(msgspec.structs.asdict(one), KeptRecording) for one in found)
                return RecordingsListed(tuple(listed))
            case RemoveRecording(id=id, by=by):
                if not await self._office.ports.recordings.remove(id):
                    raise RequestFailed(Fault("no_such_recording", f"There is no recording {id}.", ""))
                log.info("recording %s was removed by %s", id, by)
        return Done()

    def _codes(self, language: str | None) -> CodesShown:
        configuration = self._office.configuration
        wanted = configuration.language if language is None else language
        return code_card(configuration, Language(wanted) if wanted in set(Language) else configuration.language)

    def _story(self, call: str, language: str) -> StoryTold:
        sentences = self._tell_story(call, language)
        if sentences is None:
            raise RequestFailed(Fault("no_such_call", f"There is no record of call {call}.", ""))
        return StoryTold(sentences)
