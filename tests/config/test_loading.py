"""A configuration is read with all its mistakes at once, and written so that reading it gives the same."""

import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.config.demo import demo_office
from appliance.config.loading import check, export, find_warnings, from_plain, parse, to_plain
from appliance.config.mistakes import ConfigurationInvalid, NewerSchema
from appliance.config.models import Configuration
from tests.config.offices import MISSING, changed, configurations, demo_plain


def mistakes_of(data: object) -> dict[str, str | None]:
    """Path → "did you mean" of all that is wrong."""
    with pytest.raises(ConfigurationInvalid) as refused:
        from_plain(data)
    return {mistake.path: mistake.did_you_mean for mistake in refused.value.mistakes}


def test_the_demo_office_can_be_used_and_every_start_has_passwords_of_its_own() -> None:
    one, other = demo_office(random.Random(1).choice), demo_office(random.Random(2).choice)
    assert check(one) == () and find_warnings(one) == ()
    passwords = [
        phone.password
        for office in (one, other)
        for extension in office.extensions.values()
        for phone in extension.phones.values()
    ]
    assert len(set(passwords)) == 6 and min(map(len, passwords)) >= 16


@given(configurations())
@settings(max_examples=30, deadline=None)
def test_what_is_exported_reads_back_equal(configuration: Configuration) -> None:
    assert parse(export(configuration)) == configuration
    assert from_plain(to_plain(configuration)) == configuration
    assert export(parse(export(configuration))) == export(configuration)


@given(configurations())
@settings(max_examples=20, deadline=None)
def test_msgspec_reads_plain_data_the_same(configuration: Configuration) -> None:
    plain = msgspec.json.decode(msgspec.json.encode(to_plain(configuration)))
    assert msgspec.convert(plain, Configuration) == from_plain(plain)


# One thing wrong with the demo office → exactly where it is reported, and what was probably meant.
STATION = {"password": "0123456789abcdef"}
"""The least a SIP door station needs."""

