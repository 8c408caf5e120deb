"""Which lines carry a number, what they dial and show, and why a number is not dialled."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.calls.names import Used, WayOut
from appliance.config.models import (
    Allowance,
    CallLimits,
    Configuration,
    Extension,
    GsmLine,
    LineOrder,
    NumberKind,
    OpeningHours,
    OutboundRoute,
    Outgoing,
    OutsideLimits,
    RingGroup,
)
from appliance.routing.number_kinds import kind_of, spelled_as_dialled
from appliance.routing.outbound import WhyNot, price_of, ways_out

RIGA = ZoneInfo("Europe/Riga")
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=RIGA)
EVENING = datetime(2026, 11, 24, 21, 0, tzinfo=RIGA)
ABROAD, MOBILE, DESK, PREMIUM = "+442079460018", "+37129999999", "+37167000000", "+37190000000"
EVERYTHING = tuple(NumberKind)


def line(**outgoing: object) -> GsmLine:
    return GsmLine(simulated=True, outgoing=Outgoing(**outgoing))  # type: ignore[arg-type]


def office(**changes: object) -> Configuration:
    settings: dict[str, object] = {
        "name": "Office",
        "default_desk": "extension:201",
        "extensions": {
            "201": Extension(name="Anna", may_dial=EVERYTHING),
            "202": Extension(name="Boris"),
            "203": Extension(name="Dace", may_call_outside=False, may_dial=EVERYTHING),
        },
        "ring_groups": {"sales": RingGroup(name="Sales", number="600", members=("202",))},
        "opening_hours": {"day": OpeningHours(weekly={"tue": ("09:00-18:00",)})},
        "lines": {"gsm1": line(), "gsm2": line(), "sip1": line()},
        "outbound_routes": (
            OutboundRoute(name="Home", prefix="+371", lines=("gsm1", "gsm2", "gsm1")),
            OutboundRoute(name="Rest", lines=("sip1",)),
        ),
    }
    return Configuration(**{**settings, **changes})  # type: ignore[arg-type]


def lines_of(configuration: Configuration, number: str, caller: str | None = "201", now: datetime = NOON) -> list[str]:
    return [way.line for way in ways_out(configuration, number, caller, now).ways]


# Routes.


@pytest.mark.parametrize(
    ("number", "lines"),
    [
        (MOBILE, ["gsm1", "gsm2"]),
        (ABROAD, ["sip1"]),
        ("116111", ["sip1"]),
        ("112", ["gsm1", "gsm2", "sip1"]),
        ("113", ["gsm1", "gsm2", "sip1"]),
    ],
)
def test_the_first_route_that_matches_names_the_lines(number: str, lines: list[str]) -> None:
    assert lines_of(office(), number) == lines


@pytest.mark.parametrize(
    ("patterns", "carried"),
    [
        (("mobile",), {MOBILE}),
        (("national",), {DESK}),
        (("international",), {ABROAD}),
        (("premium",), {PREMIUM}),
        (("short",), {"116111"}),
        (("mobile", "short"), {MOBILE, "116111"}),
        (("+371*",), {MOBILE, DESK, PREMIUM}),
        ((DESK, "+44*"), {DESK, ABROAD}),
        (("116111",), {"116111"}),
        (("116*",), {"116111"}),
    ],
)
def test_a_route_carries_what_any_of_its_patterns_means(patterns: tuple[str, ...], carried: set[str]) -> None:
    routes = (OutboundRoute(name="Some", patterns=patterns, lines=("gsm1",)),)
    numbers = (MOBILE, DESK, ABROAD, PREMIUM, "116111")
    found = {number for number in numbers if lines_of(office(outbound_routes=routes), number)}
    assert found == carried


def test_a_route_of_some_callers_carries_theirs_and_no_forwarded_calls() -> None:
    routes = (
        OutboundRoute(name="Sales", callers=("sales", "201"), lines=("gsm2",)),
        OutboundRoute(name="All", lines=("gsm1",)),
    )
    configuration = office(outbound_routes=routes)
    assert lines_of(configuration, MOBILE, "201") == lines_of(configuration, MOBILE, "202") == ["gsm2"]
    assert lines_of(configuration, MOBILE, None) == ["gsm1"]


def test_a_route_that_is_closed_leaves_the_number_to_the_next() -> None:
    by_day = OutboundRoute(name="Day", hours="day", lines=("gsm1",))
    configuration = office(outbound_routes=(by_day, OutboundRoute(name="Night", lines=("gsm2",))))
    assert lines_of(configuration, MOBILE) == ["gsm1"]
    assert lines_of(configuration, MOBILE, now=EVENING) == ["gsm2"]
    assert ways_out(configuration, MOBILE, "201", None).route == "Day", "without a clock it counts as open"
    only_by_day = office(outbound_routes=(by_day,))
    assert ways_out(only_by_day, MOBILE, "201", EVENING).refused is WhyNot.CLOSED


def test_a_number_no_route_carries_is_told_from_one_whose_routes_are_closed() -> None:
    assert ways_out(office(outbound_routes=()), MOBILE, "201", NOON).refused is WhyNot.NO_ROUTE


# What a line dials and shows.


@pytest.mark.parametrize(
    ("outgoing", "number", "dials"),
    [
        ({}, MOBILE, MOBILE),
        ({"spelling": "national"}, MOBILE, "29999999"),
        ({"spelling": "national"}, ABROAD, "00442079460018"),
        ({"spelling": "national", "add": "9"}, MOBILE, "929999999"),
        ({"strip": "+371"}, MOBILE, "29999999"),
        ({"strip": "+", "add": "00"}, ABROAD, "00442079460018"),
        ({"strip": "+371", "add": "0"}, ABROAD, "0+442079460018"),
        ({"spelling": "national"}, "116111", "116111"),
        ({"spelling": "national", "strip": "1", "add": "9"}, "112", "112"),
    ],
)
def test_a_line_dials_a_number_as_it_wants_it(outgoing: dict[str, object], number: str, dials: str) -> None:
    configuration = office(
        lines={"gsm1": line(**outgoing)}, outbound_routes=(OutboundRoute(name="All", lines=("gsm1",)),)
    )
    assert [way.dials for way in ways_out(configuration, number, "201", NOON).ways] == [dials]


@pytest.mark.parametrize(
    ("shown", "way"),
    [
        (None, WayOut("gsm1", MOBILE, None)),
        ("line", WayOut("gsm1", MOBILE, "+37160000001")),
        ("withheld", WayOut("gsm1", f"#31#{MOBILE}", "")),
        ("+37160000002", WayOut("gsm1", MOBILE, "+37160000002")),
    ],
)
def test_a_route_says_which_number_is_shown(shown: str | None, way: WayOut) -> None:
    route = OutboundRoute(name="All", lines=("gsm1",), shown=shown)
    lines = {"gsm1": GsmLine(simulated=True, number="+37160000001")}
    assert ways_out(office(lines=lines, outbound_routes=(route,)), MOBILE, "201", NOON).ways == (way,)


def test_help_is_called_with_the_number_of_the_line_whatever_the_route_hides() -> None:
    routes = (OutboundRoute(name="All", lines=("gsm2",), shown="withheld"),)
    ways = ways_out(office(outbound_routes=routes), "112", "201", NOON).ways
    assert ways == (WayOut("gsm2", "112"), WayOut("gsm1", "112"), WayOut("sip1", "112"))


# Rights.


@pytest.mark.parametrize(
    ("caller", "number", "refused"),
    [
        ("201", ABROAD, None),
        ("201", PREMIUM, None),
        ("202", MOBILE, None),
        ("202", "116111", None),
        ("202", ABROAD, WhyNot.INTERNATIONAL),
        ("202", PREMIUM, WhyNot.PREMIUM),
        ("203", MOBILE, WhyNot.NOT_ALLOWED),
        ("203", "112", None),
        ("a-phone-without-an-extension", ABROAD, WhyNot.INTERNATIONAL),
        ("a-phone-without-an-extension", MOBILE, None),
        (None, ABROAD, None),
    ],
)
def test_an_extension_dials_what_it_may(caller: str | None, number: str, refused: WhyNot | None) -> None:
    assert ways_out(office(), number, caller, NOON).refused is refused


def test_a_kind_that_was_taken_away_is_refused() -> None:
    configuration = office(extensions={"201": Extension(name="Anna", may_dial=(NumberKind.SHORT,))})
    assert ways_out(configuration, MOBILE, "201", NOON).refused is WhyNot.KIND


@pytest.mark.parametrize(
    ("country", "number", "kind"),
    [
        ("LV", MOBILE, NumberKind.MOBILE),
        ("LV", DESK, NumberKind.NATIONAL),
        ("LV", PREMIUM, NumberKind.PREMIUM),
        ("LV", ABROAD, NumberKind.INTERNATIONAL),
        ("LV", "+88213000000", NumberKind.INTERNATIONAL),
        ("LV", "+979123456789", NumberKind.PREMIUM),
        ("LV", "+449098790000", NumberKind.PREMIUM),
        ("RU", "+77012345678", NumberKind.INTERNATIONAL),
        ("RU", "+79161234567", NumberKind.MOBILE),
        ("RU", "+70000000000", NumberKind.NATIONAL),
        ("FR", "3200", NumberKind.PREMIUM),
        ("LV", "1188", NumberKind.SHORT),
    ],
)
def test_numbers_have_a_kind_by_the_plan_of_their_country(country: str, number: str, kind: NumberKind) -> None:
    assert kind_of(country, number) is kind


@pytest.mark.parametrize(
    ("country", "number", "dialled"),
    [
        ("LV", MOBILE, "29999999"),
        ("RU", "+79161234567", "89161234567"),
        ("RU", "+37129999999", "81037129999999"),
        ("UA", "+380441234567", "0441234567"),
        ("US", ABROAD, "011442079460018"),
    ],
)
def test_a_number_is_spelled_as_people_of_a_country_dial_it(country: str, number: str, dialled: str) -> None:
    assert spelled_as_dialled(country, number) == dialled


# Prices.


@pytest.mark.parametrize(("number", "price"), [(MOBILE, 0.05), (DESK, 0.02), (ABROAD, 0.5), ("1188", 0.5)])
def test_the_longest_beginning_has_the_price(number: str, price: float) -> None:
    assert price_of(Outgoing(prices={"": 0.5, "+371": 0.02, "+3712": 0.05}), number) == price


def test_a_number_no_price_is_known_for_has_none() -> None:
    assert price_of(Outgoing(prices={"+371": 0.02}), ABROAD) is None


prices = st.dictionaries(st.sampled_from(["", "+371", "+3712", "+44"]), st.sampled_from([0.0, 0.01, 0.05, 0.2]))


@given(tariffs=st.lists(prices, min_size=1, max_size=6), number=st.sampled_from([MOBILE, DESK, ABROAD, "1188"]))
def test_the_cheapest_line_is_first_and_equal_ones_stay_as_listed(tariffs: list[dict[str, float]], number: str) -> None:
    lines = {f"l{at}": line(prices=tariff) for at, tariff in enumerate(tariffs)}
    route = OutboundRoute(name="All", lines=tuple(lines), order=LineOrder.CHEAPEST)
    found = lines_of(office(lines=lines, outbound_routes=(route,)), number)
    cost = [price_of(lines[name].outgoing, number) for name in found]
    known = [price for price in cost if price is not None]
    assert sorted(found) == sorted(lines)
    assert cost == sorted(known) + [None] * (len(cost) - len(known)), "without a price last"
    for price in set(cost):
        same = [name for name, one in zip(found, cost, strict=True) if one == price]
        assert same == sorted(same), "as listed"


# Limits.


@pytest.mark.parametrize("account", ["extension:202", "office"])
def test_a_limit_that_is_reached_refuses_every_line(account: str) -> None:
    configuration = office(
        outside_limits=OutsideLimits(
            office=CallLimits(day=Allowance(minutes=60)), extension=CallLimits(day=Allowance(minutes=60))
        )
    )
    day = (account, "2026-11-24")
    assert ways_out(configuration, MOBILE, "202", NOON, {day: Used(1, 59)}).refused is None
    found = ways_out(configuration, MOBILE, "202", NOON, {day: Used(1, 60)})
    assert (found.refused, found.limit is not None and found.limit.account) == (WhyNot.LIMIT, account)
    assert ways_out(configuration, "112", "202", NOON, {day: Used(1, 60)}).refused is None


def test_a_line_whose_limit_is_reached_is_passed_over_and_the_last_one_refuses() -> None:
    spare = msgspec.structs.replace(line(), outgoing=Outgoing(limits=CallLimits(day=Allowance(calls=1))))
    configuration = office(lines={"gsm1": spare, "gsm2": spare})
    once = {("line:gsm1", "2026-11-24"): Used(1, 5)}
    found = ways_out(configuration, MOBILE, "202", NOON, once)
    assert [way.line for way in found.ways] == ["gsm2"]
    assert [limit.account for limit in found.passed_over] == ["line:gsm1"]
    both = once | {("line:gsm2", "2026-11-24"): Used(1, 5)}
    assert ways_out(configuration, MOBILE, "202", NOON, both).refused is WhyNot.LIMIT


# Help.

allowances = st.builds(Allowance, calls=st.sampled_from([None, 0]), minutes=st.sampled_from([None, 0]))
limits = st.builds(CallLimits, day=allowances, night=allowances)
routes = st.builds(
    OutboundRoute,
    name=st.just("Some"),
    patterns=st.sampled_from([(), ("mobile",), ("112",)]),
    hours=st.sampled_from([None, "day"]),
    callers=st.sampled_from([(), ("202",)]),
    lines=st.lists(st.sampled_from(["gsm1", "gsm2", "sip1", "gone"]), max_size=3).map(tuple),
    order=st.sampled_from(LineOrder),
)


@given(
    own=st.lists(routes, max_size=3).map(tuple),
    limit=limits,
    now=st.sampled_from([None, NOON, EVENING]),
    caller=st.sampled_from([None, "201", "202", "203", "nobody"]),
    number=st.sampled_from(["112", "113", "110", "01"]),
)
def test_help_is_called_on_every_line_whatever_else_is_configured(
    own: tuple[OutboundRoute, ...], limit: CallLimits, now: datetime | None, caller: str | None, number: str
) -> None:
    configuration = office(outbound_routes=own, outside_limits=OutsideLimits(office=limit, extension=limit))
    found = ways_out(configuration, number, caller, now, {("office", "2026-11-24"): Used(99, 99, 99.0)})
    assert found.refused is None
    assert sorted(way.line for way in found.ways) == ["gsm1", "gsm2", "sip1"]
