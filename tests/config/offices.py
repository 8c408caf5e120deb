"""Any configuration that can be used, for hypothesis; and plain data to spoil."""

import copy
import random
from typing import Any

import msgspec
from hypothesis import strategies as st

from appliance.config.demo import demo_office
from appliance.config.loading import to_plain
from appliance.config.models import (
    Allowance,
    AskUnknown,
    CalendarEvent,
    CallLimits,
    Configuration,
    Contact,
    ContactManager,
    Diversion,
    Door,
    Extension,
    GsmLine,
    HuntStrategy,
    InboundRoute,
    Language,
    LineOrder,
    NumberKind,
    OpeningHours,
    OutboundRoute,
    Outgoing,
    Parking,
    Phone,
    Relax,
    RingGroup,
    Screening,
    SmsCommands,
    Treatment,
)

_VISIBLE = st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"))
shown_names = st.text(_VISIBLE, min_size=1, max_size=80)
names = st.from_regex(r"\A\w[\w-]{0,31}\Z")
passwords = st.from_regex(r"\A[!-~]{16,64}\Z").map(lambda text: f"Zq{text}"[:64])
outside_numbers = st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z")
seconds = st.floats(0, 3600, exclude_min=True)
MISSING = object()
OUTGOING = Outgoing(
    prices={"": 0.5, "+371": 0.05}, spelling="national", add="9", limits=CallLimits(night=Allowance(minutes=5))
)


def demo_plain() -> dict[str, Any]:
    """The demo office as plain data, a new copy each time."""
    return copy.deepcopy(to_plain(demo_office(random.Random(1).choice)))


def changed(path: str, value: object) -> dict[str, Any]:
    """The demo office with one entry set, or taken away by MISSING; lists count from 0 here."""
    data = demo_plain()
    place: Any = data
    *way, last = [int(part) if part.isdecimal() and len(part) < 3 else part for part in path.split(".")]
    for part in way:
        place = place[part] if isinstance(place, list) else place.setdefault(part, {})
    if value is MISSING:
        del place[last]
    else:
        place[last] = value
    return data


screenings = st.builds(
    Screening,
    blocked=st.sampled_from([(), ("+37190*", "unknown")]),
    allowed=st.sampled_from([(), ("vip", "list:good")]),
    withheld=st.sampled_from(Treatment),
    ask_unknown=st.sampled_from(AskUnknown),
)


def contacts(extensions: list[str]) -> st.SearchStrategy[dict[str, Contact]]:
    """Contacts of an office; their numbers differ by their keys."""
    people = st.builds(
        Contact,
        name=shown_names,
        language=st.none() | st.sampled_from(Language),
        lists=st.sampled_from([(), ("good",)]),
        vip=st.booleans(),
        responsible=st.none() | st.sampled_from(extensions),
        note=st.text(_VISIBLE, max_size=20),
    )
    return st.dictionaries(st.sampled_from(["a", "b", "c"]), people).map(
        lambda book: {
            key: msgspec.structs.replace(one, numbers=(f"+37121{ord(key):06}",), customer_number=f"{ord(key)}")
            for key, one in book.items()
        }
    )


