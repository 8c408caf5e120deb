"""The ledger: durable, append-only, and honest about everything done to it."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from appliance.control.door_messages import LedgerEntry
from appliance.door import ledger
from appliance.door.ledger import Ledger, LedgerUnavailable
from appliance.door.memory import SPOILED, Blocked, Tries


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "door" / "ledger.sqlite"


@pytest.fixture
def kept(path: Path) -> Iterator[Ledger]:
    opened = Ledger(path)
    yield opened
    opened.close()


def a_try(person: str | None = "201", result: str = "granted") -> LedgerEntry:
    return LedgerEntry(
        number=0,
        at="2026-11-24T12:00:00.000+02:00",
        boot="b1",
        monotonic=12.5,
        door="front",
        channel="dtmf",
        asker="201",
        person=person,
        call_id="c1",
        result=result,
        reason=None,
    )


def filled(kept: Ledger, entries: int = 5) -> None:
    for number in range(entries):
        assert kept.append(a_try(str(200 + number))) == number + 1


def tamper(path: Path, *statements: str) -> None:
    """What somebody with the disk in his hands can do: triggers do not stop him."""
    database = sqlite3.connect(path)
    with database:
        database.execute("DROP TRIGGER entries_stay_as_they_are")
        database.execute("DROP TRIGGER entries_stay")
        for statement in statements:
            database.execute(statement)
    database.close()


def test_entries_come_back_newest_first_and_in_pages(kept: Ledger) -> None:
    filled(kept)
    assert [entry.number for entry in kept.page(2)] == [5, 4]
    assert [entry.number for entry in kept.page(10, before=3)] == [2, 1]
    assert kept.page(1)[0] == msgspec.structs.replace(a_try("204"), number=5)
    assert kept.verify() == (5, ())


def test_numbers_go_on_after_a_restart(kept: Ledger, path: Path) -> None:
    filled(kept)
    kept.close()
    assert Ledger(path).append(a_try()) == 6
    assert kept.verify() == (6, ())


def test_what_a_door_keeps_and_the_uses_of_codes_are_written_in_the_same_stroke(kept: Ledger, path: Path) -> None:
    kept.append(a_try(None, "refused"), Tries("b1", 3, 0.0))
    kept.append(a_try(None, "refused"), Tries("b1", 4, 77.5))
    kept.append(a_try(None, "alarm"), Blocked("b1", 1800.0))
    kept.append(a_try(), code_used="c1")
    kept.append(a_try(), code_used="c1")
    kept.append(a_try(), code_used="c2")
    assert set(Ledger(path).kept()) == {("front", Tries("b1", 4, 77.5)), ("front", Blocked("b1", 1800.0))}
    assert Ledger(path).uses() == {"c1": 2, "c2": 1}


def test_what_somebody_has_spoiled_counts_as_the_worst(kept: Ledger, path: Path) -> None:
    kept.append(a_try(None, "refused"), Tries("b1", 3, 0.0))
    kept.close()
    database = sqlite3.connect(path)
    with database:
        database.execute("UPDATE kept SET content = 'nonsense'")
    database.close()
    assert Ledger(path).kept() == tuple(("front", one) for one in SPOILED)


def test_entries_are_found_by_any_of_their_texts(kept: Ledger) -> None:
    filled(kept)
    kept.append(msgspec.structs.replace(a_try("Jānis Bērziņš", "refused"), reason="wrong_code", door="100%"))
    assert [entry.number for entry in kept.page(10, text="JĀNIS")] == [6]
    assert [entry.number for entry in kept.page(10, text="wrong_c")] == [6]
    assert [entry.number for entry in kept.page(10, text="%")] == [6]
    assert [entry.number for entry in kept.page(2, text="2026-11-24", before=4)] == [3, 2]
    assert kept.page(10, text="' OR 1=1 --") == ()


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("UPDATE entries SET person = 'nobody' WHERE number = 3", "Entry 3 was changed"),
        ("UPDATE entries SET result = 'refused' WHERE number = 5", "Entry 5 was changed"),
        ("UPDATE entries SET at = NULL WHERE number = 1", "Entry 1 was changed"),
        ("DELETE FROM entries WHERE number = 2", "Entries 2 to 2 are missing"),
        ("DELETE FROM entries WHERE number = 5", "Entries 5 to 5 were cut off"),
        ("DELETE FROM entries", "Entries 1 to 5 were cut off"),
        (
            "UPDATE entries SET hash = (SELECT hash FROM entries WHERE number = 1) WHERE number = 4",
            "Entry 4 was changed",
        ),
    ],
)
def test_whatever_is_done_to_an_entry_is_found(kept: Ledger, path: Path, statement: str, fault: str) -> None:
    filled(kept)
    tamper(path, statement)
    _, faults = kept.verify()
    assert any(found.startswith(fault) for found in faults), faults


def test_an_entry_put_in_later_is_found(kept: Ledger, path: Path) -> None:
    filled(kept)
    columns = "at, boot, monotonic, door, channel, asker, person, call_id, result, reason, hash"
    tamper(path, f"INSERT INTO entries SELECT 6, {columns} FROM entries WHERE number = 5")
    assert any("Entry 6" in fault for fault in kept.verify()[1])


def test_a_tail_that_was_cut_off_stays_known_when_new_entries_follow(kept: Ledger, path: Path) -> None:
    filled(kept)
    kept.close()
    tamper(path, "DELETE FROM entries WHERE number > 3")
    assert kept.append(a_try()) == 5
    assert kept.page(5)[1].result == ledger.FAULT
    assert kept.page(5)[1].reason == "Entries 4 to 5 were cut off the end of the ledger."


def test_a_ledger_that_was_taken_away_is_noticed(kept: Ledger, path: Path) -> None:
    filled(kept)
    kept.close()
    path.unlink()
    assert kept.verify() == (1, ())
    assert kept.page(1)[0].reason == "Entries 1 to 5 were cut off the end of the ledger."


def test_the_database_itself_refuses_changes(kept: Ledger, path: Path) -> None:
    filled(kept)
    database = sqlite3.connect(path)
    for statement in ("UPDATE entries SET person = 'x'", "DELETE FROM entries"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(statement)
    database.close()


def test_a_broken_file_is_kept_and_a_new_ledger_says_so(kept: Ledger, path: Path) -> None:
    filled(kept)
    kept.close()
    path.write_bytes(b"not a database at all" * 1000)
    assert kept.append(a_try()) == 2
    assert kept.page(2)[1].reason == "The earlier ledger was broken and is kept as ledger.sqlite.broken."
    assert path.with_name("ledger.sqlite.broken").read_bytes().startswith(b"not a database")


def test_a_newer_ledger_is_refused_untouched(kept: Ledger, path: Path) -> None:
    filled(kept)
    kept.close()
    database = sqlite3.connect(path)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(LedgerUnavailable, match="another release"):
        kept.append(a_try())


def test_a_ledger_that_cannot_be_written_works_again_by_itself(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.parent.joinpath("in the way").touch()
    shutil.rmtree(path.parent)
    path.parent.write_text("a file where the folder should be")
    kept = Ledger(path)
    with pytest.raises(LedgerUnavailable, match="Check the disk"):
        kept.append(a_try())
    path.parent.unlink()
    assert kept.append(a_try()) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system")
def test_a_full_disk_refuses_and_loses_nothing(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=200k", "porter-test", small], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount: {mounted.stderr.decode()}")
    try:
        kept = Ledger(small / "ledger.sqlite")
        filled(kept, 10)
        with pytest.raises(OSError, match="No space"), (small / "ballast").open("wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(1024))
        written = 10
        with pytest.raises(LedgerUnavailable):  # some pages may still be free in the log
            while True:
                written = kept.append(a_try())
        (small / "ballast").unlink()
        assert kept.append(a_try()) == written + 1
        assert kept.verify() == (written + 1, ())
        kept.close()
    finally:
        subprocess.run(["umount", small], check=True)


def test_an_acknowledged_entry_survives_a_kill(path: Path) -> None:
    writer = f"""
from pathlib import Path
from appliance.control.door_messages import LedgerEntry
from appliance.door.ledger import Ledger
kept = Ledger(Path({str(path)!r}))
while True:
    entry = LedgerEntry(number=0, at=None, boot="b", monotonic=0.0, door="front", channel="dtmf", result="granted")
    print(kept.append(entry), flush=True)
"""
    for _ in range(5):
        with subprocess.Popen([sys.executable, "-c", writer], stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            acknowledged = [int(process.stdout.readline()) for _ in range(20)]
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read().split(b"\n")
            last = max([*acknowledged, *(int(line) for line in rest[:-1])])
        count, faults = Ledger(path).verify()
        assert count >= last
        assert faults == ()
