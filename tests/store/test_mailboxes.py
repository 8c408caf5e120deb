"""Voicemail: what was said is kept, also when everything dies in the middle of a message."""

import os
import random
import struct
import wave
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.calls.ports import VoiceMessage
from appliance.errors import PorterError
from appliance.store.mailboxes import NoSuchBox, StoredMailboxes
from appliance.store.wav import HEADER_BYTES, header, repair
from appliance.store.writer import Writer

SECOND = 16_000
"""Bytes of s16le at 8 kHz."""


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with Writer(tmp_path / "records.sqlite") as writer:
        yield writer


def opened(writer: Writer, tmp_path: Path) -> StoredMailboxes:
    chance = random.Random(7)
    return StoredMailboxes(writer, tmp_path / "voicemail", lambda: f"{chance.randrange(2**48):012x}")


@pytest.fixture
def mailboxes(writer: Writer, tmp_path: Path) -> StoredMailboxes:
    return opened(writer, tmp_path)


def record(path: str, seconds: float) -> None:
    """What the bridge leaves at a path."""
    sound = random.Random(1).randbytes(int(seconds * SECOND) // 2 * 2)
    Path(path).write_bytes(header(len(sound)) + sound)


def write(path: str | Path, content: bytes) -> None:
    Path(path).write_bytes(content)


def read(path: str | Path | None) -> bytes:
    return Path(str(path)).read_bytes()


def is_there(path: str | Path) -> bool:
    return Path(path).exists()


def message(path: str, box: str = "201", **changes: object) -> VoiceMessage:
    values: dict[str, object] = {
        "id": Path(path).stem,
        "box": box,
        "path": path,
        "caller": "+37129999999",
        "caller_name": "Ольга",
        "left_at": datetime(2026, 11, 24, 20, tzinfo=UTC),
        "seconds": 5.0,
    }
    return VoiceMessage(**{**values, **changes})  # type: ignore[arg-type]


async def left(mailboxes: StoredMailboxes, box: str = "201", **changes: object) -> VoiceMessage:
    path = await mailboxes.new_recording(box)
    record(path, 5.0)
    kept = message(path, box, **changes)
    await mailboxes.keep(kept)
    return kept


def length(path: str | Path) -> float:
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 8000)
        return len(sound.readframes(sound.getnframes())) / SECOND


async def test_a_message_is_there_after_a_restart(writer: Writer, mailboxes: StoredMailboxes, tmp_path: Path) -> None:
    one, two = await left(mailboxes), await left(mailboxes, left_at=None)
    again = opened(writer, tmp_path)
    assert list(await again.messages("201")) == [one, two]
    assert list(await again.messages("202")) == []


async def test_lamps_follow_what_is_kept_heard_and_deleted(mailboxes: StoredMailboxes) -> None:
    told: list[tuple[str, int, int]] = []
    mailboxes.on_change = lambda *counts: told.append(counts)
    one, two = await left(mailboxes), await left(mailboxes)
    await mailboxes.mark_heard(one.id)
    assert await mailboxes.counts() == {"201": (1, 1)}
    await mailboxes.delete(one.id)
    await mailboxes.delete(two.id)
    await mailboxes.delete(two.id)
    assert told == [("201", 1, 0), ("201", 2, 0), ("201", 1, 1), ("201", 1, 0), ("201", 0, 0)]
    assert await mailboxes.counts() == {}
    await mailboxes.restore(one.id)
    assert told[-1] == ("201", 0, 1), "it was heard before it was deleted"


async def test_what_is_handed_over_on_hanging_up_is_done_in_order(writer: Writer, mailboxes: StoredMailboxes) -> None:
    keep, discard = [await mailboxes.new_recording("201") for _ in range(2)]
    record(keep, 5)
    record(discard, 1)
    mailboxes.keep_soon(message(keep))
    mailboxes.discard_soon(discard)
    mailboxes.discard_soon(discard)
    assert [kept.path for kept in await mailboxes.messages("201")] == [keep]
    assert not is_there(discard)
    mailboxes.delete_soon(Path(keep).stem)
    assert list(await mailboxes.messages("201")) == []
    assert [kept.path for kept in await mailboxes.messages("201", deleted=True)] == [keep]