ONE_MISTAKE: list[tuple[str, object, str, str | None]] = [
    ("nmae", "x", "nmae", None),
    ("extensions.201.emial", "a@b.org", "extensions.201.emial", "email"),
    ("extensions.201.name", MISSING, "extensions.201.name", None),
    ("extensions.201.name", "", "extensions.201.name", None),
    ("extensions.201.name", "A\r\nVia: evil", "extensions.201.name", None),
    ("extensions.201.name", 7, "extensions.201.name", None),
    ("extensions.201.voicemail", "maybe", "extensions.201.voicemail", None),
    ("extensions.201.divert.after_seconds", "0", "extensions.201.divert.after_seconds", None),
    ("extensions.201.divert.after_seconds", float("nan"), "extensions.201.divert.after_seconds", None),
    ("extensions.201.divert.after_seconds", True, "extensions.201.divert.after_seconds", None),
    ("extensions.201.divert.no_answer", "voicemial:201", "extensions.201.divert.no_answer", "voicemail:201"),
    ("extensions.201.divert.no_answer", "202", "extensions.201.divert.no_answer", "extension:202"),
    ("extensions.201.divert.no_answer", "sales", "extensions.201.divert.no_answer", "ring_group:sales"),
    ("extensions.201.divert.no_answer", "outside:112", "extensions.201.divert.no_answer", None),
    ("extensions.201.divert.always", "extension:201", "extensions.201.divert.always", None),
    ("extensions.201.phones.201.password", "short", "extensions.201.phones.201.password", None),
    ("extensions.201.phones.201.passwort", "x", "extensions.201.phones.201.passwort", None),
    ("extensions.201.phones.202", {"password": "another-password-1"}, "extensions.201.phones.202", None),
    ("extensions.201.phones.a b", {"password": "another-password-1"}, "extensions.201.phones.a b", None),
    ("extensions.201.phones", [], "extensions.201.phones", None),
    ("extensions.201.voicemail_pin", "1234", "extensions.201.voicemail_pin", None),
    ("extensions.201.voicemail_pin", "2010", "extensions.201.voicemail_pin", None),
    ("extensions.201.email", "no address", "extensions.201.email", None),
    ("extensions.201.language", "lvv", "extensions.201.language", "lv"),
    ("extensions.2o4", {"name": "Edgars"}, "extensions.2o4", None),
    ("extensions.600", {"name": "Edgars"}, "ring_groups.sales.number", None),
    ("extensions.110", {"name": "Edgars"}, "extensions.110", None),
    ("extensions.202.voicemail", False, "extensions.202.divert.no_answer", None),
    ("ring_groups.sales.number", "112", "ring_groups.sales.number", None),
    ("ring_groups.sales.number", "70", "parking.number", None),
    ("ring_groups.sales.members", [], "ring_groups.sales.members", None),
    ("ring_groups.sales.members.0", "2o1", "ring_groups.sales.members.1", "201"),
    ("ring_groups.sales.members.0", "202", "ring_groups.sales.members.2", None),
    ("ring_groups.sales.members.0", "extension:201", "ring_groups.sales.members.1", "201"),
    ("ring_groups.sales.then", "ring_group:sales", "ring_groups.sales.then", None),
    ("ring_groups.sales.then", "ring_group:sale", "ring_groups.sales.then", "ring_group:sales"),
    ("ring_groups.sales.strategy", "ring-all", "ring_groups.sales.strategy", "ring_all"),
    ("ring_groups.a/b", {"name": "x", "number": "601", "members": ["201"]}, "ring_groups.a/b", None),
    ("opening_hours.office.weekly.monday", ["9:00-12:00"], "opening_hours.office.weekly.monday", "mon"),
    ("opening_hours.office.weekly.mon", ["9-12"], "opening_hours.office.weekly.mon.1", None),
    ("opening_hours.office.weekly.mon", "9:00-12:00", "opening_hours.office.weekly.mon", None),
    ("opening_hours.office.closed_dates", ["24.12.2026"], "opening_hours.office.closed_dates.1", None),
    ("opening_hours.office.closed_dates", ["2026-02-30"], "opening_hours.office.closed_dates.1", None),
    ("opening_hours.office.closed_dates", ["02-30"], "opening_hours.office.closed_dates.1", None),
    ("opening_hours.office.closed_dates", ["2026-12-24..12-26"], "opening_hours.office.closed_dates.1", None),
    ("opening_hours.office.closed_dates", ["2026-12-24..2026-12-23"], "opening_hours.office.closed_dates.1", None),
    ("opening_hours.office.closed_dates", ["2026-12-24.."], "opening_hours.office.closed_dates.1", None),
    ("opening_hours.office.special", {"31.12": ["9:00-12:00"]}, "opening_hours.office.special.31.12", None),
    ("opening_hours.office.special", {"12-31": ["9-12"]}, "opening_hours.office.special.12-31.1", None),
    ("opening_hours.office.holidays", "XX", "opening_hours.office.holidays", None),
    ("opening_hours.office.holidays", "lv", "opening_hours.office.holidays", "LV"),
    ("opening_hours.office.holidays", "DE-BAY", "opening_hours.office.holidays", "DE-BY"),
    ("opening_hours.office.timezone", "Europe/Rigga", "opening_hours.office.timezone", "Europe/Riga"),
    ("opening_hours.office.calendars", {"a": [{"when": "soon"}]}, "opening_hours.office.calendars.a.1.when", None),
    (
        "opening_hours.office.calendars",
        {"a": [{"when": "2026-12-24T10:00+02:00"}]},
        "opening_hours.office.calendars.a.1.when",
        None,
    ),
    ("opening_hours.office.override_until", "tomorrow", "opening_hours.office.override_until", None),
    ("opening_hours.office.override", "opened", "opening_hours.office.override", "open"),
    ("inbound_routes.0.line", "gsm2", "inbound_routes.1.line", "gsm1"),
    ("inbound_routes.0.hours", "ofice", "inbound_routes.1.hours", "office"),
    ("inbound_routes.0.hours", MISSING, "inbound_routes.1.closed", None),
    ("inbound_routes.0.to", "extension:209", "inbound_routes.1.to", "extension:203"),
    ("inbound_routes.0.caller", "witheld", "inbound_routes.1.caller", "withheld"),
    ("inbound_routes.0", "hello", "inbound_routes.1", None),
    ("outbound_routes.0.lines", ["gsm"], "outbound_routes.1.lines.1", "gsm1"),
    ("outbound_routes.0.lines", [], "outbound_routes.1.lines", None),
    ("outbound_routes.0.prefix", "00371x", "outbound_routes.1.prefix", None),
    ("outbound_routes.0.patterns", ["mobil"], "outbound_routes.1.patterns.1", "mobile"),
    ("outbound_routes.0.patterns", ["+371x"], "outbound_routes.1.patterns.1", "+371*"),
    ("outbound_routes.0.patterns", ["29999999"], "outbound_routes.1.patterns.1", "+37129999999"),
    ("outbound_routes.0.patterns", ["mobile", "mobile"], "outbound_routes.1.patterns.2", None),
    ("outbound_routes.0.patterns", ["112"], "outbound_routes.1.patterns.1", None),
    ("outbound_routes.0.callers", ["sale"], "outbound_routes.1.callers.1", "sales"),
    ("outbound_routes.0.hours", "ofice", "outbound_routes.1.hours", "office"),
    ("outbound_routes.0.order", "cheap", "outbound_routes.1.order", "cheapest"),
    ("outbound_routes.0.shown", "67000000", "outbound_routes.1.shown", None),
    ("extensions.201.may_dial", ["nationl"], "extensions.201.may_dial.1", "national"),
    ("extensions.201.limits", {"day": {"calls": -1}}, "extensions.201.limits.day.calls", None),
    ("outside_limits", {"night": "22-6"}, "outside_limits.night", None),
    ("lines.gsm1.outgoing", {"prices": {"+371": -1}}, "lines.gsm1.outgoing.prices.+371", None),
    ("lines.gsm1.outgoing", {"prices": {"371x": 1}}, "lines.gsm1.outgoing.prices.371x", None),
    ("lines.gsm1.outgoing", {"add": "nine"}, "lines.gsm1.outgoing.add", None),
    ("lines.gsm1.outgoing", {"spelling": "nationl"}, "lines.gsm1.outgoing.spelling", "national"),
    ("lines.gsm1.kind", "gms", "lines.gsm1.kind", "gsm"),
    ("lines.gsm1.number", "67000000", "lines.gsm1.number", None),
    ("doors.front.relay_pin", 17, "doors.front.relay_pin", None),
    ("doors.front.relay_pin", "99", "doors.front.relay_pin", None),
    ("doors.front.pulse_seconds", 30, "doors.front.pulse_seconds", None),
    ("doors.front.pins", "simulator", "doors.front.pins", "simulated"),
    ("doors.front.rings", "voicemail:201", "doors.front.rings", None),
    ("doors.front.open_digit", "55", "doors.front.open_digit", None),
    ("doors.front.call", {"then": ["extension:209"]}, "doors.front.call.then.1", "extension:203"),
    ("doors.front.call", {"then": ["ring_group:sales"]}, "doors.front.call.then.1", None),
    ("doors.front.call", {"then": ["voicemail:201", "extension:202"]}, "doors.front.call.then.2", None),
    ("doors.front.call", {"then": ["menu:main"]}, "doors.front.call.then.1", None),
    ("doors.front.call", {"then": ["hang_up"]}, "doors.front.call.then.1", None),
    ("doors.front.call", {"hours": "ofice"}, "doors.front.call.hours", "office"),
    ("doors.front.call", {"closed": ["extension:201"]}, "doors.front.call.closed", None),
    ("doors.front.call", {"number": "201"}, "doors.front.call.number", None),
    ("doors.front.call", {"talk_seconds": 5}, "doors.front.call.talk_seconds", None),
    ("doors.front.sound", {}, "doors.front.sound.device", None),
    ("doors.front.sound", {"device": "hw:1", "heard_db": 50}, "doors.front.sound.heard_db", None),
    ("doors.front.station", {"password": "short"}, "doors.front.station.password", None),
    ("doors.front.pins", "station", "doors.front.pins", None),
    ("doors.front.station", {**STATION, "relay": {"by": "dtmf", "opening_code": "1"}}, "doors.front.pins", None),
    ("doors.front.station", {**STATION, "make": "akuvoks"}, "doors.front.station.make", "akuvox"),
    ("doors.front.station", {**STATION, "account": "201"}, "doors.front.station.account", None),
    ("doors.front.station", {**STATION, "buttons": {"1": "menu:main"}}, "doors.front.station.buttons.1", None),
    ("doors.front.open_digt", "5", "doors.front.open_digt", None),
    ("notices", {"receivers": [{"to": "+37120000001", "kinds": ["forst"]}]}, "notices.receivers.1.kinds.1", None),
    ("notices", {"receivers": [{"to": "+37120000001", "doors": ["fron"]}]}, "notices.receivers.1.doors.1", "front"),
    ("notices", {"receivers": [{"to": "201"}]}, "notices.receivers.1.to", None),
    ("notices", {"receivers": [{"to": "+37120000001"}, {"to": "+37120000001"}]}, "notices.receivers.2.to", None),
    ("sms.allowed", ["+37120000001", "+37120000001"], "sms.allowed.2", None),
    ("sms.allowed", ["20000001"], "sms.allowed.1", None),
    ("sms.pin", "4444", "sms.pin", None),
    ("parking.slots", ["71", "71"], "parking.slots.2", None),
    ("country", "XX", "country", None),
    ("country", "lv", "country", None),
    ("timezone", "Europe/Rigga", "timezone", "Europe/Riga"),
    ("timezone", "../etc/passwd", "timezone", None),
    ("default_desk", MISSING, "default_desk", None),
    ("default_desk", "hang_up:", "default_desk", None),
    ("schema", 0, "schema", None),
    ("inbound_routes.0.then", ["extension:299"], "inbound_routes.1.then.1", None),
    ("inbound_routes.0.then", ["ring_group:sales"], "inbound_routes.1.then.1", None),
    ("inbound_routes.0.then", ["voicemail:201", "extension:202"], "inbound_routes.1.then.2", None),
    ("inbound_routes.0.caller", "list:vips", "inbound_routes.1.caller", None),
    ("inbound_routes.0.caller", "region:rga", "inbound_routes.1.caller", None),
    ("inbound_routes.0.caller", "unknwon", "inbound_routes.1.caller", "unknown"),
    ("inbound_routes.0.redirected_from", "withheld", "inbound_routes.1.redirected_from", None),
    ("ring_groups.sales.members", ["201", "outside:+37160000000"], "ring_groups.sales.members.2", None),
    ("contacts.anna", {"name": "A", "responsible": "2O2"}, "contacts.anna.responsible", None),
    ("contacts.anna", {"name": "A", "responsible": "299"}, "contacts.anna.responsible", None),
    ("contacts.anna", {"name": "A", "lists": ["vips"]}, "contacts.anna.lists.1", None),
    ("contacts.anna", {"name": "A", "numbers": ["29111111"]}, "contacts.anna.numbers.1", None),
    ("contacts.anna", {"name": "A", "numbers": ["+37160000000"]}, "contacts.anna.numbers.1", None),
    ("contacts.anna", {"name": "A", "numbers": ["+37120000009"] * 2}, "contacts.anna.numbers.2", None),
    ("contacts.anna", {"name": "A", "blocked": "yes", "allowed": "yes"}, "contacts.anna.allowed", None),
    ("contact_lists", ["vips", "vips"], "contact_lists.2", None),
    ("contact_manager.never", ["299"], "contact_manager.never.1", None),
    ("contact_manager.sources", ["contacts", "contacts"], "contact_manager.sources.2", None),
    ("contact_manager.sources", ["contcts"], "contact_manager.sources.1", "contacts"),
    ("screening.blocked", ["112"], "screening.blocked.1", None),
    ("screening.blocked", ["nobody"], "screening.blocked.1", None),
    ("screening.spam", ["vip"], "screening.spam.1", None),
    ("screening.night", ["list:vips"], "screening.night.1", None),
    ("screening.withheld", "rejct", "screening.withheld", "reject"),
    ("screening.challenge_key", "55", "screening.challenge_key", None),
]


