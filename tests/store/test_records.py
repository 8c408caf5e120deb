"""Call records: written while calls go on, found again by number, name and time."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.calls.names import CallId, Cause, LegId, Party, PartyKind
from appliance.calls.record import CallRecord, LegRecord, ToldFact
from appliance.calls.story import NoAnswer, Ringing
from appliance.store.failures import StoreFailed
from appliance.store.records import CallRecords, RecordsReader
from appliance.store.writer import Writer

MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)
ANNA = Party(kind=PartyKind.EXTENSION, number="201", name="Anna Bērziņa")
OLGA = Party(kind=PartyKind.OUTSIDE, number="+37129999999", name="Ольга", line="gsm1")
WITHHELD = Party(kind=PartyKind.OUTSIDE, number="", line="gsm1")


def call(number: int, caller: Party = OLGA, **changes: object) -> CallRecord:
    """A call of one minute, each an hour after the one before."""
    legs = tuple(
        LegRecord(id=LegId(f"{number}-{party.number}"), party=party, incoming=party is caller, joined_at=0.0)
        for party in (caller, ANNA)
    )
    record = CallRecord(
        id=CallId(f"call{number}"),
        began_at=MIDNIGHT + timedelta(hours=number),
        caller=caller,
        called="600",
        answered_at=4.0,
        seconds=60.0,
        talk_seconds=56.0,
        cause=Cause.NORMAL,
        legs=legs,
        story=(ToldFact(0.5, Ringing("201", 2)), ToldFact(20.0, NoAnswer("sales", 20.0))),
    )
    return msgspec.structs.replace(record, **changes)


def begun(record: CallRecord) -> CallRecord:
    """The record as it is when the call begins."""
    return msgspec.structs.replace(record, answered_at=None, seconds=None, cause=None, talk_seconds=0.0, story=())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records" / "records.sqlite"


@pytest.fixture
def writer(file: Path) -> Iterator[Writer]:
    with Writer(file) as writer:
        yield writer


@pytest.fixture
def records(writer: Writer) -> CallRecords:
    return CallRecords(writer)


@pytest.fixture
def reader(file: Path, writer: Writer) -> RecordsReader:
    return RecordsReader(file)


def written(writer: Writer) -> None:
    """Everything handed over so far is durable."""
    writer.do(lambda _: None)


def found(reader: RecordsReader, **wanted: object) -> list[str]:
    return [row.id.removeprefix("call") for row in reader.page(**wanted).calls]  # type: ignore[arg-type]


def test_a_call_is_seen_while_it_lasts_and_whole_when_it_is_over(
    writer: Writer, records: CallRecords, reader: RecordsReader
) -> None:
    whole = call(1)
    records.call_started(begun(whole))
    written(writer)
    (row,) = reader.page().calls
    assert (row.cause, row.seconds, row.caller, row.line) == (None, None, "+37129999999", "gsm1")
    records.call_ended(whole)
    written(writer)
    (row,) = reader.page().calls
    assert (row.cause, row.seconds, row.answered_at, row.began_at) == (16, 60.0, 4.0, whole.began_at)
    assert reader.call("call1") == whole and reader.call("none") is None


def test_a_beginning_that_comes_late_does_not_reopen_a_call(
    writer: Writer, records: CallRecords, reader: RecordsReader
) -> None:
    records.call_ended(call(1))
    records.call_started(begun(call(1)))
    written(writer)
    assert reader.call("call1") == call(1) and reader.count() == 1


def test_a_call_cut_by_a_crash_is_closed_at_the_next_start(file: Path) -> None:
    with Writer(file) as writer:
        CallRecords(writer).call_started(begun(call(1)))
        CallRecords(writer).call_ended(call(2))
    with Writer(file) as writer:
        assert CallRecords(writer).close_interrupted() == 1
        assert CallRecords(writer).close_interrupted() == 0
    cut, whole = RecordsReader(file).call("call1"), RecordsReader(file).call("call2")
    assert cut is not None and (cut.cause, cut.interrupted) == (Cause.TEMPORARY_FAILURE, True)
    assert whole == call(2)
    assert [row.interrupted for row in RecordsReader(file).page().calls] == [False, True]


def test_pages_are_newest_first_and_leave_nothing_out(
    writer: Writer, records: CallRecords, reader: RecordsReader
) -> None:
    for number in range(25):
        records.call_ended(call(number))
    written(writer)
    pages, before = [], None
    while True:
        page = reader.page(before=before, size=10)
        pages.append([row.id for row in page.calls])
        if (before := page.older) is None:
            break
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [call for page in pages for call in page] == [f"call{number}" for number in range(24, -1, -1)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("999", ["1"]),
        ("+371 2999 9999", ["1"]),
        ("ольга", ["1"]),
        ("ОЛЬ", ["1"]),
        ("bērz", ["3", "2", "1"]),
        ("60", ["3", "2", "1"]),
        ("%", []),
        ('"', []),
        ('a" OR "b', []),
        ("_0", []),
        ("Jānis", []),
        ("  ", ["3", "2", "1"]),
        ("", ["3", "2", "1"]),
    ],
)
def test_calls_are_found_by_part_of_a_number_or_name(
    text: str, expected: list[str], writer: Writer, records: CallRecords, reader: RecordsReader
) -> None:
    records.call_ended(call(1))
    records.call_ended(call(2, WITHHELD))
    records.call_ended(call(3, ANNA))
    written(writer)
    assert found(reader, text=text) == expected


def test_calls_are_found_by_whole_number_time_and_being_missed(
    writer: Writer, records: CallRecords, reader: RecordsReader
) -> None:
    records.call_ended(call(1))
    records.call_ended(call(2, WITHHELD, answered_at=None, cause=Cause.NO_ANSWER))
    records.call_ended(call(3, began_at=None))
    records.call_started(begun(call(4)))
    written(writer)
    assert found(reader, number="+37129999999") == ["4", "3", "1"]
    assert found(reader, number="201") == ["4", "3", "2", "1"]
    assert found(reader, number="20") == []
    assert found(reader, missed=True) == ["2"]
    assert found(reader, since=MIDNIGHT + timedelta(hours=2)) == ["4", "2"]
    assert found(reader, until=MIDNIGHT + timedelta(hours=2)) == ["1"]
    assert found(reader, since=MIDNIGHT, until=MIDNIGHT + timedelta(hours=3), missed=True, text="anna") == ["2"]


def test_a_call_is_found_by_what_it_became(writer: Writer, records: CallRecords, reader: RecordsReader) -> None:
    records.call_started(begun(call(1, WITHHELD)))
    written(writer)
    assert found(reader, text="ольга") == []
    records.call_ended(call(1, OLGA))
    written(writer)
    assert found(reader, text="ольга") == ["1"]


def test_old_calls_are_forgotten_with_all_that_belongs_to_them(
    writer: Writer, records: CallRecords, reader: RecordsReader
) -> None:
    records.call_started(begun(call(0)))
    for number in range(1, 20):
        records.call_ended(call(number))
    records.forget_all_but(5)
    written(writer)
    assert found(reader) == ["19", "18", "17", "16", "15", "0"], "a call that lasts is never forgotten"
    assert len(found(reader, text="999")) == len(found(reader, number="201")) == 6
    left = writer.do(
        lambda connection: [
            connection.execute(f"SELECT count(DISTINCT seq) FROM {table}").fetchone()[0]
            for table in ("call_documents", "call_numbers")
        ]
    )
    assert left == [6, 6]
    writer.do(
        lambda connection: (
            connection.execute("INSERT INTO call_search (call_search) VALUES ('integrity-check')").rowcount
        )
    )


def test_a_fact_of_another_release_does_not_hide_a_call(
    writer: Writer, records: CallRecords, reader: RecordsReader
) -> None:
    records.call_ended(call(1))
    writer.do(
        lambda connection: (
            connection.execute(
                "UPDATE call_documents SET document = replace(CAST(document AS TEXT), 'NoAnswer', 'Unheard')"
            ).rowcount
        )
    )
    record = reader.call("call1")
    assert record is not None and [told.fact for told in record.story] == [Ringing("201", 2)]


def test_records_that_are_not_there_are_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(StoreFailed):
        RecordsReader(tmp_path / "none.sqlite").page()


def test_reading_changes_nothing(reader: RecordsReader) -> None:
    with reader._connected() as connection, pytest.raises(Exception, match="readonly"):
        connection.execute("DELETE FROM calls")


@given(st.text(), st.none() | st.text(), st.integers(-5, 1000), st.none() | st.integers(-5, 5))
@settings(max_examples=60, deadline=None)
def test_any_question_has_an_answer(
    tmp_path_factory: pytest.TempPathFactory, text: str, number: str | None, size: int, before: int | None
) -> None:
    file = tmp_path_factory.getbasetemp() / "asked" / "records.sqlite"
    if not file.exists():
        with Writer(file) as writer:
            CallRecords(writer).call_ended(call(1))
    try:
        RecordsReader(file).page(text=text, number=number, size=size, before=before)
    except StoreFailed:
        pytest.fail("a question broke the store")


@pytest.mark.long
def test_a_page_comes_within_100_ms_with_100_000_calls(
    writer: Writer, records: CallRecords, reader: RecordsReader
) -> None:
    chance = random.Random(1)
    for batch in range(20):
        for at in range(5_000):
            name, number = chance.choice(["", "Jānis", "Ольга"]), f"+3712{chance.randrange(10**7):07d}"
            caller = Party(kind=PartyKind.OUTSIDE, number=number, name=name, line="gsm1")
            records.call_ended(call(batch * 5_000 + at, caller))
        written(writer)
    questions: list[dict[str, object]] = [
        {},
        {"text": "+3712"},
        {"text": "20"},
        {"text": "no such name"},
        {"text": "qq"},
        {"text": "ольга", "missed": True},
        {"number": "201"},
        {"missed": True},
        {"since": MIDNIGHT + timedelta(hours=500), "until": MIDNIGHT + timedelta(hours=501)},
        {"before": 50_000},
    ]
    for question in questions:
        began = time.perf_counter()
        reader.page(**question)  # type: ignore[arg-type]
        assert time.perf_counter() - began < 0.1, question
