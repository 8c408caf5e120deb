"""The call controller of one office, wired from the settings to the first call. It starts in this order: settings and
store, PJSIP and the bridge, office, lines, door, control socket; it stops in reverse."""

from __future__ import annotations

import argparse
import faulthandler
import gc
import logging
import random
import secrets
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import trio

from appliance.calls.home import Ports
from appliance.calls.ports import Line, ReceivedSms
from appliance.config.models import Configuration, DtmfMode, Language, NoticeKind, account_of_line
from appliance.config.operators import rules_of
from appliance.config.sip_lines import sip_lines
from appliance.control.controller_messages import CONTROLLER, ConfigurationChanged, DoorRang, SmsCame, SmsSent, Trouble
from appliance.control.door_alarms import DoorAlarm, DoorAlarmEnded
from appliance.control.door_messages import DoorStatus
from appliance.control.server import Publisher as Announcer
from appliance.control.server import Roles, serve
from appliance.door.port import DoorProcessPort
from appliance.errors import PorterError
from appliance.house_clock import HouseClock
from appliance.house_network import HouseNetwork
from appliance.journal import set_up_logging
from appliance.lines.house_lines import HouseLines
from appliance.office import Office, open_office
from appliance.office_layout import DEFAULT_BASE_PORT, OfficeLayout
from appliance.prompts.library import PromptLibrary
from appliance.prompts.shelf import FolderShelf
from appliance.routing.stations import station_accounts
from appliance.services.configuration_desk import ConfigurationDesk
from appliance.services.control_desk import ControlDesk
from appliance.services.diversion_board import keep_diversions_shown
from appliance.services.door_sms import let_in_by_sms
from appliance.services.edge_watch import BoxLamps, EdgeWatch
from appliance.services.hours_board import keep_hours_shown
from appliance.services.http_services import HttpServices
from appliance.services.inbox import SmsInbox
from appliance.services.mail_outbox import MailOutbox
from appliance.services.message_desk import MessageDesk
from appliance.services.money_guard import MoneyGuard, ask_sim
from appliance.services.notices import NoticeDesk, SmsNotices
from appliance.services.outbox import SmsOutbox
from appliance.services.pocketsphinx import PocketSphinx
from appliance.services.retention import forget_old_messages, forget_old_recordings
from appliance.services.self_call import SelfCaller
from appliance.services.simulated_world import SimulatedWorld
from appliance.services.sms_commands import answer_sms
from appliance.services.snapshot import Surroundings, office_now
from appliance.services.story import names_of, sentences
from appliance.services.story_keeper import keep_stories
from appliance.sip.edge.operators import KnownOperators
from appliance.sip.edge.publisher import publisher
from appliance.sip.edge.rpc import EdgeRpc
from appliance.sip.edge.settings import EdgeSettings
from appliance.sip.endpoint import EndpointSettings, sip_endpoint
from appliance.sip.legs import SipSwitch
from appliance.sip.sound import bridge_sound
from appliance.sip.trunks.link import SipTrunks
from appliance.sip.trunks.uac import lines_uac
from appliance.sip.wires import PacketRelay, Wires
from appliance.stations.buttons import DoorStations
from appliance.stations.cards import DoorCards
from appliance.stations.relays import StationRelays
from appliance.store.house_store import HouseStore, open_store
from appliance.supervised import Supervisor
from hardware.modem.pdu_encode import parts_of

log = logging.getLogger(__name__)

CLOSING_SECONDS = 5.0
"""How long an orderly end may take before systemd would end us less orderly."""