@pytest.mark.parametrize(("path", "value", "reported", "meant"), ONE_MISTAKE)
def test_one_mistake_is_reported_once_and_where_it_is(
    path: str, value: object, reported: str, meant: str | None
) -> None:
    assert mistakes_of(changed(path, value)) == {reported: meant}


def test_a_real_modem_needs_ports_of_its_own() -> None:
    assert set(mistakes_of(changed("lines.gsm1.simulated", False))) == {"lines.gsm1.at_port", "lines.gsm1.audio_port"}
    shared = changed("lines.gsm1", {"kind": "gsm", "at_port": "/dev/ttyUSB2", "audio_port": "/dev/ttyUSB2"})
    assert mistakes_of(shared) == {"lines.gsm1.audio_port": None}


def test_everything_wrong_is_reported_at_once() -> None:
    data = demo_plain()
    data["extensions"]["202"]["nmae"] = data["extensions"]["202"].pop("name")
    data["extensions"]["203"]["divert"]["after_seconds"] = "soon"
    data["ring_groups"]["sales"]["members"][2] = "204"
    data["inbound_routes"][0]["hours"] = "offices"
    data["default_desk"] = "201"
    assert mistakes_of(data) == {
        "extensions.202.nmae": "name",
        "extensions.203.divert.after_seconds": None,
        "default_desk": "extension:201",
        "ring_groups.sales.members.3": "203",
        "inbound_routes.1.hours": "office",
    }


