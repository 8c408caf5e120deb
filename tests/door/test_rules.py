"""Who may open when: the rules as a table, and what must hold for any sequence of tries."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from appliance.control.door_messages import Channel, DoorSettings, LegSide, Lock, OpenRequest, Reason
from appliance.control.door_people import CodeKind, Hours
from appliance.door import memory as remembered
from appliance.door import ring_codes, rules
from appliance.door.codes import PersonCode, tag_of
from appliance.door.memory import (
    BLOCKED_SECONDS,
    SPOILED,
    Blocked,
    Instant,
    Memory,
    Tries,
    kept_over_restart,
    lockout_seconds,
)
from appliance.door.reasons import refusal
from appliance.door.rules import Denial, Grant, KnownCodes, decide, remember

RIGA = ZoneInfo("Europe/Riga")
MONDAY_NOON = Instant(1000.0, datetime(2026, 11, 23, 12, 0, tzinfo=RIGA))
MONDAY_NIGHT = Instant(1000.0, datetime(2026, 11, 23, 23, 0, tzinfo=RIGA))
NO_CLOCK = Instant(1000.0, None)
OFFICE = Hours(days=(1, 2, 3, 4, 5), since=time(8), until=time(18))
NIGHT = Hours(days=(1,), since=time(22), until=time(6))

FRONT = DoorSettings(name="front", pins="simulated", button_pin=17, relay_pin=27, lock=Lock.FAIL_SECURE)
BY_DIGIT = msgspec.structs.replace(FRONT, digit_opens=True)
IN_HOURS = msgspec.structs.replace(BY_DIGIT, hours=(OFFICE,))


def kept(person: str, code: str, **other: Any) -> PersonCode:
    return PersonCode(id=f"id of {person}", person=person, hash=code, tag=tag_of(code, ""), **other)


RING = ring_codes.RingCode(code="5829", ring="ring 7", person="+37120000001", until=1060.0)
CODES = KnownCodes(
    people=(
        kept("201", "4711"),
        kept("cleaner", "8080", hours=(OFFICE,)),
        kept("guest", "3141", valid_from=date(2026, 11, 1), valid_until=date(2026, 11, 23)),
        kept("back only", "2718", doors=("back",)),
        kept("anna", "6060", kind=CodeKind.DURESS),
        kept("bob", "7070", kind=CodeKind.DURESS, hours=(OFFICE,)),
        kept("once", "1357", kind=CodeKind.GUEST, uses=1),
        kept("twice", "2468", kind=CodeKind.GUEST, uses=2),
        kept("carl", "0001234567", kind=CodeKind.CARD),
    ),
    rings=(RING, msgspec.structs.replace(RING, code="9163", ring="ring 6", is_over=True)),
    used={"id of twice": 2},
)


def asked(channel: Channel = Channel.DTMF, **other: Any) -> OpenRequest:
    defaults: dict[str, Any] = {"person": "201", "call_id": "c1", "leg_side": LegSide.ANSWERER}
    return OpenRequest(door="front", channel=channel, **(defaults | other))


def keyed(code: str, **other: Any) -> OpenRequest:
    return asked(Channel.KEYPAD, code=code, **({"person": None, "leg_side": None, "call_id": None} | other))


def by_sms(code: str, **other: Any) -> OpenRequest:
    return asked(Channel.SMS, code=code, **({"person": "+37120000001", "leg_side": None, "call_id": "sms 1"} | other))


def judged(
    request: OpenRequest, door: DoorSettings = FRONT, now: Instant = MONDAY_NOON, memory: Memory | None = None
) -> rules.Decision:
    return decide(
        request,
        door=door,
        codes=CODES,
        memory=memory or Memory(),
        now=now,
        code_matches=lambda code, kept: code == kept,
    )


def outcome(decision: rules.Decision) -> str | None:
    return decision.reason if isinstance(decision, Denial) else decision.person


@pytest.mark.parametrize(
    ("request_", "door", "now", "expected"),
    [
        (asked(), BY_DIGIT, MONDAY_NOON, "201"),
        (asked(), FRONT, MONDAY_NOON, Reason.DIGIT_NOT_ALLOWED),
        (asked(leg_side=LegSide.STREET), BY_DIGIT, MONDAY_NOON, Reason.WRONG_SIDE),
        (asked(leg_side=None), BY_DIGIT, MONDAY_NOON, Reason.WRONG_SIDE),
        (asked(call_id=None), BY_DIGIT, MONDAY_NOON, Reason.NOT_ANSWERED),
        (asked(), IN_HOURS, MONDAY_NOON, "201"),
        (asked(), IN_HOURS, MONDAY_NIGHT, Reason.OUTSIDE_HOURS),
        (asked(), IN_HOURS, NO_CLOCK, Reason.CLOCK_UNSURE),
        (asked(), BY_DIGIT, NO_CLOCK, "201"),
        (asked(code="4711"), FRONT, MONDAY_NOON, "201"),
        (asked(code="4711"), IN_HOURS, MONDAY_NIGHT, "201"),
        (asked(code="4711", leg_side=LegSide.STREET), FRONT, MONDAY_NOON, Reason.WRONG_SIDE),
        (asked(code="4711"), FRONT, NO_CLOCK, "201"),
        (asked(code="0815"), FRONT, MONDAY_NOON, Reason.WRONG_CODE),
        (asked(code=""), BY_DIGIT, MONDAY_NOON, Reason.WRONG_CODE),
        (asked(code="8080"), FRONT, MONDAY_NOON, "cleaner"),
        (asked(code="8080"), FRONT, MONDAY_NIGHT, Reason.OUTSIDE_HOURS),
        (asked(code="8080"), FRONT, NO_CLOCK, Reason.CLOCK_UNSURE),
        (asked(code="3141"), FRONT, MONDAY_NIGHT, "guest"),
        (asked(code="3141"), FRONT, Instant(0, datetime(2026, 11, 24, 0, 0, tzinfo=RIGA)), Reason.OUTSIDE_HOURS),
        (asked(code="3141"), FRONT, Instant(0, datetime(2026, 10, 31, 23, 59, tzinfo=RIGA)), Reason.OUTSIDE_HOURS),
        (asked(code="3141"), FRONT, NO_CLOCK, Reason.CLOCK_UNSURE),
        (asked(code="2718"), FRONT, MONDAY_NOON, Reason.WRONG_CODE),
        (asked(Channel.CODE, code="4711"), FRONT, MONDAY_NOON, "201"),
        (asked(Channel.CODE), BY_DIGIT, MONDAY_NOON, Reason.CODE_NEEDED),
        (asked(Channel.CODE, code="4711", call_id=None), FRONT, MONDAY_NOON, Reason.NOT_ANSWERED),
        (asked(Channel.SMS, leg_side=None, call_id=None), BY_DIGIT, MONDAY_NOON, Reason.CODE_NEEDED),
        (asked(Channel.SMS, code="4711", leg_side=None), FRONT, MONDAY_NOON, "201"),
        (asked(Channel.SMS, code="8080", leg_side=None), FRONT, MONDAY_NOON, Reason.WRONG_CODE),
        (asked(Channel.SMS, code="8080", leg_side=None, person=None), FRONT, MONDAY_NOON, Reason.WRONG_CODE),
        (asked(Channel.PAGE, leg_side=None, call_id=None, person="anna"), FRONT, MONDAY_NOON, "anna"),
        (asked(Channel.PAGE, leg_side=None, call_id=None, person=None), FRONT, MONDAY_NOON, Reason.CODE_NEEDED),
        (asked(Channel.PAGE, leg_side=LegSide.STREET), BY_DIGIT, MONDAY_NOON, Reason.WRONG_SIDE),
        (asked(Channel.KEYPAD, leg_side=None, call_id=None, code="4711", person=None), FRONT, MONDAY_NOON, "201"),
        (asked(Channel.KEYPAD, leg_side=None, call_id=None), BY_DIGIT, MONDAY_NOON, Reason.CODE_NEEDED),
        (keyed("6060"), FRONT, MONDAY_NOON, "anna"),
        (keyed("7070"), FRONT, MONDAY_NIGHT, Reason.OUTSIDE_HOURS),
        (keyed("1357"), FRONT, NO_CLOCK, "once"),
        (keyed("2468"), FRONT, MONDAY_NOON, Reason.USED_UP),
        (keyed("0001234567", is_card=True), FRONT, MONDAY_NOON, "carl"),
        (keyed("0001234567"), FRONT, MONDAY_NOON, Reason.WRONG_CODE),
        (keyed("4711", is_card=True), FRONT, MONDAY_NOON, Reason.WRONG_CODE),
        (by_sms("5829"), FRONT, NO_CLOCK, "+37120000001"),
        (by_sms("5829"), FRONT, Instant(1060.0, None), "+37120000001"),
        (by_sms("5829"), FRONT, Instant(1060.5, None), Reason.EXPIRED),
        (by_sms("9163"), FRONT, NO_CLOCK, Reason.USED_UP),
        (by_sms("5829", person="+37120000002"), FRONT, NO_CLOCK, Reason.WRONG_CODE),
        (asked(Channel.CODE, code="5829", person="+37120000001"), FRONT, NO_CLOCK, "+37120000001"),
        (keyed("5829", person="+37120000001"), FRONT, NO_CLOCK, Reason.WRONG_CODE),
        (asked(code="5829", person="+37120000001"), FRONT, NO_CLOCK, Reason.WRONG_CODE),
    ],
)
def test_who_may_open(request_: OpenRequest, door: DoorSettings, now: Instant, expected: str) -> None:
    assert outcome(judged(request_, door, now)) == expected


def test_the_pulse_is_the_doors() -> None:
    long = msgspec.structs.replace(BY_DIGIT, pulse_seconds=7.5)
    assert judged(asked(), long) == Grant(7.5, "201")


def test_a_locked_out_door_looks_at_no_code_but_still_opens_by_key() -> None:
    memory = Memory(wrong_codes=5, locked_out_until=MONDAY_NOON.monotonic + 20)

    def never(code: str, kept: str) -> bool:
        pytest.fail("a code was looked at")

    denied = decide(asked(code="4711"), door=FRONT, codes=CODES, memory=memory, now=MONDAY_NOON, code_matches=never)
    assert denied == Denial(Reason.LOCKED_OUT, 20)
    assert judged(asked(), BY_DIGIT, memory=memory) == Grant(3.0, "201")
    assert remember(memory, asked(), Grant(3.0, "201"), MONDAY_NOON).wrong_codes == 5


@pytest.mark.parametrize(
    ("wrong", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (8, 240), (9, 480), (10, 900), (10_000, 900)]
)
def test_the_lock_out_doubles_up_to_fifteen_minutes(wrong: int, seconds: float) -> None:
    assert lockout_seconds(wrong) == seconds


def test_a_code_under_duress_opens_like_any_other_and_says_so_to_the_door_alone() -> None:
    assert judged(keyed("6060")) == Grant(3.0, "anna", is_duress=True)
    assert judged(keyed("7070"), now=MONDAY_NIGHT) == Denial(Reason.OUTSIDE_HOURS, person="bob", is_duress=True)
    quiet = refusal("front", Denial(Reason.OUTSIDE_HOURS, person="bob", is_duress=True))
    assert quiet == refusal("front", Denial(Reason.OUTSIDE_HOURS))


def test_a_limited_code_says_which_use_is_gone_and_a_ring_code_which_ring_it_was() -> None:
    assert judged(keyed("1357")) == Grant(3.0, "once", code_used="id of once")
    assert judged(by_sms("5829")) == Grant(3.0, "+37120000001", ring="ring 7")


@pytest.mark.parametrize("request_", [asked(), asked(code="4711"), by_sms("5829"), asked(Channel.PAGE, leg_side=None)])
def test_after_tampering_nobody_opens_from_afar(request_: OpenRequest) -> None:
    tampered = remembered.blocked(Memory(), MONDAY_NOON)
    assert judged(request_, BY_DIGIT, memory=tampered) == Denial(Reason.BLOCKED, BLOCKED_SECONDS)
    later = Instant(MONDAY_NOON.monotonic + BLOCKED_SECONDS - 1, MONDAY_NOON.wall)
    assert judged(request_, BY_DIGIT, later, tampered) == Denial(Reason.BLOCKED, 1)
    assert isinstance(judged(keyed("4711"), BY_DIGIT, later, tampered), Grant)


def test_a_wrong_code_is_compared_with_those_of_its_heap_only() -> None:
    people = tuple(kept(str(number), f"{number:06}") for number in range(500))
    looked: list[str] = []

    def look(code: str, hash: str) -> bool:
        looked.append(hash)
        return code == hash

    known = KnownCodes(people=people)
    found = decide(keyed("000321"), door=FRONT, codes=known, memory=Memory(), now=MONDAY_NOON, code_matches=look)
    assert outcome(found) == "321"
    assert len(looked) < 12


@pytest.mark.parametrize(
    ("kept_", "boot", "expected"),
    [
        (Tries("b1", 3, 0.0), "b1", Memory(wrong_codes=3)),
        (Tries("b1", 6, 1040.0), "b1", Memory(wrong_codes=6, locked_out_until=1040.0)),
        (Tries("b1", 6, 9e9), "b1", Memory(wrong_codes=6, locked_out_until=1060.0)),
        (Tries("b1", 6, 5.0), "b2", Memory(wrong_codes=6, locked_out_until=1060.0)),
        (Blocked("b1", 1500.0), "b1", Memory(blocked_until=1500.0)),
        (Blocked("b1", 9e9), "b1", Memory(blocked_until=1000.0 + BLOCKED_SECONDS)),
        (Blocked("b1", 5.0), "b2", Memory(blocked_until=1000.0 + BLOCKED_SECONDS)),
        (Blocked("b1", 0.0), "b2", Memory()),
        (SPOILED[0], "b2", Memory(wrong_codes=5, locked_out_until=1030.0)),
        (SPOILED[1], "b2", Memory(blocked_until=1000.0 + BLOCKED_SECONDS)),
    ],
)
def test_what_outlasts_a_restart(kept_: Tries | Blocked, boot: str, expected: Memory) -> None:
    assert kept_over_restart(Memory(), kept_, boot, 1000.0) == expected


def test_a_right_code_ends_the_count_of_wrong_ones() -> None:
    memory = Memory(wrong_codes=4)
    right = asked(code="4711")
    assert remember(memory, right, judged(right, memory=memory), MONDAY_NOON).wrong_codes == 0


def test_ten_openings_a_minute_are_enough() -> None:
    memory = Memory()
    for second in range(0, 50, 5):
        now = Instant(float(second), None)
        decision = judged(asked(), BY_DIGIT, now, memory)
        assert isinstance(decision, Grant)
        memory = msgspec.structs.replace(remember(memory, asked(), decision, now), unlocked_since=None)
    assert judged(asked(), BY_DIGIT, Instant(50.0, None), memory) == Denial(Reason.TOO_OFTEN, 10)
    assert isinstance(judged(asked(), BY_DIGIT, Instant(60.0, None), memory), Grant)


@pytest.mark.parametrize(
    ("wall", "inside"),
    [
        (datetime(2026, 11, 23, 21, 59, tzinfo=RIGA), False),
        (datetime(2026, 11, 23, 22, 0, tzinfo=RIGA), True),
        (datetime(2026, 11, 24, 5, 59, tzinfo=RIGA), True),
        (datetime(2026, 11, 24, 6, 0, tzinfo=RIGA), False),
        (datetime(2026, 11, 24, 22, 0, tzinfo=RIGA), False),
        (datetime(2026, 11, 23, 5, 0, tzinfo=RIGA), False),
    ],
)
def test_hours_may_go_over_midnight(wall: datetime, inside: bool) -> None:
    assert rules.is_within((NIGHT,), wall) is inside


@pytest.mark.parametrize("reason", Reason)
def test_every_refusal_has_a_cause_and_a_next_step(reason: Reason) -> None:
    refused = refusal("front", Denial(reason, 12.3))
    assert refused.cause.endswith(".")
    assert refused.next_step.endswith(".")
    assert "{" not in refused.cause + refused.next_step


TRIES = some.lists(
    some.tuples(
        some.floats(0, 40), some.sampled_from([asked(), asked(code="4711"), asked(code="0000"), asked(code="1111")])
    ),
    max_size=60,
)


@given(TRIES, some.sampled_from([1.0, 3.0, 10.0]))
def test_however_often_one_asks_the_door_is_never_unlocked_longer_than_allowed(
    tries: list[tuple[float, OpenRequest]], pulse: float
) -> None:
    door = msgspec.structs.replace(BY_DIGIT, pulse_seconds=pulse)
    memory, now, end = Memory(), 1000.0, 0.0
    for wait, request in tries:
        now += wait / 10
        if memory.unlocked_since is not None and now >= end:
            memory = msgspec.structs.replace(memory, unlocked_since=None)
        decision = judged(request, door, Instant(now, None), memory)
        memory = remember(memory, request, decision, Instant(now, None))
        if isinstance(decision, Grant):
            end = now + decision.seconds
            assert 0 < decision.seconds <= pulse
            assert memory.unlocked_since is not None
            assert end - memory.unlocked_since <= rules.LONGEST_UNLOCK_SECONDS + 1e-6


@given(some.lists(some.tuples(some.floats(0, 2000), some.booleans()), max_size=80))
def test_no_code_is_looked_at_during_a_lock_out(tries: list[tuple[float, bool]]) -> None:
    memory, now = Memory(), 0.0
    wrong_in_a_row = 0
    free_at = 0.0
    for wait, right in tries:
        now += wait
        looked: list[str] = []

        def look(code: str, kept: str, looked: list[str] = looked) -> bool:
            looked.append(code)
            return code == kept

        request = asked(code="4711" if right else "0000")
        decision = decide(request, door=FRONT, codes=CODES, memory=memory, now=Instant(now, None), code_matches=look)
        memory = msgspec.structs.replace(remember(memory, request, decision, Instant(now, None)), unlocked_since=None)
        if now < free_at:
            assert not looked
            assert outcome(decision) == Reason.LOCKED_OUT
        elif looked:
            wrong_in_a_row = 0 if right else wrong_in_a_row + 1
            if wrong_in_a_row >= 5:
                free_at = now + 30 * 2 ** min(wrong_in_a_row - 5, 4)


def test_a_code_is_never_printed() -> None:
    assert "4711" not in repr(asked(code="4711"))
    assert "4711" not in f"{asked(code='4711')}"
