"""Recordings of talks: kept, listed, and found again when everything died in the middle of one."""

import random
import wave
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appliance.calls.names import CallId
from appliance.calls.ports import TalkRecording
from appliance.errors import PorterError
from appliance.store import recordings as module
from appliance.store.failures import StoreFailed
from appliance.store.recordings import StoredRecordings
from appliance.store.wav import header
from appliance.store.writer import Writer

SECOND = 16_000
"""Bytes of s16le at 8 kHz."""

PLENTY = 10**12
CALL = CallId("00f1a2b3c4")


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer(tmp_path / "records.sqlite") as writer:
        yield writer


def opened(writer: Writer, tmp_path: Path) -> StoredRecordings:
    chance = random.Random(3)
    return StoredRecordings(writer, tmp_path / "recordings", lambda: f"{chance.randrange(2**48):012x}")


def write(path: str, seconds: float, *, is_finished: bool = True) -> None:
    """What the bridge leaves at a path; unfinished, the header does not know the length yet."""
    sound = random.Random(1).randbytes(int(seconds * SECOND) // 2 * 2)
    Path(path).write_bytes(header(len(sound) if is_finished else 0) + sound)


def remove(path: str) -> None:
    Path(path).unlink()


def is_there(path: str) -> bool:
    return Path(path).exists()


def recording(path: str, **changes: object) -> TalkRecording:
    values: dict[str, object] = {
        "id": Path(path).stem,
        "call": CALL,
        "path": path,
        "by": "201",
        "parties": ("Anna", "Оля"),
        "began_at": datetime(2026, 11, 24, 12, tzinfo=UTC),
        "seconds": 65.0,
    }
    return TalkRecording(**{**values, **changes})  # type: ignore[arg-type]


async def test_a_recording_is_kept_and_listed_newest_first(writer: Writer, tmp_path: Path) -> None:
    store = opened(writer, tmp_path)
    assert await store.recordings() == []
    kept = []
    for seconds in (65.0, 3.5):
        path = await store.new_recording(CALL, most_bytes=PLENTY)
        write(path, seconds)
        began_at = datetime(2026, 11, 24, 12, tzinfo=UTC) if seconds > 10 else None
        kept.append(recording(path, seconds=seconds, began_at=began_at))
        store.keep_soon(kept[-1])
    assert await store.recordings() == kept[::-1]
    assert await store.recordings(1) == kept[1:]


async def test_a_removed_recording_is_gone_and_makes_room(writer: Writer, tmp_path: Path) -> None:
    store = opened(writer, tmp_path)
    path = await store.new_recording(CALL, most_bytes=PLENTY)
    write(path, 10)
    kept = recording(path, seconds=10.0)
    store.keep_soon(kept)
    assert await store.remove(kept.id) and not await store.remove(kept.id) and not await store.remove("../x")
    assert await store.recordings() == [] and not is_there(path)
    await store.new_recording(CALL, most_bytes=SECOND)


async def test_recordings_older_than_a_moment_are_removed_whatever_their_time_zone(
    writer: Writer, tmp_path: Path
) -> None:
    store = opened(writer, tmp_path)
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    began = [noon - timedelta(days=31), (noon - timedelta(days=30)).astimezone(ZoneInfo("Europe/Riga")), None, noon]
    kept = []
    for began_at in began:
        path = await store.new_recording(CALL, most_bytes=PLENTY)
        write(path, 2.0)
        kept.append(recording(path, began_at=began_at))
        store.keep_soon(kept[-1])
    assert await store.forget_before(noon - timedelta(days=30)) == 1
    assert [one.id for one in await store.recordings()] == [one.id for one in kept[:0:-1]]
    assert not is_there(kept[0].path) and is_there(kept[1].path)
    assert await store.forget_before(noon - timedelta(days=30)) == 0


async def test_a_discarded_recording_leaves_nothing_and_strange_paths_are_refused(
    writer: Writer, tmp_path: Path
) -> None:
    store = opened(writer, tmp_path)
    path = await store.new_recording(CALL, most_bytes=PLENTY)
    write(path, 0.5)
    store.discard_soon(path)
    assert await store.recordings() == [] and not list((tmp_path / "recordings").iterdir())
    with pytest.raises(PorterError):
        store.discard_soon(str(tmp_path / "records.sqlite"))


async def test_no_recording_begins_when_the_room_is_used_up(
    writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = opened(writer, tmp_path)
    path = await store.new_recording(CALL, most_bytes=10 * SECOND)
    write(path, 10)
    store.keep_soon(recording(path, seconds=10.0))
    with pytest.raises(StoreFailed, match="all the room") as full:
        await store.new_recording(CALL, most_bytes=10 * SECOND)
    assert "most_megabytes" in str(full.value.next_step)
    await store.new_recording(CALL, most_bytes=10 * SECOND + 2)
    monkeypatch.setattr(module, "LEAST_ROOM_BYTES", 2**62)
    with pytest.raises(StoreFailed, match="nearly full"):
        await store.new_recording(CALL, most_bytes=PLENTY)


async def test_what_a_crash_cut_is_repaired_and_kept_with_its_call(writer: Writer, tmp_path: Path) -> None:
    store = opened(writer, tmp_path)
    long, short = [await store.new_recording(CALL, most_bytes=PLENTY) for _ in range(2)]
    write(long, 4.0, is_finished=False)
    write(short, 0.3, is_finished=False)
    gone = await store.new_recording(CALL, most_bytes=PLENTY)
    write(gone, 4.0)
    store.keep_soon(recording(gone))
    assert len(await store.recordings()) == 1
    remove(gone)
    (found,) = await opened(writer, tmp_path).recordings()
    assert (found.call, found.id, found.by, found.seconds) == (CALL, Path(long).stem, "", 4.0)
    assert not is_there(short)
    with wave.open(long) as sound:
        assert sound.getnframes() == 4 * 8000


async def test_a_recording_that_was_never_written_is_not_listed(writer: Writer, tmp_path: Path) -> None:
    store = opened(writer, tmp_path)
    store.keep_soon(recording(await store.new_recording(CALL, most_bytes=PLENTY)))
    assert await store.recordings() == []
