"""Who knows whom outside, from the records as they are written."""

import time
from pathlib import Path

import pytest

from appliance.calls.names import CallId, Cause, LegId, Party, PartyKind
from appliance.calls.record import CallRecord, LegRecord, rung_from_outside, talked
from appliance.store.acquaintances import StoredAcquaintances
from appliance.store.records import CallRecords
from appliance.store.writer import Writer

CUSTOMER, OTHER = "+37129999999", "+37128888888"


def leg(number: str, *, incoming: bool = False, answered_at: float | None = None) -> LegRecord:
    kind = PartyKind.OUTSIDE if number.startswith("+") or not number else PartyKind.EXTENSION
    return LegRecord(
        id=LegId(f"leg-{number}"),
        party=Party(kind=kind, number=number),
        incoming=incoming,
        joined_at=0.0,
        answered_at=answered_at,
    )


def call(id: str, caller: LegRecord, *others: LegRecord, talk: float = 0.0, over: bool = True) -> CallRecord:
    return CallRecord(
        id=CallId(id),
        began_at=None,
        caller=caller.party,
        called="x",
        talk_seconds=talk,
        cause=Cause.NORMAL if over else None,
        legs=(caller, *others),
    )


RUNG_IN_VAIN = call("1", leg(CUSTOMER, incoming=True), leg("201"), leg("202"))
TALK_IN = call("2", leg(CUSTOMER, incoming=True, answered_at=9.0), leg("201", answered_at=8.0), leg("202"), talk=30.0)
TALK_OUT = call("3", leg("203", incoming=True, answered_at=5.0), leg(CUSTOMER, answered_at=4.0), talk=3.0)
MAILBOX = call("4", leg(CUSTOMER, incoming=True, answered_at=9.0), leg("202"))
WITHHELD = call("5", leg("", incoming=True, answered_at=9.0), leg("202", answered_at=8.0), talk=3.0)
INSIDE = call("6", leg("201", incoming=True, answered_at=9.0), leg("202", answered_at=8.0), talk=3.0)


@pytest.mark.parametrize(
    ("record", "pair", "rung"),
    [
        (RUNG_IN_VAIN, None, ("201", "202")),
        (TALK_IN, (CUSTOMER, "201"), ("201", "202")),
        (TALK_OUT, (CUSTOMER, "203"), ()),
        (MAILBOX, None, ("202",)),
        (WITHHELD, None, ()),
        (INSIDE, None, ()),
    ],
)
def test_a_record_tells_who_talked_and_who_was_rung(
    record: CallRecord, pair: tuple[str, str] | None, rung: tuple[str, ...]
) -> None:
    assert (talked(record), rung_from_outside(record)) == (pair, rung)


async def test_the_latest_talk_and_the_latest_caller_are_known(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    with Writer(file) as writer:
        records, known = CallRecords(writer), StoredAcquaintances(file)
        for record in (RUNG_IN_VAIN, TALK_IN, TALK_OUT, WITHHELD, INSIDE):
            records.call_ended(record)
        records.call_ended(call("7", leg(OTHER, incoming=True), leg("202")))
        records.call_started(call("8", leg(OTHER, incoming=True), leg("201"), over=False))
        writer.do(lambda _: None)
        assert await known.last_talk(CUSTOMER) == "203"
        assert await known.last_talk(OTHER) is None
        assert (await known.last_caller("201"), await known.last_caller("202")) == (CUSTOMER, OTHER)
        assert await known.last_caller("203") is None


async def test_what_is_forgotten_with_its_record_is_not_known_any_more(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    with Writer(file) as writer:
        records, known = CallRecords(writer), StoredAcquaintances(file)
        for record in (TALK_IN, INSIDE):
            records.call_ended(record)
        records.forget_all_but(1)
        writer.do(lambda _: None)
        assert await known.last_talk(CUSTOMER) is None and await known.last_caller("201") is None


async def test_a_store_that_cannot_be_read_knows_nobody(tmp_path: Path) -> None:
    assert await StoredAcquaintances(tmp_path / "nowhere.sqlite").last_talk(CUSTOMER) is None


async def test_asking_is_one_look_up_however_many_calls_there_were(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    with Writer(file) as writer:
        known = StoredAcquaintances(file)
        numbers = [(f"+3712{n:07}", "201", n) for n in range(50_000)]
        writer.do(lambda connection: connection.executemany("INSERT INTO last_talks VALUES (?, ?, ?)", numbers))
        began = time.perf_counter()
        for n in range(50):
            assert await known.last_talk(f"+3712{n:07}") == "201"
        assert (time.perf_counter() - began) / 50 < 0.02
