"""Spoken text as a WAV file: espeak-ng speaks, sox brings it to 8 kHz and to the level of the recordings."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import trio

from appliance.config.models import Language
from appliance.errors import PorterError
from appliance.prompts.joining import samples_of
from appliance.prompts.level import levelled
from appliance.prompts.programs import ProgramFailed, run_program
from appliance.prompts.tones import write_wav

VOICES = {Language.EN: "en-gb", Language.LV: "lv", Language.UK: "uk", Language.RU: "ru"}
WORDS_PER_MINUTE = 150
"""Slower than the engine's 175: a telephone leaves out half of what makes consonants clear."""

MOST_CHARACTERS = 1000

TO_TELEPHONE = ("highpass", "150", "norm", "-3", "pad", "0.05", "0.15")
"""What sox does: no rumble, no overflow, a breath around it."""


class CannotSpeak(PorterError):
    """No speech could be made."""


async def speak(text: str, language: Language, path: Path) -> None:
    """Speak a text into a WAV file, s16le mono at 8 kHz; the file is there whole or not at all.

    Raises:
        CannotSpeak: A program is missing, failed or took too long, or the folder cannot be written.
    """
    spoken = path.with_name(f".{path.name}.{os.getpid()}.spoken.wav")
    telephone = path.with_name(f".{path.name}.{os.getpid()}.telephone.wav")
    speech = ("espeak-ng", "-v", VOICES[language], "-s", str(WORDS_PER_MINUTE), "--stdin", "-w", str(spoken))
    convert = ("sox", "-V1", str(spoken), "-r", "8000", "-c", "1", "-b", "16", str(telephone), *TO_TELEPHONE)
    try:
        await run_program(speech, text[:MOST_CHARACTERS].encode(errors="replace"))
        await run_program(convert)
        await trio.to_thread.run_sync(_put, telephone, path)
    except ProgramFailed as failed:
        raise CannotSpeak(failed.cause, failed.next_step) from failed
    except wave.Error as error:
        raise CannotSpeak(f"What sox made is no sound: {error}.", f"Try {' '.join(convert)}") from error
    except OSError as error:
        raise CannotSpeak(f"{path} cannot be written: {error.strerror}.", "Free some space on the disk.") from error
    finally:
        spoken.unlink(missing_ok=True)
        telephone.unlink(missing_ok=True)


def _put(telephone: Path, path: Path) -> None:
    write_wav(path, levelled(samples_of(telephone)))
