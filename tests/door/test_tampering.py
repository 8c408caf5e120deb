"""Whatever byte of the ledger somebody changes, it is found, or it changes no entry at all.

A database has bytes that mean nothing: free space, counters of changes. So the property is: either the ledger says that
something is wrong with it, or every entry is the one that was written.
"""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from appliance.control.door_messages import LedgerEntry
from appliance.door.ledger import FAULT, Ledger, LedgerUnavailable
from appliance.door.memory import Tries

ENTRIES = 40


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger of some length, closed as after an orderly end."""
    folder = tmp_path_factory.mktemp("written")
    kept = Ledger(folder / "ledger.sqlite")
    for number in range(ENTRIES):
        kept.append(an_entry(number), Tries("b1", number % 5, 0.0), f"c{number % 3}")
    kept.close()
    return folder


def an_entry(number: int) -> LedgerEntry:
    return LedgerEntry(
        number=number + 1,
        at=f"2026-11-28T12:00:{number:02}.000+02:00",
        boot="4f1c9d0e-8d63-4a5e-9e0c-0b8d6a3d9f11",
        monotonic=1000.0 + number,
        door=("front", "back")[number % 2],
        channel=("dtmf", "keypad", "sms")[number % 3],
        asker=f"20{number % 7}",
        person=None if number % 5 == 0 else f"person {number}",
        call_id=f"call{number}",
        result=("granted", "refused")[number % 2],
        reason=None if number % 2 == 0 else "wrong_code",
    )


def is_found_or_harmless(folder: Path) -> bool:
    """Whether the ledger complains, or all entries are as they were written."""
    kept = Ledger(folder / "ledger.sqlite")
    try:
        number, faults = kept.verify()
        entries = kept.page(ENTRIES + 10)
    except LedgerUnavailable:
        return True
    finally:
        kept.close()
    if faults or any(entry.result == FAULT for entry in entries):
        return True
    return number == ENTRIES and [*reversed(entries)] == [an_entry(at) for at in range(ENTRIES)]


def changed(written: Path, place: Path, name: str, change: Callable[[bytearray], None]) -> bool:
    if place.exists():
        shutil.rmtree(place)
    shutil.copytree(written, place)
    file = place / name
    data = bytearray(file.read_bytes())
    change(data)
    file.write_bytes(data)
    return is_found_or_harmless(place)


def test_an_untouched_ledger_is_whole(written: Path, tmp_path: Path) -> None:
    assert changed(written, tmp_path / "copy", "ledger.sqlite", lambda _: None)
    kept = Ledger(tmp_path / "copy" / "ledger.sqlite")
    assert kept.verify() == (ENTRIES, ())
    kept.close()


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    some.floats(0, 1, exclude_max=True),
    some.integers(1, 255),
    some.sampled_from(["ledger.sqlite", "ledger.sqlite.head"]),
)
def test_a_changed_byte_is_found(written: Path, tmp_path: Path, where: float, by: int, name: str) -> None:
    def change(data: bytearray) -> None:
        data[int(where * len(data))] ^= by

    assert changed(written, tmp_path / "copy", name, change)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.floats(0, 1), some.sampled_from(["ledger.sqlite", "ledger.sqlite.head"]))
def test_a_torn_file_is_found(written: Path, tmp_path: Path, where: float, name: str) -> None:
    def tear(data: bytearray) -> None:
        del data[int(where * len(data)) :]

    assert changed(written, tmp_path / "copy", name, tear)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.floats(0, 1), some.floats(0, 1), some.binary(min_size=1, max_size=600))
def test_bytes_written_over_others_are_found(
    written: Path, tmp_path: Path, where: float, length: float, new: bytes
) -> None:
    def overwrite(data: bytearray) -> None:
        at = int(where * len(data))
        data[at : at + int(length * len(new))] = new

    assert changed(written, tmp_path / "copy", "ledger.sqlite", overwrite)


@pytest.mark.parametrize(
    "field", [field.name for field in msgspec.structs.fields(LedgerEntry) if field.name != "number"]
)
def test_every_text_that_stands_in_an_entry_is_watched(written: Path, tmp_path: Path, field: str) -> None:
    """Each byte of each field of one entry, changed by hand in the file, is found, not only harmless."""
    value = getattr(an_entry(7), field)
    text = str(value).encode()
    if field == "monotonic":
        return
    whole = (written / "ledger.sqlite").read_bytes()
    at = whole.index(f"2026-11-28T12:00:{7:02}".encode())
    start = whole.index(text, at)
    for offset in range(start, start + len(text)):
        place = tmp_path / "copy"
        assert changed(written, place, "ledger.sqlite", lambda data, at=offset: data.__setitem__(at, data[at] ^ 1))
        kept = Ledger(place / "ledger.sqlite")
        assert kept.verify()[1], f"byte {offset - start} of {field}"
        kept.close()


def test_the_end_may_be_killed_anywhere_between_entry_and_note(written: Path, tmp_path: Path) -> None:
    """The note is not synced: an older one of the same chain is no foul play, of another chain it is."""
    shutil.copytree(written, tmp_path / "copy")
    path = tmp_path / "copy" / "ledger.sqlite"
    note = (tmp_path / "copy" / "ledger.sqlite.head").read_text()
    kept = Ledger(path)
    kept.append(an_entry(ENTRIES))
    (tmp_path / "copy" / "ledger.sqlite.head").write_text(note)
    assert kept.verify() == (ENTRIES + 1, ())
    (tmp_path / "copy" / "ledger.sqlite.head").write_text(f"3 {'0' * 64}\n")
    assert kept.verify()[1] == ("Entry 3 is not the one that was written.",)
    kept.close()


@pytest.mark.long
def test_every_single_byte_changed_is_found(written: Path, tmp_path: Path, long_seed: int) -> None:
    size = (written / "ledger.sqlite").stat().st_size
    places = range(size)
    if os.environ.get("PORTER_LONG") != "full":
        places = random.Random(long_seed).sample(places, 1000)  # type: ignore[assignment]
    lost = [
        at
        for at in places
        if not changed(
            written, tmp_path / "copy", "ledger.sqlite", lambda data, at=at: data.__setitem__(at, data[at] ^ 0x41)
        )
    ]
    assert lost == []
