"""Offices that misbehave: callers, phones and hang-ups at any instant keep the invariants of who holds a leg."""

import os
import random
from collections import Counter

import msgspec
import pytest
import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.calls.media import BESIDE, MediaKind
from appliance.calls.names import Cause, PartyKind
from appliance.calls.talk import talk
from appliance.config.models import (
    Allowance,
    BranchOffice,
    Callback,
    CallLimits,
    CallQueue,
    Configuration,
    ContactManager,
    Diversion,
    Door,
    DoorCall,
    FollowStage,
    HuntStrategy,
    InboundRoute,
    Membership,
    NumberKind,
    OutsideLimits,
    Priority,
    RecordTalks,
    Relax,
    Script,
    SipLine,
    SipStation,
)
from appliance.office import Office
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd, SimulatedSwitch
from tests.flows.callers import BERZINA, OWN, SPAMMER, office_with_contacts
from tests.flows.menus import MENUS, ORDER, SURVEY
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NOON, small_office

ACCOUNTS = ("201", "202", "203")
DIALLED = (
    "201",
    "202",
    "203",
    "600",
    "610",
    "71",
    "*8",
    "**201",
    "*97",
    "*43",
    "29999999",
    "70",
    "999",
    "112",
    "*98202",
    "",
    "*30",
    "*3129999999",
    "60000000",
    "*45",
    "*45600",
    "*72201",
    "*52",
    "##002#",
    "*76",
    "*28",
    "*46",
    "*555201",
    "*556202",
    "*557203",
    "*558201",
    "500",
    "500",
    "500",
    "500",
    "*80202",
    "*80600",
    "*69",
    "*66",
    "800",
    "850",
    "90",
    "*3667",
    "305",
)
CALLERS = (CUSTOMER, MOBILE, "", BERZINA, SPAMMER, OWN)
SECONDS_OF_A_DAY = 400
CODES = {"blind": "##", "consult": "*2", "three": "*3", "lift": "*9", "record": "*1"}
"""Deeds by keys during a talk."""

FOLLOWED = (
    FollowStage(members=("desk",), seconds=4),
    FollowStage(members=("desk", "mobile", "203"), seconds=9),
    FollowStage(members=("ring_group:sales",), seconds=6),
)
"""Who rings for Boris."""
LIEPAJA = SipLine(
    simulated=True, profile="porter", branch=BranchOffice(numbers=("3xx",), may_dial=(NumberKind.MOBILE,))
)
DIVERSIONS = (Diversion(), Diversion(always=f"outside:{MOBILE}"), Diversion(busy="extension:203"))