def test_each_mistake_of_a_text_has_its_line() -> None:
    text = "name: Office\ndefault_desk: extension:201\nextensions:\n  201:\n    name: Anna\n    voicemial: no\n"
    with pytest.raises(ConfigurationInvalid) as refused:
        parse(text)
    (mistake,) = refused.value.mistakes
    assert (mistake.path, mistake.line, mistake.did_you_mean) == ("extensions.201.voicemial", 6, "voicemail")
    assert str(mistake) in str(refused.value)


def test_unquoted_values_are_what_the_model_says_not_what_yaml_guesses() -> None:
    office = parse(
        "name: 007\ncountry: NO\ndefault_desk: extension:0201\nextensions:\n  0201: {name: No, voicemail: off}\n"
        "opening_hours:\n  office: {weekly: {mon: [10:30-12:00]}, closed_dates: [2026-12-24]}\n"
        "parking: {seconds: 1e2}\n"
    )
    assert (office.name, office.country, office.parking.seconds) == ("007", "NO", 100.0)
    assert office.extensions["0201"].name == "No" and office.extensions["0201"].voicemail is False
    assert office.opening_hours["office"].closed_dates == ("2026-12-24",)


def test_json_is_read_as_well() -> None:
    assert parse(msgspec.json.encode(demo_plain()).decode()) == from_plain(demo_plain())


