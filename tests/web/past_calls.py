"""Calls that were, in a records file as the controller writes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from appliance.calls.names import CallId, Cause, LegId, Party, PartyKind
from appliance.calls.record import CallRecord, LegRecord
from appliance.store.records import CallRecords
from appliance.store.writer import Writer

ANNA = Party(kind=PartyKind.EXTENSION, number="201", name="Anna Bērziņa")
OLGA = Party(kind=PartyKind.OUTSIDE, number="+37129999999", name="Ольга", line="gsm1")
WITHHELD = Party(kind=PartyKind.OUTSIDE, number="", line="gsm1")
BEGAN = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)


def a_past_call(number: int, caller: Party = OLGA, **changes: object) -> CallRecord:
    """One that was answered, each an hour before the next."""
    record = CallRecord(
        id=CallId(f"call{number}"),
        began_at=BEGAN + timedelta(hours=number),
        caller=caller,
        called="+37160000000",
        answered_at=4.0,
        seconds=79.0,
        talk_seconds=75.0,
        cause=Cause.NORMAL,
        legs=(
            LegRecord(id=LegId(f"{number}.1"), party=caller, incoming=True, joined_at=0.0, answered_at=4.0, left_at=79),
            LegRecord(id=LegId(f"{number}.2"), party=ANNA, incoming=False, joined_at=0.5, answered_at=4.0, left_at=79),
        ),
    )
    return msgspec.structs.replace(record, **changes)


def a_missed_call(number: int, caller: Party = WITHHELD) -> CallRecord:
    return a_past_call(number, caller, answered_at=None, talk_seconds=0.0, seconds=25.0, cause=Cause.NO_ANSWER, legs=())


def keep(file: Path, *records: CallRecord) -> None:
    """Write them as the controller does."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with Writer(file) as writer:
        for record in records:
            CallRecords(writer).call_ended(record)
        writer.do(lambda connection: None)