@st.composite
def configurations(draw: st.DrawFn) -> Configuration:
    """A valid office of any shape; diversions only lead outside or to mailboxes, so that no circles come about."""
    numbers = draw(st.lists(st.integers(200, 899).map(str), min_size=2, max_size=12, unique=True))
    group_numbers, extensions = numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]
    destinations = st.one_of(
        st.sampled_from([f"extension:{number}" for number in extensions]),
        st.sampled_from([f"voicemail:{number}" for number in extensions]),
        outside_numbers.map(lambda number: f"outside:{number}"),
    )
    ways_out = st.none() | outside_numbers.map(lambda number: f"outside:{number}")
    diversions = st.builds(
        Diversion, always=ways_out, busy=ways_out, no_answer=ways_out, unreachable=ways_out, after_seconds=seconds
    )
    people = {
        number: draw(
            st.builds(
                Extension,
                name=shown_names,
                phones=st.dictionaries(
                    st.sampled_from([number, f"{number}a", f"{number}.B-_"]),
                    st.builds(Phone, password=passwords, name=st.text(_VISIBLE, max_size=20)),
                ),
                mobile=st.none() | outside_numbers,
                language=st.none() | st.sampled_from(Language),
                voicemail=st.just(True),
                voicemail_pin=st.none() | st.just("901909"),
                email=st.none() | st.just("anna@example.org"),
                divert=diversions,
                do_not_disturb=st.booleans(),
                may_call_outside=st.booleans(),
                may_dial=st.sampled_from([(), tuple(NumberKind)]),
                limits=st.none() | st.just(CallLimits(day=Allowance(calls=3, money=1.5))),
                pickup_group=st.none() | names,
                skills=st.dictionaries(names, st.integers(1, 10), max_size=2),
                call_waiting=st.booleans(),
            )
        )
        for number in extensions
    }
    lines = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    hours = draw(st.lists(names, max_size=2, unique=True))
    route_names = draw(st.lists(shown_names, max_size=3, unique=True))
    return Configuration(
        name=draw(shown_names),
        country=draw(st.sampled_from(["LV", "UA", "NO"])),
        language=draw(st.sampled_from(Language)),
        timezone=draw(st.sampled_from(["Europe/Riga", "UTC"])),
        default_desk=draw(destinations),
        extensions=people,
        ring_groups={
            name: RingGroup(
                name=draw(shown_names),
                number=number,
                members=tuple(draw(st.lists(st.sampled_from(extensions), min_size=1, unique=True))),
                strategy=draw(st.sampled_from(HuntStrategy)),
                ring_seconds=draw(seconds),
                idle_since=draw(st.sampled_from(["last_call", "last_talk"])),
                wrap_up_seconds=draw(st.floats(0, 3600)),
                reoffer_seconds=draw(st.floats(0, 3600)),
                relax=draw(st.just(()) | st.just((Relax(after_seconds=5, rank=2), Relax(after_seconds=9.5, rank=4)))),
                then=draw(st.just("hang_up") | destinations),
            )
            for name, number in zip(
                draw(st.lists(names, min_size=len(group_numbers), max_size=len(group_numbers), unique=True)),
                group_numbers,
                strict=True,
            )
        },
        opening_hours={
            name: OpeningHours(
                weekly=draw(st.dictionaries(st.sampled_from(["mon", "sun"]), st.just(("9:00-12:30", "22:00-02:00")))),
                timezone=draw(st.sampled_from([None, "Europe/London"])),
                holidays=draw(st.sampled_from([None, "LV", "DE-BY"])),
                closed_dates=draw(st.just(()) | st.just(("2026-12-24", "12-28..01-02"))),
                special=draw(st.dictionaries(st.sampled_from(["2026-12-31", "12-30"]), st.just(("9:00-12:00",)))),
                calendars=draw(st.just({}) | st.just({"team": (CalendarEvent(when="2026-12-15", name="Fair"),)})),
                override=draw(st.sampled_from([None, "open", "closed"])),
            )
            for name in hours
        },
        inbound_routes=tuple(
            InboundRoute(
                name=name,
                line=draw(st.none() | st.sampled_from(lines)),
                did=draw(st.none() | outside_numbers),
                caller=draw(st.sampled_from([None, "withheld", "+371*", "112", "vip", "list:good", "region:town"])),
                redirected_from=draw(st.sampled_from([None, "+371*"])),
                hours=hours[0] if hours else None,
                to=f"extension:{draw(st.sampled_from(extensions))}",
                closed=draw(st.none() | destinations) if hours else None,
                then=draw(st.just(()) | st.just(("outside:+37120000099",))),
            )
            for name in route_names
        ),
        contacts=draw(contacts(extensions)),
        contact_lists=("good",),
        regions={"town": ("+3716", "67")},
        contact_manager=ContactManager(also_mobile=draw(st.booleans()), never=tuple(extensions[:1])),
        screening=draw(screenings),
        outbound_routes=tuple(
            OutboundRoute(
                name=name,
                prefix="+371",
                patterns=draw(st.just(()) | st.just(("mobile", "+44*", "1188"))),
                callers=tuple(extensions[:1]),
                hours=hours[0] if hours else None,
                lines=tuple(lines),
                order=draw(st.sampled_from(LineOrder)),
                shown=draw(st.sampled_from([None, "line", "withheld", "+37160000000"])),
            )
            for name in route_names
        ),
        lines={
            name: GsmLine(
                at_port=f"/dev/ttyUSB{at}", audio_port=f"/dev/ttyUSB{at + 10}", sim_pin="7391", outgoing=OUTGOING
            )
            for at, name in enumerate(lines)
        },
        doors={"front": Door(name=draw(shown_names), rings=f"extension:{extensions[0]}", pulse_seconds=1.1)},
        sms=SmsCommands(allowed=tuple(draw(st.lists(outside_numbers, unique=True, max_size=3))), pin="901909"),
        parking=Parking(number="70", slots=("71", "72")),
        pause_reasons=draw(st.dictionaries(st.sampled_from(["1", "02"]), shown_names)),
    )
