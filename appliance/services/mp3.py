"""A recording as MP3, by lame."""

from __future__ import annotations

import logging
from pathlib import Path

import trio

from appliance.services.voicemail_mail import Sound

log = logging.getLogger(__name__)

LAME = ("lame", "--quiet", "-m", "m", "--resample", "16", "-b", "32")
"""Mono at 16 kHz and 32 kbit/s: 4 KB a second, and MPEG-2, since some players know no MP3 of 8 kHz (MPEG-2.5)."""

TIMEOUT_SECONDS = 60.0


async def as_mp3(recording: Path) -> Sound:
    """The sound for a mail; the WAV file itself where lame is missing or fails: a larger mail is better than none.

    Raises OSError when the recording cannot be read.
    """
    wav = await trio.to_thread.run_sync(recording.read_bytes)
    try:
        with trio.fail_after(TIMEOUT_SECONDS):
            done = await trio.run_process(
                (*LAME, "-", "-"), stdin=wav, capture_stdout=True, capture_stderr=True, check=False
            )
    except (OSError, trio.TooSlowError) as error:
        log.warning("%s goes by mail as WAV, not as MP3: lame: %r", recording.name, error)
        return Sound("wav", "wav", wav)
    if done.returncode or not done.stdout:
        said = done.stderr.decode(errors="replace").strip()
        log.warning("%s goes by mail as WAV, not as MP3: lame: %s", recording.name, said or done.returncode)
        return Sound("wav", "wav", wav)
    return Sound("mpeg", "mp3", done.stdout)
