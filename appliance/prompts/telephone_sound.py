"""Sound files of people brought to what a telephone plays: checked first, then 8 kHz, one channel, one level."""

from __future__ import annotations

import os
import wave
from array import array
from pathlib import Path

import trio

from appliance.errors import PorterError
from appliance.prompts.joining import samples_of
from appliance.prompts.level import levelled
from appliance.prompts.programs import ProgramFailed, run_program
from appliance.prompts.tones import RATE, write_wav

LONGEST_SECONDS = 300.0
SHORTEST_HEARD_SECONDS = 0.3
"""With less of anything in it, a file is taken to be silent: a click is not a word."""

HEARD_ABOVE = 500
"""Peak of 20 ms in which something is heard, of 32767: about -36 dBFS, above the noise of a line."""

FAINT_ABOVE = 80
"""Peak in which something is meant to be heard, though it is too quiet: about -52 dBFS."""

FRAME = RATE // 50

LEVEL = ("highpass", "100", "norm", "-3")
WITHOUT_SILENCE = ("silence", "1", "0.02", "1%", "reverse", "silence", "1", "0.02", "1%", "reverse")
"""At both ends, where people look for the key."""

BREATH = ("pad", "0.1", "0.2")

MP3 = "mp3"
MOST_MP3_BYTES = 12_500_000
"""Of the longest recording at the highest rate, 320 kbit/s."""

KINDS = {
    b"RIFF": "wav",
    b"OggS": "ogg",
    b"fLaC": "flac",
    b"FORM": "aiff",
    b".snd": "au",
    b"#!AM": "amr-nb",
    b"ID3": MP3,
    b"\xff\xfb": MP3,
    b"\xff\xfa": MP3,
    b"\xff\xf3": MP3,
    b"\xff\xf2": MP3,
}
"""What files of sound begin with. Named to sox, which would otherwise go by the name, and read any file as noise or
follow a play list to other files."""


class NotUsable(PorterError):
    """A file that cannot be played to callers.

    Args:
        code: Stable name for programs and translations, such as `prompt_silent`.
    """

    def __init__(self, code: str, cause: str, next_step: str) -> None:
        super().__init__(cause, next_step)
        self.code = code


async def to_telephone(source: Path, target: Path) -> float:
    """Write a sound file anew as s16le mono at 8 kHz, at the level of all prompts; its length in seconds.

    Durable when this returns; before, the target is what it was.

    Raises:
        NotUsable: No sound, silent or too long, with what to do about it.
        ProgramFailed: sox is missing or overloaded.
        OSError: The target cannot be written.
    """
    raw = target.with_name(f".{target.name}.{os.getpid()}.raw.wav")
    ready = target.with_name(f".{target.name}.{os.getpid()}.ready.wav")
    try:
        await _decode(source, raw)
        await trio.to_thread.run_sync(_check, raw)
        await run_program(("sox", "-V1", "-D", str(raw), str(ready), *LEVEL, *WITHOUT_SILENCE, *BREATH))
        return await trio.to_thread.run_sync(_put, ready, target)
    finally:
        raw.unlink(missing_ok=True)
        ready.unlink(missing_ok=True)


async def _decode(source: Path, raw: Path) -> None:
    kind = await trio.to_thread.run_sync(_kind, source)
    if kind == MP3:
        unpacked = raw.with_suffix(".mp3.wav")
        try:
            await _unpack_mp3(source, unpacked)
            await _decode_kind(unpacked, "wav", raw)
        finally:
            unpacked.unlink(missing_ok=True)
    else:
        await _decode_kind(source, kind, raw)


async def _unpack_mp3(source: Path, unpacked: Path) -> None:
    """Debian's sox reads no MP3; lame, which makes those of voicemails, does."""
    size = (await trio.Path(source).stat()).st_size
    if size > MOST_MP3_BYTES:
        raise _too_long()
    try:
        await run_program(("lame", "--quiet", "--mp3input", "--decode", str(source), str(unpacked)))
    except ProgramFailed as failed:
        if not failed.said:
            raise
        raise _damaged() from failed


async def _decode_kind(source: Path, kind: str, raw: Path) -> None:
    shape = ("-r", str(RATE), "-c", "1", "-b", "16", "-e", "signed-integer")
    try:
        await run_program(
            ("sox", "-V1", "-t", kind, str(source), *shape, str(raw), "trim", "0", str(LONGEST_SECONDS + 1))
        )
    except ProgramFailed as failed:
        if not failed.said:
            raise
        raise _damaged() from failed


def _damaged() -> NotUsable:
    return NotUsable("prompt_damaged", "The file is damaged.", "Save it again as WAV, and try again.")


def _too_long() -> NotUsable:
    cause = f"The recording is longer than {LONGEST_SECONDS / 60:.0f} minutes."
    return NotUsable("prompt_too_long", cause, "Cut it shorter, and try again.")


def _kind(source: Path) -> str:
    with source.open("rb") as file:
        beginning = file.read(4)
    for mark, kind in KINDS.items():
        if beginning.startswith(mark):
            return kind
    raise NotUsable("prompt_no_sound", "This is not a file of sound.", "Save the recording as WAV, and try again.")


def _check(raw: Path) -> None:
    with wave.open(str(raw)) as file:
        samples = array("h", file.readframes(file.getnframes()))
    if len(samples) > LONGEST_SECONDS * RATE:
        raise _too_long()
    if _seconds_above(HEARD_ABOVE, samples) >= SHORTEST_HEARD_SECONDS:
        return
    if _seconds_above(FAINT_ABOVE, samples) >= SHORTEST_HEARD_SECONDS:
        raise NotUsable(
            "prompt_too_quiet",
            "The recording is too quiet: made louder, its noise would be heard too.",
            "Speak closer to the microphone, or raise its level, and record it again.",
        )
    raise NotUsable("prompt_silent", "The recording is silent.", "Speak closer to the microphone, and record it again.")


def _seconds_above(peak: int, samples: array[int]) -> float:
    """How long something louder than a peak is in it."""
    frames = (samples[start : start + FRAME] for start in range(0, len(samples), FRAME))
    return sum(max(*frame, -min(frame)) > peak for frame in frames) * FRAME / RATE


def _put(ready: Path, target: Path) -> float:
    samples = levelled(samples_of(ready))
    write_wav(ready, samples)
    _make_durable(ready)
    ready.replace(target)
    _make_durable(target.parent)
    return len(samples) / RATE


def _make_durable(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
