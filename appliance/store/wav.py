"""Recordings that were cut: the header of a WAV file is only right when its writer could finish."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from pathlib import Path

RATE = 8000
FRAME_BYTES = 2
"""All our recordings are s16le, mono, 8 kHz."""

_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
HEADER_BYTES = _HEADER.size


def header(data_bytes: int) -> bytes:
    """The 44 bytes before the sound of a recording."""
    return _HEADER.pack(
        b"RIFF",
        HEADER_BYTES - 8 + data_bytes,
        b"WAVE",
        b"fmt ",
        16,
        1,
        1,
        RATE,
        RATE * FRAME_BYTES,
        FRAME_BYTES,
        8 * FRAME_BYTES,
        b"data",
        data_bytes,
    )


def repair(path: Path) -> float:
    """Make a recording playable as far as it was written, durably; its length in seconds.

    A file whose writer finished is not changed. One without a readable header gets that of our recordings, whose sound
    begins after 44 bytes. The file keeps its time: that is when the message was left.
    """
    with path.open("r+b") as file:
        written = os.stat(file.fileno())
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        begin = _sound_begins(file.read(4096))
        sound = max(0, size - (begin or HEADER_BYTES)) // FRAME_BYTES * FRAME_BYTES
        if begin is None or begin == HEADER_BYTES:
            file.seek(0)
            is_right = file.read(HEADER_BYTES) == header(sound)
            if not is_right:
                file.seek(0)
                file.write(header(sound))
        else:
            for position, value in ((4, begin - 8 + sound), (begin - 4, sound)):
                file.seek(position)
                file.write(struct.pack("<I", value))
        file.truncate((begin or HEADER_BYTES) + sound)
        file.flush()
        os.utime(file.fileno(), ns=(written.st_atime_ns, written.st_mtime_ns))
        os.fsync(file.fileno())
    return sound / (RATE * FRAME_BYTES)


def join(recordings: Iterable[Path], to: Path) -> float:
    """Write recordings of ours one after another into a new one; its length in seconds."""
    sound = b"".join(_sound(recording.read_bytes()) for recording in recordings)
    to.write_bytes(header(len(sound)) + sound)
    return len(sound) / (RATE * FRAME_BYTES)


def _sound(recording: bytes) -> bytes:
    """The samples of a recording, whether its writer has finished the header or not."""
    begin = _sound_begins(recording[:4096]) or HEADER_BYTES
    return recording[begin : begin + (len(recording) - begin) // FRAME_BYTES * FRAME_BYTES]


def _sound_begins(start: bytes) -> int | None:
    """Where the data chunk's bytes begin; None when the start of the file is no WAV of ours."""
    if start[:4] != b"RIFF" or start[8:12] != b"WAVE":
        return None
    at = 12
    while at + 8 <= len(start):
        name, length = start[at : at + 4], struct.unpack_from("<I", start, at + 4)[0]
        if name == b"data":
            return at + 8
        at += 8 + length + length % 2
    return None
