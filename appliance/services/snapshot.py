"""The office as observers see it: one immutable value, taken whenever something has changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import trio

from appliance.calls.call import Call
from appliance.calls.leg import Leg
from appliance.calls.notices import Notice
from appliance.calls.ports import Line
from appliance.config.models import Configuration
from appliance.control.controller_messages import (
    LiveBalance,
    LiveCall,
    LiveDoor,
    LiveLeg,
    LiveLine,
    LivePhone,
    Mailbox,
    OfficeNow,
    PhoneState,
    Trouble,
)
from appliance.control.door_messages import DoorState, DoorStatus
from appliance.control.notice_messages import LiveNotice
from appliance.control.self_call_messages import LinesTested
from appliance.office import Office
from appliance.routing.diversion import before_ringing
from appliance.routing.public_holidays import has_none
from appliance.routing.stations import station_account
from appliance.services.diversion_board import live_diversions
from appliance.services.hours_board import HoursBoard
from appliance.services.learned_desk import learned_now
from appliance.services.limit_alarms import limit_alarms
from appliance.services.mailbox_alarms import mailbox_alarms
from appliance.services.modem_now import modem_now, trouble_of_line
from appliance.services.team_board import live_agents, live_queues
from appliance.sip.edge.questions import Registration

SIMULATED = "simulated"


class Surroundings:
    """What the snapshot needs besides the office itself; whoever learns of a change writes it here."""

    def __init__(self) -> None:
        self._news = trio.Event()
        self.version = 0
        self.registrations: Sequence[Registration] = ()
        self.edge_fault: Trouble | None = None
        self.refused_phones: Sequence[Trouble] = ()
        """Phones with a wrong password."""
        self.door_status: DoorStatus | None = None
        self.door_fault: Trouble | None = None
        self.hours = HoursBoard()
        self.mailboxes: dict[str, tuple[int, int]] = {}
        """Box to its new and old messages."""
        self.look_at_notices: Callable[[], Iterable[Notice]] = tuple
        """What happened at doors, as far as the page shows it."""
        self.balance_of: Callable[[str], LiveBalance | None] = lambda line: None
        """What the SIM of a line has left."""
        self.self_call: Callable[[], LinesTested | None] = lambda: None
        """What came of the last self-call."""
        self.look_for_more: Callable[[], Iterable[Trouble]] = tuple
        """Troubles of the parts that tell nobody by themselves, such as a full disk."""
        self.notices: list[Trouble] = []
        """What happened at the start, such as a broken file that was set aside."""

    def changed(self) -> None:
        """Something an observer could see is different now; quick, and safe in callbacks."""
        self._news.set()

    async def next_change(self) -> None:
        """Wait for what changed since the last time this returned."""
        await self._news.wait()
        self._news = trio.Event()


def office_now(office: Office, around: Surroundings) -> OfficeNow:
    """Take a snapshot."""
    configuration, clock = office.configuration, office.ports.clock
    wall = clock.wall()
    shift = time.monotonic() - clock.monotonic()  # Trio counts from a moment of its own
    return OfficeNow(
        name=configuration.name,
        language=configuration.language,
        version=around.version,
        at=time.monotonic(),
        clock=None if wall is None else wall.isoformat(timespec="seconds"),
        calls=tuple(_call(call, shift) for call in office.calls.values()),
        self_call=around.self_call(),
        lines=tuple(_lines(configuration, office.ports.lines, around)),
        doors=tuple(_doors(configuration, around)),
        phones=tuple(_phones(configuration, around.registrations, office.ports.clock.wall())),
        mailboxes=tuple(Mailbox(box=box, new=new, old=old) for box, (new, old) in sorted(around.mailboxes.items())),
        parked={slot: call.id for slot, call in office.places.parked.items()},
        agents=tuple(live_agents(office, shift)),
        hours=around.hours.now(configuration, wall),
        queues=tuple(live_queues(office, shift)),
        notices=tuple(_notice(configuration, notice) for notice in around.look_at_notices()),
        edge_ok=around.edge_fault is None,
        troubles=tuple(_troubles(office, around)),
        simulated=any(line.simulated for line in configuration.lines.values())
        or any(door.pins == SIMULATED for door in configuration.doors.values()),
    )


def _call(call: Call, shift: float) -> LiveCall:
    began = call.began + shift
    return LiveCall(
        id=call.id,
        caller=call.caller.number,
        caller_name=call.caller.name,
        called=call.called,
        step=call.step_name,
        began=began,
        talking_since=None if call.answered_at is None else began + call.answered_at,
        legs=tuple(_leg(call, leg) for leg in sorted(call.legs, key=lambda leg: (leg is not call.principal, leg.id))),
    )


def _leg(call: Call, leg: Leg) -> LiveLeg:
    return LiveLeg(
        id=leg.id,
        number=leg.party.number,
        name=leg.party.name,
        kind=leg.party.kind,
        line=leg.party.line,
        state=_state(leg),
        is_principal=leg is call.principal,
    )


def _state(leg: Leg) -> PhoneState:
    if leg.holds:
        return PhoneState.HOLDING
    return PhoneState.TALKING if leg.is_answered else PhoneState.RINGING


def _lines(configuration: Configuration, lines: Mapping[str, Line], around: Surroundings) -> list[LiveLine]:
    found = []
    for name, settings in configuration.lines.items():
        status = lines[name].status if name in lines else None
        found.append(
            LiveLine(
                name=name,
                kind=str(settings.__struct_config__.tag),
                state="starting" if status is None else status.state,
                reason="" if status is None else status.reason,
                signal=None if status is None else status.signal,
                operator="" if status is None else status.operator,
                number=(status.number if status is not None else "") or settings.number or "",
                simulated=settings.simulated,
                balance=around.balance_of(name),
                learned=learned_now(status),
                **modem_now(settings, status),
            )
        )
    return found


def _doors(configuration: Configuration, around: Surroundings) -> list[LiveDoor]:
    status = around.door_status
    states = {state.name: state for state in status.doors} if status is not None else {}
    registered = {registration.user for registration in around.registrations}
    found = []
    for name, door in configuration.doors.items():
        account = station_account(name, door)
        state = states.get(name) or DoorState(name=name, pins=door.pins, unlocked=False, wished_unlocked=False)
        found.append(
            LiveDoor(
                name=name,
                title=door.name,
                unlocked=state.unlocked,
                seconds_left=state.seconds_left,
                lockout_seconds=state.lockout_seconds,
                simulated=door.pins == SIMULATED,
                station_registered=None if account is None else account in registered,
                is_known=name in states and not state.fault,
                is_open=state.is_open,
                blocked_seconds=state.blocked_seconds,
            )
        )
    return found


def _notice(configuration: Configuration, notice: Notice) -> LiveNotice:
    door = configuration.doors.get(notice.door)
    return LiveNotice(
        id=notice.id,
        kind=notice.kind,
        door=door.name if door is not None else notice.door,
        person=notice.person,
        at=None if notice.at is None else notice.at.isoformat(timespec="seconds"),
        last_at=None if notice.last_at is None else notice.last_at.isoformat(timespec="seconds"),
        count=notice.count,
        is_over=notice.is_over,
        acknowledged_by=notice.acknowledged_by,
    )


def _phones(
    configuration: Configuration, registrations: Sequence[Registration], now: datetime | None
) -> list[LivePhone]:
    found = []
    for number, extension in configuration.extensions.items():
        held = before_ringing(configuration, extension, now)
        diversions = tuple(live_diversions(configuration, extension, now))
        for account in extension.phones:
            bound = [registration for registration in registrations if registration.user == account]
            for registration in bound or (None,):
                found.append(
                    LivePhone(
                        extension=number,
                        person=extension.name,
                        account=account,
                        registered=registration is not None,
                        address="" if registration is None else registration.contact,
                        transport="" if registration is None else registration.transport,
                        user_agent="" if registration is None else registration.user_agent,
                        do_not_disturb=extension.do_not_disturb,
                        diversions=diversions,
                        diverted_to="" if held is None else held.to.partition(":")[2] or held.to,
                    )
                )
    return found


def _troubles(office: Office, around: Surroundings) -> list[Trouble]:
    troubles = [fault for fault in (around.edge_fault, around.door_fault) if fault is not None]
    troubles += [
        trouble_of_line(name, line.status)
        for name, line in office.ports.lines.items()
        if line.status.state == "offline"
    ]
    troubles += _absent_stations(office.configuration, around)
    troubles += _without_holidays(office.configuration, office.ports.clock.wall())
    troubles += limit_alarms(office)
    troubles += mailbox_alarms(office, around.mailboxes)
    return [*troubles, *around.refused_phones, *around.look_for_more(), *around.notices]


def _absent_stations(configuration: Configuration, around: Surroundings) -> Iterator[Trouble]:
    """SIP stations that are not registered: nobody can ring there."""
    if around.edge_fault is not None:
        return
    for door in _doors(configuration, around):
        if door.station_registered is False:
            yield Trouble(
                where=f"door {door.name}",
                cause=f"The door station of {door.title} is not registered, so nobody can ring there.",
                next_step="Look whether it has power and network, and the account and password of the configuration.",
            )


def _without_holidays(configuration: Configuration, now: datetime | None) -> Iterator[Trouble]:
    """Hours that should close on public holidays, of which none are known."""
    for name, hours in configuration.opening_hours.items():
        if now is not None and hours.holidays is not None and has_none(hours.holidays, now.year):
            yield Trouble(
                where=f"hours {name}",
                cause=f"No public holidays of {hours.holidays} are known for {now.year}.",
                next_step="Write the days on which it is closed in `closed_dates`, and leave `holidays` out.",
            )