async def test_a_recording_that_was_never_made_is_no_message(
    mailboxes: StoredMailboxes,
) -> None:
    path = await mailboxes.new_recording("201")
    with pytest.raises(FileNotFoundError):
        await mailboxes.keep(message(path))
    mailboxes.keep_soon(message(path))
    assert list(await mailboxes.messages("201")) == []


@pytest.mark.parametrize("box", ["", "..", "../201", "201/..", "a/b", ".a", "2" * 40])
async def test_no_box_leads_out_of_the_folder(mailboxes: StoredMailboxes, box: str) -> None:
    with pytest.raises(NoSuchBox):
        await mailboxes.new_recording(box)
    with pytest.raises(NoSuchBox):
        await mailboxes.greeting(box)


async def test_nothing_outside_of_the_folder_is_discarded(mailboxes: StoredMailboxes, tmp_path: Path) -> None:
    for path in (tmp_path / "records.sqlite", tmp_path / "voicemail" / "201" / ".." / ".." / "x.wav"):
        with pytest.raises(ValueError, match="not a recording"):
            mailboxes.discard_soon(str(path))


async def test_the_own_greeting_is_played_and_is_no_message(
    writer: Writer, mailboxes: StoredMailboxes, tmp_path: Path
) -> None:
    assert await mailboxes.greeting("201") is None
    folder = Path(await mailboxes.new_recording("201")).parent
    record(str(folder / "greeting.wav"), 5)
    again = opened(writer, tmp_path)
    assert await again.greeting("201") == str(folder / "greeting.wav")
    assert list(await again.messages("201")) == []


async def test_a_message_cut_by_a_crash_is_repaired_and_kept(
    writer: Writer, mailboxes: StoredMailboxes, tmp_path: Path
) -> None:
    path = Path(await mailboxes.new_recording("201"))
    write(path, header(0) + bytes(7 * SECOND + 1))
    again = opened(writer, tmp_path)
    (kept,) = await again.messages("201")
    assert (kept.id, kept.seconds, kept.caller, kept.heard) == (path.stem, 7.0, "", False)
    assert kept.left_at is not None and length(kept.path) == 7.0
    assert list(await opened(writer, tmp_path).messages("201")) == [kept], "once"


async def test_a_short_remainder_is_no_message(writer: Writer, mailboxes: StoredMailboxes, tmp_path: Path) -> None:
    path = Path(await mailboxes.new_recording("201"))
    write(path, header(0) + bytes(SECOND))
    assert list(await opened(writer, tmp_path).messages("201")) == [] and not is_there(path)


async def test_a_message_whose_recording_is_gone_is_forgotten(
    writer: Writer, mailboxes: StoredMailboxes, tmp_path: Path
) -> None:
    kept = await left(mailboxes)
    os.unlink(kept.path)
    assert list(await opened(writer, tmp_path).messages("201")) == []


async def test_a_file_whose_time_was_never_known_has_none(
    writer: Writer, mailboxes: StoredMailboxes, tmp_path: Path
) -> None:
    path = Path(await mailboxes.new_recording("201"))
    record(str(path), 5)
    os.utime(path, (1000, 1000))
    (kept,) = await opened(writer, tmp_path).messages("201")
    assert kept.left_at is None