async def run_controller(layout: OfficeLayout, *, media_address: str, trust_clock: bool) -> None:
    """Run the controller of an office until it is cancelled.

    Args:
        media_address: Our address on the phones' network, as it stands in SDP.
        trust_clock: Believe the wall clock although nothing vouches for it.

    Raises PorterError when the office cannot start, with the cause and the next step.
    """
    layout.make_folders()
    supervisor = Supervisor()
    clock = HouseClock(trusted=trust_clock)
    around = Surroundings()
    announcer = Announcer()
    edge_settings = edge_settings_of(layout)
    edge = EdgeRpc(edge_settings.rpc_socket)
    wires = Wires(PacketRelay())
    shelf = FolderShelf(layout.prompts_folder)
    library = PromptLibrary(layout.prompts_cache, own=shelf)
    lines: dict[str, Line] = {}
    async with (
        open_store(layout, clock.wall) as store,
        publisher(edge_settings) as lamps,
        lines_uac(edge_settings) as uac,
        sip_endpoint(endpoint_settings_of(layout, media_address)) as endpoint,
        bridge_sound(wires, library, folder=layout.prompts_cache / "tones") as sound,
        trio.open_nursery() as nursery,
    ):
        configuration, around.version = store.configuration, store.version
        clock.use_zone(configuration.timezone)
        around.notices = [
            Trouble(where="store", cause=str(repair), next_step=repair.next_step) for repair in store.repairs
        ]
        await end_dialogs_of_the_last_run(edge)
        switch = SipSwitch(endpoint, edge, wires)
        cards = DoorCards(layout.room_folder, around.changed)
        stations = DoorStations(sound, cards)
        outbox = SmsOutbox(
            store.messages, lines, parts_of, lambda line, to, text: announcer.notice(SmsSent(line, to, text))
        )
        operators = KnownOperators(edge)
        notices = NoticeDesk(
            lambda: office.configuration,
            {"sms": SmsNotices(outbox)},
            store.notices,
            clock,
            new_id,
            around.changed,
        )
        around.look_at_notices = notices.on_page
        doors = DoorProcessPort(
            layout.door_socket,
            pressed=stations.button_pressed,
            told=partial(hear_door, around, notices),
            trust_clock=trust_clock,
        )
        relays = StationRelays(doors, switch.send_info_digits)
        pocketsphinx = PocketSphinx()
        ports = Ports(
            clock=clock,
            network=HouseNetwork(),
            switch=switch,
            sound=sound,
            records=store.records,
            mailboxes=store.mailboxes,
            recordings=store.recordings,
            scratch=store.scratch,
            prompts=shelf,
            acquaintances=store.acquaintances,
            outbox=outbox,
            doors=relays,
            web_services=HttpServices(),
            appointments=store.appointments,
            recognisers={"pocketsphinx": pocketsphinx},
            agents=store.agents,
            wrong_pins=store.wrong_pins,
            promises=store.promises,
            tolls=store.tolls,
            lines=lines,
        )
        async with open_office(configuration, ports, new_id, random.Random()) as office:
            office.on_change = around.changed
            office.on_ring = lambda door: announcer.notice(DoorRang(door))
            relays.open(office)

            async def follow_keys(changed: Configuration) -> None:
                switch.inband.accounts = inband_accounts(changed)
                switch.inband.only_heard = frozenset(station_accounts(changed))

            office.inbox = SmsInbox(
                store.messages,
                obey=partial(obey_sms, office, outbox, announcer, around),
                reported=outbox.look_again,
            )
            house_lines = HouseLines(
                *(layout, lines, office, sound, SipTrunks(switch, uac, operators, edge)),
                on_change=around.changed,
                on_ready=outbox.line_came_up,
                on_time=clock.network_said,
            )
            switch.line_changed = house_lines.calls_changed
            watch = EdgeWatch(edge_settings, edge, around)
            lamps_of_boxes = BoxLamps(lamps, office, around)
            mails = MailOutbox(store.mails, store.mailboxes, lambda: office.configuration, around.changed)
            self_caller = SelfCaller(office, around.changed)
            money = MoneyGuard(office, partial(ask_sim, lines), around.changed)
            around.balance_of = money.balance_of
            around.look_for_more = partial(troubles_of, store, library, mails, pocketsphinx, cards, self_caller, money)

            def box_changed(box: str, new: int, old: int) -> None:
                lamps_of_boxes.changed(box, new, old)
                mails.box_changed()

            store.mailboxes.on_change = box_changed
            await mails.send_too(store.mailboxes.found)
            configurations = ConfigurationDesk(
                configuration,
                around.version,
                store,
                [
                    *(doors.apply, watch.follow, house_lines.follow, cards.follow, clock.follow),
                    *(office.follow, follow_keys, lamps_of_boxes.follow, mails.follow),
                ],
                changed=partial(tell_of_configuration, around, announcer),
            )
            office.take_settings = configurations.change
            around.self_call = lambda: self_caller.last
            desk = ControlDesk(
                office,
                around,
                configurations,
                SimulatedWorld(layout, doors),
                announcer,
                partial(stored_story, store, office),
                partial(trio.to_thread.run_sync, store.reader.latest_from_outside),
                MessageDesk(office, store.messages, outbox),
                self_caller,
                library,
                notices,
            )
            await follow_keys(configuration)
            await watch.follow(configuration)
            await house_lines.follow(configuration)
            await cards.follow(configuration)
            lookers = (
                watch.run,
                operators.run,
                house_lines.run,
                cards.run,
                notices.run,
                outbox.run,
                mails.run,
                self_caller.run,
                money.run,
                desk.publish,
            )
            for task in lookers:
                nursery.start_soon(task)
            nursery.start_soon(keep_diversions_shown, office, around.changed)
            nursery.start_soon(keep_hours_shown, office, around.hours, around.changed)
            nursery.start_soon(keep_stories, office, store.records)
            library.on_change = around.changed
            nursery.start_soon(library.look_after, languages_of(configuration))
            nursery.start_soon(forget_old_messages, office, store.mailboxes)
            nursery.start_soon(forget_old_recordings, office, store.recordings.forget_before)
            await nursery.start(doors.run)
            await follow_door(doors, configuration)
            lamps_of_boxes.light_all(await store.mailboxes.counts())
            await nursery.start(
                partial(
                    serve,
                    layout.controller_socket,
                    CONTROLLER,
                    handler=desk.handle,
                    roles=Roles({"web": "porter-web", "command": None}),
                    publisher=announcer,
                )
            )
            switch.open(office)
            stations.open(office)
            supervisor.ready("calls are taken")
            try:
                await supervisor.keep_alive()
            finally:
                supervisor.stopping()
                office.close()
                with trio.CancelScope(shield=True, deadline=trio.current_time() + CLOSING_SECONDS):
                    await switch.close()
                nursery.cancel_scope.cancel()


