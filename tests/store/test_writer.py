"""The one writer: order, promises, and a disk that is full for a while."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trio

from appliance.store.database import copy_database
from appliance.store.failures import NewerDatabase, StoreFailed
from appliance.store.writer import Writer

DEADLINE = 10.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "records" / "records.sqlite"


@pytest.fixture
def writer(file: Path) -> Iterator[Writer]:
    with Writer(file, retry_seconds=0.02) as writer:
        writer.do(lambda connection: connection.execute("CREATE TABLE notes (note TEXT UNIQUE)").rowcount)
        yield writer


def note(text: str) -> Callable[[sqlite3.Connection], str]:
    def job(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO notes VALUES (?)", (text,))
        return text

    return job


def notes(connection: sqlite3.Connection) -> list[str]:
    return [text for (text,) in connection.execute("SELECT note FROM notes ORDER BY rowid")]


def fill_disk(writer: Writer) -> None:
    """Let SQLite find no more room, as it does on a full disk."""
    writer.do(lambda connection: connection.execute("PRAGMA max_page_count = 1").fetchone())


def make_room(writer: Writer) -> None:
    writer.do(lambda connection: connection.execute("PRAGMA max_page_count = 1000000").fetchone())


BIG = "x" * 60_000
"""More than fits into the pages there are."""


def test_jobs_run_in_the_order_they_were_handed_over(writer: Writer) -> None:
    for number in range(500):
        writer.submit(note(str(number)))
    assert writer.do(notes) == [str(number) for number in range(500)]


def test_what_was_handed_over_is_written_on_closing(file: Path) -> None:
    with Writer(file) as writer:
        writer.submit(lambda connection: connection.execute("CREATE TABLE notes (note TEXT)"))
        for number in range(300):
            writer.submit(note(str(number)))
    with Writer(file) as writer:
        assert len(writer.do(notes)) == 300


async def test_a_promise_is_kept_before_it_is_told(writer: Writer, file: Path) -> None:
    assert await writer.done(note("saved")) == "saved"
    with sqlite3.connect(file) as other:
        assert notes(other) == ["saved"]


async def test_followers_are_told_in_trio_after_the_commit(writer: Writer, file: Path) -> None:
    writer.call_back_in_trio()
    told, came, thread = [], trio.Event(), threading.get_ident()

    def hear(text: str) -> None:
        with sqlite3.connect(file) as other:
            told.append((text, notes(other), threading.get_ident() == thread))
        came.set()

    writer.submit(note("one"), hear)
    await came.wait()
    assert told == [("one", ["one"], True)]


def test_a_job_with_a_fault_of_its_own_disturbs_no_other(writer: Writer, caplog: pytest.LogCaptureFixture) -> None:
    gate = threading.Event()
    writer.submit(lambda _: gate.wait(DEADLINE))
    writer.submit(note("one"))
    writer.submit(note("one"))
    writer.submit(lambda _: 1 // 0)
    writer.submit(lambda connection: connection.execute("no SQL at all"))
    writer.submit(note("two"))
    with caplog.at_level(logging.ERROR):
        gate.set()
        assert writer.do(notes) == ["one", "two"]
    assert len([record for record in caplog.records if "is dropped" in record.message]) == 3
    assert writer.trouble is None


async def test_a_fault_of_a_job_is_raised_where_somebody_waits(writer: Writer) -> None:
    with pytest.raises(ZeroDivisionError):
        await writer.done(lambda _: 1 // 0)
    assert await writer.done(note("after")) == "after"


async def test_a_caller_who_goes_away_leaves_the_job_to_be_done(writer: Writer) -> None:
    gate = threading.Event()
    writer.submit(lambda _: gate.wait(DEADLINE))
    with trio.CancelScope() as scope:
        scope.cancel()
        await writer.done(note("done all the same"))
    gate.set()
    assert await writer.done(notes) == ["done all the same"]


def test_on_a_full_disk_records_wait_and_promises_fail_with_the_reason(writer: Writer) -> None:
    fill_disk(writer)
    for number in range(250):
        writer.submit(note(f"{number}{BIG}"))
    with pytest.raises(StoreFailed, match="disk is full"):
        writer.do(note(f"promised{BIG}"))
    assert writer.trouble is not None and "full" in writer.trouble.cause
    assert writer.do(notes) == [], "reading goes on"
    make_room(writer)
    settled = threading.Event()
    writer.submit(lambda _: None, lambda _: settled.set())
    assert settled.wait(DEADLINE)
    assert [text.rstrip("x") for text in writer.do(notes)] == [str(number) for number in range(250)]
    assert writer.trouble is None


def test_trouble_ends_by_itself_when_there_is_room_again(writer: Writer) -> None:
    fill_disk(writer)
    with pytest.raises(StoreFailed):
        writer.do(note(BIG))
    assert writer.do(notes) == [] and writer.trouble is not None, "reading proves nothing"
    make_room(writer)
    settled = threading.Event()
    writer.submit(lambda _: None, lambda _: settled.set())
    assert settled.wait(DEADLINE)
    assert writer.trouble is None


def test_a_full_queue_refuses_instead_of_growing(file: Path) -> None:
    gate, running = threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        running.set()
        gate.wait(DEADLINE)

    with Writer(file, longest_queue=3) as writer:
        writer.submit(hold)
        assert running.wait(DEADLINE)
        for _ in range(5):
            writer.submit(lambda _: None)
        assert writer.dropped == 2
        with pytest.raises(StoreFailed, match="Too much"):
            writer.do(lambda _: None)
        gate.set()


def test_a_broken_database_gives_way_to_its_copy(file: Path) -> None:
    with Writer(file) as writer:
        writer.do(lambda connection: connection.execute("CREATE TABLE notes (note TEXT)").rowcount)
        writer.do(note("in the copy"))
        copy_database(file)
        writer.do(note("later"))
    size = file.stat().st_size
    with file.open("r+b") as broken:
        broken.seek(100)
        broken.write(b"\xa5" * (size - 200))
    with Writer(file) as writer:
        assert writer.repaired is not None and writer.repaired.restored
        assert writer.repaired.kept_as is not None and writer.repaired.kept_as.stat().st_size == size
        assert writer.do(notes) == ["in the copy"]
    with Writer(file) as writer:
        assert writer.repaired is None


@pytest.mark.parametrize("rubbish", [b"", b"\0" * 8192, b"no database", b"SQLite format 3\0" + b"\1" * 5000])
def test_rubbish_instead_of_a_database_begins_anew(file: Path, rubbish: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(rubbish)
    with Writer(file) as writer:
        assert (writer.repaired is None) == (rubbish == b"")
        assert writer.do(lambda connection: connection.execute("SELECT count(*) FROM calls").fetchone()) == (0,)


def test_a_newer_database_is_refused_and_left_alone(file: Path) -> None:
    file.parent.mkdir()
    with sqlite3.connect(file) as newer:
        newer.execute("PRAGMA user_version = 99")
    newer.close()
    before = file.read_bytes()
    with pytest.raises(NewerDatabase):
        Writer(file)
    assert file.read_bytes() == before


def test_the_group_may_read_beside_the_writer(file: Path) -> None:
    with Writer(file) as writer:
        writer.do(lambda connection: connection.execute("CREATE TABLE notes (note TEXT)").rowcount)
        modes = {path.name: path.stat().st_mode & 0o777 for path in file.parent.iterdir()}
    assert modes == dict.fromkeys(("records.sqlite", "records.sqlite-wal", "records.sqlite-shm"), 0o660)


def test_what_cannot_be_opened_at_all_is_left_where_it_is(file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(StoreFailed, match="cannot be opened"):
        Writer(file)
    assert file.is_dir()
