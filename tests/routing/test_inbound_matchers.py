"""What a route can ask about a call: who calls, whom it was meant for, how a queue is; and what follows it."""

from datetime import datetime

import pytest

from appliance.calls.places import QueueState
from appliance.calls.story import HoursLooked, NightCaller, RouteTaken
from appliance.config.destinations import ToExtension, ToRingGroup, ToVoicemail
from appliance.config.models import InboundRoute, QueueCondition
from appliance.routing.callers import who_calls
from appliance.routing.inbound import DEFAULT, Arrival, route_inbound
from tests.flows.callers import BERZINA, IVANOV, SPAMMER, office_with_contacts
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NIGHT, TUESDAY_NOON

OFFICE = office_with_contacts(
    routes=(
        InboundRoute(name="Robots", caller="spam", to="hang_up"),
        InboundRoute(name="Key accounts", caller="list:key-accounts", to="extension:202"),
        InboundRoute(name="Riga", caller="region:riga", to="extension:203"),
        InboundRoute(name="Boris diverts", redirected_from="+37120*", to="voicemail:202"),
        InboundRoute(name="Full", queue=QueueCondition(queue="support", longer_than=2), to="voicemail:201"),
        InboundRoute(name="Empty", queue=QueueCondition(queue="help", without_agents=True), to="voicemail:203"),
        InboundRoute(name="Known", caller="contact", to="extension:201", then=("ring_group:sales", "voicemail:202")),
    )
)


@pytest.mark.parametrize(
    ("caller", "redirected_from", "queues", "why"),
    [
        (SPAMMER, "", {}, "Robots"),
        (BERZINA, "", {}, "Key accounts"),
        ("+37167123456", "", {}, "Riga"),
        (CUSTOMER, MOBILE, {}, "Boris diverts"),
        (CUSTOMER, "20000001", {}, "Boris diverts"),
        (CUSTOMER, "+37126000000", {}, DEFAULT),
        (CUSTOMER, "", {"support": QueueState(waiting=3, agents=1)}, "Full"),
        (CUSTOMER, "", {"support": QueueState(waiting=2, agents=0)}, DEFAULT),
        (CUSTOMER, "", {"help": QueueState(waiting=0, agents=0)}, "Empty"),
        (CUSTOMER, "", {"help": QueueState(waiting=9, agents=1)}, DEFAULT),
        (IVANOV, "", {}, "Known"),
        ("", "", {}, DEFAULT),
    ],
)
def test_a_route_asks_about_the_call(
    *, caller: str, redirected_from: str, queues: dict[str, QueueState], why: str
) -> None:
    arrival = Arrival(line="gsm1", redirected_from=redirected_from)
    assert route_inbound(OFFICE, arrival, who_calls(OFFICE, caller), TUESDAY_NOON, queues).why == why


def test_a_chain_follows_where_the_route_leads() -> None:
    routed = route_inbound(OFFICE, Arrival(line="gsm1"), who_calls(OFFICE, IVANOV), TUESDAY_NOON)
    assert (routed.destination, routed.then) == (ToExtension("201"), (ToRingGroup("sales"), ToVoicemail("202")))
    assert routed.is_for_caller


@pytest.mark.parametrize(
    ("caller", "now", "destination", "is_open"),
    [
        (CUSTOMER, TUESDAY_NOON, ToRingGroup("sales"), True),
        (CUSTOMER, TUESDAY_NIGHT, ToVoicemail("201"), False),
        (BERZINA, TUESDAY_NIGHT, ToRingGroup("sales"), True),
    ],
)
def test_who_may_disturb_at_night_is_sent_on_as_by_day(
    *, caller: str, now: datetime, destination: object, is_open: bool
) -> None:
    office = office_with_contacts()
    routed = route_inbound(office, Arrival(line="gsm1"), who_calls(office, caller), now)
    assert (routed.destination, routed.is_open) == (destination, is_open)


def test_the_story_says_why_somebody_rings_at_night() -> None:
    office = office_with_contacts()
    assert route_inbound(office, Arrival(line="gsm1"), who_calls(office, BERZINA), TUESDAY_NIGHT).facts == (
        HoursLooked(hours="office", is_open=False),
        NightCaller(caller=BERZINA),
        RouteTaken(destination="ring_group:sales", why="Main", otherwise=("voicemail:201",)),
    )