async def end_dialogs_of_the_last_run(edge: EdgeRpc) -> None:
    """Phones that still hold a dialog of a controller that died are told it is over."""
    try:
        if ended := await edge.end_dialogs():
            log.warning("%d dialogs of an earlier run were ended", ended)
    except PorterError as error:
        log.warning("The edge was not asked to end old dialogs: %s", error)


async def follow_door(doors: DoorProcessPort, configuration: Configuration) -> None:
    """Tell the door process its doors; a refusal is shown, and the office goes on."""
    try:
        await doors.apply(configuration)
    except PorterError as error:
        log.error("The doors are not as configured: %s", error)


def troubles_of(
    store: HouseStore,
    library: PromptLibrary,
    mails: MailOutbox,
    speech: PocketSphinx,
    cards: DoorCards,
    self_caller: SelfCaller,
    money: MoneyGuard,
) -> Iterator[Trouble]:
    """What the store, the prompts, the mail, speech recognition and others would tell if somebody asked."""
    if speech.fault:
        yield Trouble(where="speech", cause=speech.fault, next_step="")
    if store.trouble:
        yield Trouble(where="store", cause=store.trouble, next_step="")
    for fault in library.faults:
        yield Trouble(where="prompts", cause=fault, next_step="")
    for door, silence in cards.faults.items():
        yield Trouble(where=f"door {door}", cause=silence.cause, next_step=silence.next_step or "")
    yield from mails.troubles
    yield from self_caller.troubles
    yield from money.troubles


def hear_door(around: Surroundings, notices: NoticeDesk, told: object) -> None:
    """What the door process tells goes to whoever watches, and what it is alarmed about to whoever wants to know."""
    match told:
        case DoorStatus(ledger_ok=ok, ledger_fault=fault):
            around.door_status = told
            around.door_fault = None if ok else Trouble(where="door", cause=fault, next_step="")
        case DoorAlarm(door=door, kind=kind, person=person):
            notices.happened(NoticeKind(kind), door=door, person=person or "")
        case DoorAlarmEnded(door=door, kind=kind):
            notices.ended(NoticeKind(kind), door=door)
    around.changed()


def tell_of_configuration(around: Surroundings, announcer: Announcer, version: int, by: str) -> None:
    """Observers learn of a new configuration."""
    around.version = version
    announcer.notice(ConfigurationChanged(version, by))
    around.changed()


async def obey_sms(
    office: Office, outbox: SmsOutbox, announcer: Announcer, around: Surroundings, sms: ReceivedSms
) -> None:
    """Show a message that came in; obey it when it is a command."""
    announcer.notice(SmsCame(sms.line, sms.sender, sms.text))
    if await let_in_by_sms(office, sms, office.ports.clock.wall()):
        return
    await answer_sms(
        office.configuration,
        outbox,
        partial(office_now, office, around),
        office.change_settings,
        line=sms.line,
        sender=sms.sender,
        text=sms.text,
        sent_at=sms.sent_at,
        now=office.ports.clock.wall(),
    )