class Day:
    """One day of an office with everybody in it, driven by one source of randomness."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.seen: Counter[str] = Counter()

    async def live(self) -> None:
        async with open_simulated_office(self.office(), TUESDAY_NOON) as world:
            async with trio.open_nursery() as nursery:
                for switch in (world.switch, *world.lines.values()):
                    switch.on_dialled = lambda phone: nursery.start_soon(self.be_called, phone)
                for _ in range(10):
                    nursery.start_soon(self.call_somebody, world)
                nursery.start_soon(self.meddle, world)
                with trio.move_on_after(SECONDS_OF_A_DAY):
                    await trio.sleep_forever()
                for switch in (world.switch, *world.lines.values()):
                    switch.on_dialled = lambda _: None
                nursery.cancel_scope.cancel()
            world.office.close()
            await trio.testing.wait_all_tasks_blocked()
            self.check_closed(world)

    def office(self) -> Configuration:
        """An office that takes everybody, or one that asks callers first; its group rings by any strategy."""
        office = self.rng.choice(
            (
                small_office(),
                office_with_contacts(withheld="challenge", spam_treatment="challenge"),
                office_with_contacts(ask_unknown="name", manager=ContactManager(also_mobile=True, greet_by_name=True)),
                office_with_contacts(ask_unknown="customer_number", blocked=("withheld",)),
            )
        )
        group = msgspec.structs.replace(
            office.ring_groups["sales"],
            strategy=self.rng.choice(list(HuntStrategy)),
            ring_seconds=self.rng.choice((5.0, 25.0)),
            wrap_up_seconds=self.rng.choice((0.0, 20.0)),
            membership=self.rng.choice(({}, {"202": Membership(rank=2), "203": Membership(tier=2, rank=2)})),
            relax=self.rng.choice(((), (Relax(after_seconds=4, rank=2),))),
            lift_seconds=self.rng.choice((None, 3.0)),
            notes=self.rng.choice(((), ("Invoice", "Complaint"))),
            own_note=self.rng.choice((False, True)),
            briefing=self.rng.choice((None, "A call for sales.")),
            rating=self.rng.choice((None, "satisfaction")),
        )
        limits = self.rng.choice((OutsideLimits(), OutsideLimits(office=CallLimits(day=Allowance(minutes=1)))))
        people = {
            number: msgspec.structs.replace(
                extension, may_supervise=("*",), record=self.rng.choice((RecordTalks.ON_DEMAND, RecordTalks.ALWAYS))
            )
            for number, extension in office.extensions.items()
        }
        people["202"] = msgspec.structs.replace(
            people["202"],
            follow_me=self.rng.choice(((), FOLLOWED)),
            divert=self.rng.choice(
                (Diversion(), Diversion(always=f"outside:{MOBILE}"), Diversion(busy="extension:203"))
            ),
        )
        groups = {**office.ring_groups, "sales": group}
        return msgspec.structs.replace(
            office,
            extensions=people,
            ring_groups=groups,
            call_queues={"support": self.queue()},
            menus=MENUS,
            scripts={"order": Script(name="Order", number="850", steps=ORDER, then="ring_group:sales")},
            surveys={"satisfaction": SURVEY},
            outside_limits=limits,
            doors=self.doors(office),
            inbound_routes=self.rng.choice((office.inbound_routes, (InboundRoute(name="Menu", to="menu:main"),))),
            default_desk=self.rng.choice(("extension:201", "menu:main")),
            lines={**office.lines, "liepaja": LIEPAJA},
        )

    def doors(self, office: Configuration) -> dict[str, Door]:
        """A door that rings one after the other, by day or not, for a talk of any length."""
        call = DoorCall(
            number=self.rng.choice((None, "90")),
            then=self.rng.choice(((), ("extension:202", f"outside:{MOBILE}"), ("queue:support", "voicemail:202"))),
            talk_seconds=self.rng.choice((10.0, 60.0, 180.0)),
            sms=self.rng.choice(((), (MOBILE,))),
        )
        station = SipStation(account="panel", password="a-password-for-tests")
        return {
            "front": msgspec.structs.replace(office.doors["front"], call=call),
            "yard": Door(
                name="Yard", rings="ring_group:sales", open_digit="5", station=station, button_pin=5, relay_pin=6
            ),
        }

    def queue(self) -> CallQueue:
        """A queue of everybody, of any kind."""
        return CallQueue(
            name="Support",
            number="610",
            members=("201", "202", "203", f"outside:{MOBILE}"),
            strategy=self.rng.choice(list(HuntStrategy)),
            ring_seconds=self.rng.choice((5.0, 25.0)),
            wrap_up_seconds=self.rng.choice((0.0, 20.0)),
            reoffer_seconds=self.rng.choice((0.0, 30.0)),
            longest_seconds=self.rng.choice((40.0, 600.0)),
            most_waiting=self.rng.choice((None, 1)),
            priorities=(Priority(caller="vip", steps=2), Priority(caller="unknown", steps=-1)),
            keys={"7": "ring_group:sales", "5": "queue:support+1"},
            announcements=("One.", "Two."),
            announce_seconds=7,
            callback=Callback(key="1", seconds=self.rng.choice((60.0, 600.0)), retry_seconds=20),
            then=self.rng.choice(("ring_group:sales", "voicemail:202")),
        )

    async def wish(self, caller: FarEnd) -> None:
        """A caller who waits in the queue may ask to be called back."""
        await trio.sleep(self.rng.choice((1, 2, 5)))
        caller.press(self.rng.choice(("", "1", "11", "12", "1229999998#1", "1*", "12#")))

    async def be_called(self, phone: FarEnd) -> None:
        """A person beside a phone that rings: answers or not, and leaves some time."""
        if self.rng.random() < 0.8:
            phone.alert()
        await trio.sleep(self.rng.choice((0, 1, 3, 9, 30)))
        if self.rng.random() < 0.65:
            phone.answer()
            phone.press(self.rng.choice(("1", "", "5", "1##202#", "1*2", "1*3203#")))
        else:
            phone.reject(self.rng.choice((Cause.BUSY, Cause.REJECTED, Cause.OUT_OF_ORDER)))
        await trio.sleep(self.rng.choice((2, 9, 40, 500)))
        phone.hang_up()

    async def call_somebody(self, world: SimulatedOffice) -> None:
        await trio.sleep(self.rng.randrange(60))
        caller: FarEnd | None
        match self.rng.randrange(4):
            case 0 if self.rng.random() < 0.3:
                line = world.lines["liepaja"]
                did, hops = self.rng.choice(DIALLED), self.rng.choice((1, 9, 10))
                caller = line.call_from_line(world.office, "liepaja", "301", did, hops=hops)
            case 0:
                line = world.lines["gsm1"]
                caller = line.call_from_line(world.office, "gsm1", self.rng.choice(CALLERS))
            case 1 if self.rng.random() < 0.5:
                caller = world.switch.call_in(world.office, "panel", self.rng.choice(DIALLED))
            case 1:
                caller = world.switch.ring_door(world.office, "front")
            case _:
                replaces = self.rng.choice((None, None, self.some_leg(world)))
                caller = world.switch.call_in(
                    world.office,
                    self.rng.choice(ACCOUNTS),
                    self.rng.choice(DIALLED),
                    replaces=replaces.leg.id if replaces is not None else None,
                )
        if caller is not None and self.rng.random() < 0.5:
            await self.wish(caller)
        await trio.sleep(self.rng.choice((0, 3, 15, 60, 200)))
        if caller is not None:
            caller.hang_up()

    async def meddle(self, world: SimulatedOffice) -> None:
        """Do anything to any leg, and look at the invariants after each."""
        for _ in range(60):
            await trio.sleep(self.rng.choice((0, 0, 1, 4)))
            one, other = self.some_leg(world), self.some_leg(world)
            if one is not None and other is not None:
                deed = self.rng.choice(
                    (
                        *("transfer", "transfer_to", "hold", "resume", "hang_up", "press", "park", "end", "redirect"),
                        *("join", "unplug", "unregister", "join", "supervise", *CODES, *CODES),
                    )
                )
                self.seen[deed] += 1
                if deed == "supervise":
                    code = f"*55{self.rng.choice('5678')}{other.account}"
                    world.switch.call_in(world.office, self.rng.choice(ACCOUNTS), code)
                elif deed in CODES:
                    one.press(CODES[deed] + self.rng.choice(("", *DIALLED)) + self.rng.choice(("#", "", "*")))
                else:
                    self.do(world, deed, one, other)
            self.check(world)
            await trio.testing.wait_all_tasks_blocked()
            self.check(world)
            self.check_steps(world)

    def do(self, world: SimulatedOffice, deed: str, one: FarEnd, other: FarEnd) -> None:
        match deed:
            case "transfer":
                one.transfer(self.rng.choice(DIALLED))
            case "transfer_to":
                one.transfer_to(other)
            case "park":
                one.transfer("70")
            case "press":
                one.press(self.rng.choice(("1", "5", "#", "7", "4", "6", "0", "*", "3202#")))
            case "end" if one.leg.call is not None:
                one.leg.call.end()
            case "join" if one.leg.call is not None:
                # What an attended transfer does: the other's leg comes here, and its call is over.
                second = other.leg.call
                if second is not None and second is not one.leg.call and other.leg.is_answered:
                    one.leg.call.join(other.leg)
                    second.end()
            case "unplug":
                world.lines["gsm1"].is_offline = not world.lines["gsm1"].is_offline
            case "unregister":
                account = self.rng.choice(ACCOUNTS)
                world.switch.phones[account] = self.rng.choice((0, 1, 2))
            case "redirect" if one.leg.call is not None and one.leg.call is other.leg.call:
                if other.leg is not one.leg.call.principal:
                    one.leg.call.redirect(talk, other.leg)
            case "hold" | "resume" | "hang_up":
                getattr(one, deed)()

    def some_leg(self, world: SimulatedOffice) -> FarEnd | None:
        switches: list[SimulatedSwitch] = [world.switch, *world.lines.values()]
        ends = [end for switch in switches for end in switch.far_ends.values()]
        return self.rng.choice(ends) if ends else None

    def check(self, world: SimulatedOffice) -> None:
        """What holds at any instant."""
        office = world.office
        held = [leg for call in office.calls.values() for leg in call.legs]
        assert len(held) == len(set(held)), "a leg in two calls"
        assert set(held) == set(office.legs.values()), "a live leg without a call, or a call with a dead leg"
        assert all(leg.call is not None and leg in leg.call.legs for leg in office.legs.values())
        assert all(not leg.is_gone for leg in office.legs.values())
        for media in office.media:
            is_known = media.kind in BESIDE or any(leg.media is media for leg in media.legs)
            assert is_known, f"{media.kind} that no leg knows"
        for slot, call in office.places.parked.items():
            assert call.id in office.calls, f"slot {slot} points at a call that is over"
        assert all(call.id in office.calls for call in office.places.ringing)
        assert office.places.rung_for.keys() <= office.places.ringing.keys()
        assert office.agents.serving <= office.legs.keys(), "a member serves on a leg that is gone"
        at_doors = [leg.party.number for leg in office.legs.values() if leg.party.kind is PartyKind.DOOR]
        assert len(at_doors) == len(set(at_doors)), "a door that rings twice"
        self.seen["a door rings"] += bool(at_doors)
        self.check_queues(office)

    def check_queues(self, office: Office) -> None:
        """Places belong to living calls that wait, and no member is kept for two of them."""
        tickets = office.queues.tickets
        assert all(ticket.call.id in office.calls for ticket in tickets), "a place of a call that is over"
        assert len({ticket.call for ticket in tickets}) == len(tickets), "a call with two places"
        offered = [number for place in office.queues.places for number in place.offered]
        assert len(offered) == len(set(offered)), "a member is offered to two callers"
        assert set(offered) == office.agents.offered, "a member is kept for nobody"
        self.seen["waits"] += bool(tickets)
        self.seen["is offered"] += bool(offered)
        self.seen["is promised"] += bool(office.queues.promises)
        assert set(office.ports.promises.load()) == {promise.kept for promise in office.queues.promises}

    def check_steps(self, world: SimulatedOffice) -> None:
        """What holds once every task had its turn."""
        for call in world.office.calls.values():
            if call.step_name == "talk":
                assert call.conversation is not None, f"{call} has no conversation"
                assert set(call.conversation.legs) == call.legs, f"{call} talks with {call.legs}"
                assert len(call.legs) in (2, 3)
                self.seen["three talk"] += len(call.legs) == 3
                assert all(ticket.call is not call for ticket in world.office.queues.tickets)
            else:
                assert call.step_name == "consultation" or call.conversation is None
        for room in world.office.places.rooms.values():
            assert room.members and not any(leg.is_gone for leg in room.members), "a room with nobody in it"
            self.seen["conference"] += len(room.members) > 1
        for media in world.office.media:
            if media.kind in BESIDE - {MediaKind.NOTICE}:
                assert any(not leg.is_gone for leg in media.legs), f"{media.kind} that outlives its legs"
            if media.kind is MediaKind.TAP:
                self.seen["tap"] += 1
                assert not any(leg.is_gone for leg in media.legs), "a tap ends with either"

    def check_closed(self, world: SimulatedOffice) -> None:
        office = world.office
        self.seen["a door is opened"] += bool(world.door.asked)
        assert {door for door, _ in world.door.asked} <= {"front", "yard"}
        dialled = {number for line in world.lines.values() for number in line.dialled}
        assert {by for _, by in world.door.asked} <= {*ACCOUNTS, *dialled}, "opened by whom nobody rang"
        assert not office.calls and not office.legs and not office.media
        assert not office.queues.tickets and not office.agents.offered
        assert not office.places.parked and not office.places.ringing and not office.places.rooms
        assert not any(promise.in_use for promise in office.queues.promises)
        assert not world.sound.attached, world.sound.attached
        recordings = world.recordings
        assert len(recordings.kept) + len(recordings.discarded) == recordings.begun
        assert not world.switch.far_ends and not any(line.far_ends for line in world.lines.values())
        assert not world.records.under_way
        assert len({record.id for record in world.records.ended}) == len(world.records.ended)
        for record in world.records.ended:
            assert record.cause is not None and record.seconds is not None and record.seconds >= 0
            assert all(leg.left_at is not None for leg in record.legs)
            assert not any(type(told.fact).__name__ == "Broke" for told in record.story), record.story


def live(seed: int) -> Day:
    day = Day(seed)
    trio.run(day.live, clock=trio.testing.MockClock(autojump_threshold=0))
    return day


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_any_day_keeps_the_invariants(seed: int) -> None:
    live(seed)


@pytest.mark.long
def test_many_days_keep_the_invariants(long_seed: int) -> None:
    """Thousands of days from one seed; every kind of deed happens."""
    seen: Counter[str] = Counter()
    days = 5000 if os.environ.get("PORTER_LONG") == "full" else 300
    for seed in range(long_seed, long_seed + days):
        seen += live(seed).seen
    assert seen["three talk"] and len(seen.keys() - {"conference"}) == 25, seen
    assert days < 5000 or seen["conference"], seen