@given(st.integers(0, 3 * SECOND), st.binary(max_size=HEADER_BYTES))
def test_whatever_was_written_of_a_recording_can_be_played(
    tmp_path_factory: pytest.TempPathFactory, length_of_sound: int, rubbish: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.wav"
    path.write_bytes(rubbish + header(0)[len(rubbish) :] + bytes(length_of_sound))
    seconds = repair(path)
    assert length(path) == seconds
    assert repair(path) == seconds


def test_a_recording_of_another_shape_keeps_its_sound_from_the_data_chunk(tmp_path: Path) -> None:
    path = tmp_path / "other.wav"
    extra = b"LIST" + struct.pack("<I", 4) + b"INFO"
    start = header(0)[:36] + extra + b"data" + struct.pack("<I", 0)
    path.write_bytes(start + b"\1\2" * 8000)
    assert repair(path) == 1.0 and length(path) == 1.0
    assert path.read_bytes()[len(start) :] == b"\1\2" * 8000


@pytest.mark.parametrize("cut", [0, 1, 20, 43, 44, 45])
def test_a_file_cut_within_its_header_becomes_an_empty_recording(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes((header(100) + b"\1")[:cut])
    assert repair(path) == 0.0 and length(path) == 0.0


async def test_a_forwarded_message_is_a_copy_of_its_own(mailboxes: StoredMailboxes) -> None:
    one = await left(mailboxes)
    await mailboxes.forward(one.id, "team", by="201", mail_to="team@example.com")
    (copy,) = await mailboxes.messages("team")
    assert read(copy.path) == read(one.path) and copy.path != one.path
    assert (copy.caller, copy.left_at, copy.heard, copy.forwarded_by) == (one.caller, one.left_at, False, "201")
    await mailboxes.forward("never-was", "team", by="201")
    assert len(await mailboxes.messages("team")) == 1


async def test_a_comment_comes_before_a_forwarded_message_and_the_message_is_as_it_was(
    mailboxes: StoredMailboxes, tmp_path: Path
) -> None:
    one = await left(mailboxes)
    comment = tmp_path / "comment.wav"
    write(comment, header(0) + b"\1\2" * 8000 + b"\3")  # its writer has not finished yet
    before = read(one.path)
    await mailboxes.forward(one.id, "team", by="201", comment=str(comment))
    (copy,) = await mailboxes.messages("team")
    assert read(copy.path) == header(16_000 + len(before) - HEADER_BYTES) + b"\1\2" * 8000 + before[HEADER_BYTES:]
    assert copy.seconds == 1.0 + (len(before) - HEADER_BYTES) / SECOND and read(one.path) == before


async def test_greetings_of_a_reason_stand_beside_the_general_one(mailboxes: StoredMailboxes, tmp_path: Path) -> None:
    for name in ("general", "busy"):
        write(tmp_path / name, name.encode())
    await mailboxes.keep_greeting("201", "always", str(tmp_path / "general"))
    await mailboxes.keep_greeting("201", "busy", str(tmp_path / "busy"))
    found = [await mailboxes.greeting("201", reason) for reason in ("busy", "no_answer", "always")]
    assert [read(path) for path in found] == [b"busy", b"general", b"general"]
    await mailboxes.remove_greeting("201", "busy")
    assert await mailboxes.greeting("201", "busy") == found[1]
    with pytest.raises(PorterError):
        await mailboxes.keep_greeting("201", "busy", str(tmp_path / "never-recorded"))


async def test_what_is_too_old_goes_for_good_and_what_has_no_date_stays(writer: Writer, tmp_path: Path) -> None:
    now = datetime(2026, 12, 1, tzinfo=UTC)
    mailboxes = StoredMailboxes(writer, tmp_path / "voicemail", iter("abcdefgh").__next__, now=lambda: now)
    old = datetime(2026, 6, 1, tzinfo=UTC)
    heard, new, undated, binned = [await left(mailboxes, left_at=at) for at in (old, old, None, old)]
    for one in (heard, undated):
        await mailboxes.mark_heard(one.id)
    await mailboxes.delete(binned.id)
    day = timedelta(days=1)
    assert await mailboxes.purge("201", heard_before=now - 30 * day, binned_before=now - 30 * day) == 1
    assert [kept.id for kept in await mailboxes.messages("201")] == [new.id, undated.id]
    assert await mailboxes.purge("201", heard_before=None, binned_before=now + day) == 1
    assert not is_there(heard.path) and not is_there(binned.path) and is_there(undated.path)


async def test_half_a_forwarded_copy_that_a_crash_left_is_no_message(
    mailboxes: StoredMailboxes, writer: Writer, tmp_path: Path
) -> None:
    path = await mailboxes.new_recording("202")
    half = Path(path).with_suffix(".part")
    record(str(half), 5)
    assert list(await opened(writer, tmp_path).messages("202")) == [] and not is_there(half)
