"""What is checked about call queues."""

import pytest

from appliance.config.loading import check, find_warnings, parse
from appliance.config.mistakes import ConfigurationInvalid
from appliance.config.models import Callback, CallQueue, InboundRoute, OpeningHours, Priority, QueueCondition
from tests.flows.offices import small_office


def queue(**settings: object) -> CallQueue:
    usual = {"name": "Support", "number": "610", "members": ("201", "202"), "then": "voicemail:201"}
    return CallQueue(**{**usual, **settings})  # type: ignore[arg-type]


def mistakes(one: CallQueue, **office: object) -> dict[str, str | None]:
    found = check(small_office(call_queues={"support": one}, **office))
    return {mistake.path.removeprefix("call_queues.support."): mistake.did_you_mean for mistake in found}


@pytest.mark.parametrize(
    ("settings", "paths"),
    [
        ({}, {}),
        ({"number": "600"}, {"number": None}),
        ({"number": "112"}, {"number": None}),
        ({"members": ()}, {"members": None}),
        ({"members": ("201", "209")}, {"members.2": None}),
        ({"then": "queue:suport"}, {"then": "queue:support"}),
        ({"then": "support"}, {"then": "queue:support"}),
        ({"vip_then": "outside:+37120000000"}, {"vip_then": None}),
        ({"keys": {"9": "extension:999"}}, {"keys.9": None}),
        ({"keys": {"1": "extension:203"}, "callback": Callback()}, {"callback.key": None}),
        ({"callback": Callback(hours="ofice")}, {"callback.hours": "office"}),
        ({"callback": Callback(box="204")}, {"callback.box": None}),
        ({"priorities": (Priority(steps=1),)}, {"priorities.1": None}),
        ({"priorities": (Priority(caller="vipp", steps=1),)}, {"priorities.1.caller": "vip"}),
        ({"priorities": (Priority(line="gsm2", steps=1),)}, {"priorities.1.line": "gsm1"}),
    ],
)
def test_every_mistake_is_told_with_its_path(settings: dict[str, object], paths: dict[str, str | None]) -> None:
    found = mistakes(queue(**settings))
    assert found.keys() == paths.keys()
    assert all(found[path] == guess for path, guess in paths.items() if guess is not None)


def test_a_route_asks_about_a_queue_that_exists() -> None:
    routes = (InboundRoute(name="Long", queue=QueueCondition(queue="suport", longer_than=3), to="queue:support"),)
    assert mistakes(queue(), inbound_routes=routes) == {"inbound_routes.1.queue.queue": "support"}


def test_two_queues_that_lead_to_each_other_are_a_circle() -> None:
    pair = {"one": queue(then="queue:two"), "two": queue(number="611", then="queue:one")}
    assert [mistake.path for mistake in check(small_office(call_queues=pair))] == ["call_queues.one.then"]


def test_times_too_short_for_a_callback_are_warned_of() -> None:
    always = {"office": OpeningHours(weekly={}, override="open")}
    for one, paths in (
        (queue(callback=Callback()), []),
        (queue(callback=Callback(seconds=120)), ["call_queues.support.callback.seconds"]),
        (queue(longest_seconds=30), []),
        (queue(longest_seconds=30, callback=Callback()), ["call_queues.support.longest_seconds"]),
    ):
        office = small_office(call_queues={"support": one}, extensions={}, ring_groups={}, opening_hours=always)
        found = [warning.path for warning in find_warnings(office)]
        assert [path for path in found if path.startswith("call_queues")] == paths


def test_a_key_or_a_priority_that_cannot_be_is_told_with_its_line() -> None:
    text = """
schema: 1
name: Office
default_desk: extension:201
extensions: {"201": {name: Anna}}
call_queues:
  support:
    name: Support
    number: "610"
    members: ["201"]
    keys: {"12": "extension:201"}
    priorities: [{caller: vip, steps: 20}]
"""
    with pytest.raises(ConfigurationInvalid) as refused:
        parse(text)
    assert [mistake.line for mistake in refused.value.mistakes] == [11, 12]