def stored_story(store: HouseStore, office: Office, call: str, language: str) -> tuple[str, ...] | None:
    """The sentences of a recorded call, or of one that goes on."""
    live = office.calls.get(call)  # type: ignore[call-overload]  # ids are plain texts outside
    record = live.to_record() if live is not None else store.reader.call(call)
    if record is None:
        return None
    facts = [told.fact for told in record.story]
    return tuple(sentences(facts, Language(language), names_of(office.configuration)))


def edge_settings_of(layout: OfficeLayout) -> EdgeSettings:
    """The edge's side as the controller has to know it."""
    return EdgeSettings(
        folder=layout.edge_folder,
        sip_port=layout.sip_port,
        engine_port=layout.engine_port,
        publisher_port=layout.publisher_port,
    )


def endpoint_settings_of(layout: OfficeLayout, media_address: str) -> EndpointSettings:
    """PJSIP's side."""
    return EndpointSettings(
        sip_port=layout.engine_port,
        edge_port=layout.sip_port,
        media_address=media_address,
        rtp_port=layout.rtp_ports.start,
        rtp_ports=len(layout.rtp_ports),
    )


def inband_accounts(configuration: Configuration) -> frozenset[str]:
    """SIP users of the phones, and of the lines, whose keys are tones in the sound."""
    phones = (phone for extension in configuration.extensions.values() for phone in extension.phones.items())
    lines = (
        account_of_line(name)
        for name, line in sip_lines(configuration).items()
        if rules_of(line).dtmf is DtmfMode.INBAND
    )
    return frozenset((*(account for account, phone in phones if phone.dtmf == "inband"), *lines))


def languages_of(configuration: Configuration) -> list[Language]:
    """Languages somebody may hear, the office's own first."""
    people = [extension.language for extension in configuration.extensions.values()]
    callers = [contact.language for contact in configuration.contacts.values()]
    chosen = [language for menu in configuration.menus.values() for language in menu.languages.values()]
    spoken = [configuration.language, *(language for language in (*people, *callers, *chosen) if language is not None)]
    return list(dict.fromkeys(spoken))


def new_id() -> str:
    """Ids of calls and legs: unique over restarts, short enough to read aloud."""
    return secrets.token_hex(5)


def main() -> None:
    """Entry point of `porter-controller`."""
    parser = argparse.ArgumentParser(prog="porter-controller", description="The call controller of one office.")
    parser.add_argument("--folder", type=Path, required=True, help="the office's folder")
    parser.add_argument("--base-port", type=int, default=DEFAULT_BASE_PORT, help="SIP port; others follow from it")
    parser.add_argument("--media-address", default="127.0.0.1", help="our address on the phones' network")
    parser.add_argument("--trust-clock", action="store_true", help="believe the clock though nothing vouches for it")
    arguments = parser.parse_args()
    set_up_logging("controller")
    # A crash below Python is the one thing that leaves no log line of its own.
    faulthandler.enable()
    layout = OfficeLayout(arguments.folder.absolute(), arguments.base_port)
    # The call path makes few cycles; collecting rarely keeps pauses out of it.
    gc.set_threshold(50_000, 20, 50)
    try:
        trio.run(
            partial(
                _until_signalled,
                partial(
                    run_controller, layout, media_address=arguments.media_address, trust_clock=arguments.trust_clock
                ),
            )
        )
    except* PorterError as failed:
        for error in _leaves(failed):
            print(f"porter-controller: {error}", file=sys.stderr)
        sys.exit(1)


async def _until_signalled(run: Callable[[], object]) -> None:
    with trio.open_signal_receiver(signal.SIGTERM, signal.SIGINT) as signals:
        async with trio.open_nursery() as nursery:

            async def live() -> None:
                await run()  # type: ignore[misc]  # a partial of a coroutine function
                nursery.cancel_scope.cancel()

            nursery.start_soon(live)
            async for _ in signals:
                nursery.cancel_scope.cancel()
                return


def _leaves(group: BaseExceptionGroup[PorterError]) -> list[PorterError]:
    found: list[PorterError] = []
    for error in group.exceptions:
        found += _leaves(error) if isinstance(error, BaseExceptionGroup) else [error]
    return found


if __name__ == "__main__":
    main()