def test_no_message_holds_a_password_or_a_pin() -> None:
    secret = "hunter2 hunter2 hunter2"
    data = demo_plain()
    data["extensions"]["201"]["phones"]["201"]["password"] = secret
    data["extensions"]["201"]["voicemail_pin"] = secret
    data["sms"]["pin"] = secret
    data["lines"]["gsm1"]["sim_pin"] = secret
    with pytest.raises(ConfigurationInvalid) as refused:
        from_plain(data)
    assert len(refused.value.mistakes) == 4 and "hunter2" not in str(refused.value)
    with pytest.raises(ConfigurationInvalid) as unreadable:
        parse(f"password: '{secret}\npin: [")
    assert "hunter2" not in str(unreadable.value)


def test_a_newer_schema_is_refused() -> None:
    with pytest.raises(NewerSchema):
        parse("schema: 2\nname: x\nsomething_new: y\n")


def test_circles_that_need_several_people_to_be_busy_are_only_a_warning() -> None:
    data = demo_plain()
    data["extensions"]["201"]["divert"] = {"busy": "extension:202"}
    data["extensions"]["202"]["divert"] = {"busy": "extension:201"}
    office = from_plain(data)
    assert [warning.path for warning in find_warnings(office)] == ["extensions.201.divert.busy"]


