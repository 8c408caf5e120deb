"""Queues and a group that share their members, with callers, agents and hang-ups at any instant: no member is rung for
two callers, and nobody waits while a member is free for him."""

import random
from collections import Counter

import trio
import trio.testing
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.calls.names import Cause
from appliance.config.models import (
    Callback,
    CallQueue,
    Configuration,
    Contact,
    GsmLine,
    HuntStrategy,
    InboundRoute,
    OutboundRoute,
    Priority,
    RingGroup,
)
from appliance.flows.dispatch import SHORTEST_SECONDS
from appliance.flows.queue_state import hunt_of, is_free
from appliance.routing.queueing import whom_to_offer
from appliance.simulated.office import SimulatedOffice, open_simulated_office
from appliance.simulated.switch import FarEnd
from tests.flows.offices import TUESDAY_NOON, person

VIP = "+37126000001"
LINES = [f"gsm{at}" for at in range(12)]
MEMBERS = ("201", "202", "203", "204")
ONE_BY_ONE = (HuntStrategy.LINEAR, HuntStrategy.ROUND_ROBIN, HuntStrategy.LONGEST_IDLE, HuntStrategy.RANDOM)


class Rush:
    """Some minutes of an office in which more people call than can be served."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def office(self) -> Configuration:
        def queue(name: str, number: str, *members: str) -> CallQueue:
            return CallQueue(
                name=name,
                number=number,
                members=members,
                strategy=self.chance.choice(list(HuntStrategy)),
                ring_seconds=self.chance.choice((5.0, 15.0)),
                wrap_up_seconds=self.chance.choice((0.0, 10.0)),
                reoffer_seconds=self.chance.choice((0.0, 20.0)),
                ageing_seconds=self.chance.choice((1.0, 60.0)),
                priorities=(Priority(caller="vip", steps=2),),
                callback=Callback(seconds=self.chance.choice((30.0, 600.0)), retry_seconds=5),
                then="voicemail:201",
            )

        return Configuration(
            name="Rush",
            default_desk="voicemail:201",
            extensions={number: person(number, number, call_waiting=True) for number in MEMBERS},
            call_queues={"one": queue("One", "611", "201", "202", "203"), "two": queue("Two", "612", "203", "202")},
            ring_groups={
                "sales": RingGroup(
                    name="Sales",
                    number="600",
                    members=("202", "203", "204"),
                    strategy=self.chance.choice(ONE_BY_ONE),
                    ring_seconds=6,
                    then="voicemail:201",
                )
            },
            inbound_routes=(
                InboundRoute(name="Two", line="gsm1", to="queue:two"),
                InboundRoute(name="Sales", line="gsm2", to="ring_group:sales"),
                InboundRoute(name="All", to="queue:one"),
            ),
            outbound_routes=(OutboundRoute(name="All", lines=("gsm10", "gsm11")),),
            lines={name: GsmLine(simulated=True) for name in LINES},
            contacts={"vip": Contact(name="Berzina", numbers=(VIP,), vip=True)},
        )

    async def live(self) -> None:
        async with open_simulated_office(self.office(), TUESDAY_NOON) as world:
            async with trio.open_nursery() as nursery:
                for switch in (world.switch, *world.lines.values()):
                    switch.on_dialled = lambda phone: nursery.start_soon(self.be_rung, phone)
                for at in range(16):
                    nursery.start_soon(self.call, world, LINES[at % 10], f"+3712000{at:04d}")
                for _ in range(150):
                    await trio.sleep(self.chance.choice((0.0, 0.5, 2.0)))
                    self.meddle(world)
                    await trio.testing.wait_all_tasks_blocked()
                    self.check(world)
                    if self.idle(world):
                        # Sums of times are not exact: the dispatcher may come that much later.
                        await trio.sleep(1.3 * SHORTEST_SECONDS)
                        await trio.testing.wait_all_tasks_blocked()
                        assert not self.idle(world), "somebody waits although somebody is free for him"
                for switch in (world.switch, *world.lines.values()):
                    switch.on_dialled = lambda _: None
                nursery.cancel_scope.cancel()
            world.office.close()
            await trio.testing.wait_all_tasks_blocked()
            assert not world.office.queues.tickets and not world.office.agents.offered

    async def call(self, world: SimulatedOffice, line: str, number: str) -> None:
        await trio.sleep(self.chance.uniform(0, 60))
        if world.lines[line].far_ends:
            return
        caller = world.lines[line].call_from_line(world.office, line, self.chance.choice((number, number, VIP, "")))
        await trio.sleep(self.chance.choice((1, 5)))
        caller.press(self.chance.choice(("", "", "11", "1", "1229999998#1")))
        await trio.sleep(self.chance.choice((2, 30, 120)))
        caller.hang_up()

    async def be_rung(self, phone: FarEnd) -> None:
        phone.alert()
        await trio.sleep(self.chance.choice((0, 1, 4, 20)))
        if self.chance.random() < 0.3:
            phone.reject(self.chance.choice((Cause.BUSY, Cause.REJECTED)))
            return
        phone.answer()
        phone.press(self.chance.choice(("1", "1", "")))
        await trio.sleep(self.chance.choice((0, 5, 25)))
        phone.hang_up()

    def meddle(self, world: SimulatedOffice) -> None:
        """Somebody logs in or out, pauses, unplugs a phone, or hangs up."""
        agents, member = world.office.agents, self.chance.choice(MEMBERS)
        match self.chance.randrange(12):
            case 0:
                agents.log_out(member, ["queue:one"])
            case 1 | 2:
                agents.log_in(member, ["queue:one"])
            case 3:
                agents.pause(member)
            case 4 | 5:
                agents.go_on(member)
            case 6:
                world.switch.phones[member] = self.chance.choice((0, 1, 1))
            case 7 if ends := [*world.switch.far_ends.values()]:
                self.chance.choice(ends).hang_up()

    def check(self, world: SimulatedOffice) -> None:
        """What holds once everybody had his turn."""
        office = world.office
        legs = [leg for leg in office.legs.values() if not leg.incoming and not leg.is_answered]
        rung = Counter(leg.party.number for leg in legs if leg.party.number in MEMBERS)
        assert max(rung.values(), default=0) <= 1, f"rung for two callers: {rung}"
        assert all(ticket.call.id in office.calls for ticket in office.queues.tickets)
        assert set(office.ports.promises.load()) == {promise.kept for promise in office.queues.promises}

    def idle(self, world: SimulatedOffice) -> bool:
        """Whether somebody waits although somebody is free for him."""
        office = world.office
        for ticket in office.queues.tickets:
            queue = office.configuration.call_queues[ticket.queue]
            hunt = hunt_of(office, ticket.queue, queue)
            is_anybody = any(is_free(queue, one) for one in hunt.members)
            if ticket.is_waiting and is_anybody and whom_to_offer(hunt, office.agents.now() - ticket.entered):
                return True
        return False


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_nobody_is_rung_for_two_callers_and_nobody_waits_while_somebody_is_free(seed: int) -> None:
    trio.run(Rush(seed).live, clock=trio.testing.MockClock(autojump_threshold=0))