def test_a_circle_through_groups_and_diversions_is_one_mistake() -> None:
    data = demo_plain()
    data["ring_groups"]["night"] = {"name": "N", "number": "601", "members": ["201"], "then": "extension:203"}
    data["ring_groups"]["sales"]["then"] = "ring_group:night"
    data["extensions"]["203"]["divert"] = {"always": "ring_group:sales", "no_answer": "voicemail:203"}
    assert set(mistakes_of(data)) == {"extensions.203.divert.always"}


def test_a_number_nobody_carries_is_a_warning() -> None:
    office = from_plain(changed("outbound_routes.0.prefix", "+372"))
    assert [warning.path for warning in find_warnings(office)] == ["extensions.203.divert.no_answer"]


def test_a_route_nothing_reaches_and_a_line_without_a_price_are_warnings() -> None:
    after = {"name": "Mobiles", "patterns": ["mobile"], "lines": ["gsm1"], "order": "cheapest"}
    office = from_plain(changed("outbound_routes", [{"name": "All", "lines": ["gsm1"]}, after]))
    assert [warning.path for warning in find_warnings(office)] == ["outbound_routes.2", "outbound_routes.2.order"]


_plain_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=10,
)
_places = st.sampled_from([path for path, *_ in ONE_MISTAKE])


@given(_places, _plain_data)
@settings(max_examples=300, deadline=None)
def test_any_data_anywhere_is_read_or_refused_with_mistakes(path: str, value: Any) -> None:
    data = changed(path, value)
    try:
        configuration = from_plain(data)
    except ConfigurationInvalid as refused:
        assert refused.mistakes
    else:
        assert from_plain(to_plain(configuration)) == configuration


def test_a_number_is_not_blocked_and_allowed_at_once() -> None:
    data = changed("screening", {"blocked": ["29 111 111"], "allowed": ["+37129111111"]})
    assert list(mistakes_of(data)) == ["screening.blocked.1"]


def test_customer_numbers_belong_to_one_contact() -> None:
    data = changed(
        "contacts", {"a": {"name": "A", "customer_number": "77"}, "b": {"name": "B", "customer_number": "77"}}
    )
    assert list(mistakes_of(data)) == ["contacts.b.customer_number"]


def test_a_list_that_was_misspelt_is_guessed() -> None:
    data = changed("contact_lists", ["key-accounts"]) | {"regions": {"riga": ["+3716"]}}
    data["screening"] = {"night": ["list:key-acounts", "region:rga"]}
    assert mistakes_of(data) == {
        "screening.night.1": "list:key-accounts",
        "screening.night.2": "region:riga",
    }


def test_a_diversion_to_our_own_number_that_may_lead_back_is_warned_of() -> None:
    data = changed("extensions.201.divert", {"always": "outside:+37160000000"})
    assert any("in circles" in str(warning) for warning in find_warnings(from_plain(data)))


def test_a_hand_that_lets_go_needs_a_hand() -> None:
    hours = {"weekly": {}, "override_until": "2026-11-30T09:00"}
    assert mistakes_of(changed("opening_hours.office", hours)) == {"opening_hours.office.override_until": None}
