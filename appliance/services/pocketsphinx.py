"""Speech recognition by Debian's pocketsphinx: the `Recogniser` port, for English.

The engine gets a grammar of nothing but the words that are asked for. It runs as a program of its own, so that neither
the calls nor their sound wait for it.
"""

from __future__ import annotations

import logging
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import trio

log = logging.getLogger(__name__)

PROGRAM = "pocketsphinx_batch"

MODELS = Path("/usr/share/pocketsphinx/model")
"""The packages pocketsphinx-en-us and its like."""

MODEL_OF = {"en": "en-us"}

TIMEOUT_SECONDS = 8.0

MOST_AT_ONCE = 1
"""Recognitions; it may not disturb the sound of calls."""

TO_MODEL_RATE = ("rate", "16000", "norm", "-3")
"""The model knows 16 kHz only; a telephone has nothing above 4 kHz, which costs some accuracy."""


class PocketSphinx:
    """Understands a language whose model is installed.

    Attributes:
        fault: Why speech was not understood at the last try, with what to do; "" when all is well.
    """

    def __init__(self, models: Path = MODELS) -> None:
        self.fault = ""
        self._models = models
        self._running = trio.CapacityLimiter(MOST_AT_ONCE)

    def understands(self, language: str) -> bool:
        model = MODEL_OF.get(language)
        if model is None:
            return False
        if shutil.which(PROGRAM) is None or not (self._models / model).is_dir():
            self.fault = f"Speech is not understood. Install it: sudo apt install pocketsphinx pocketsphinx-{model}"
            return False
        return True

    async def which(self, path: str, choices: Sequence[str], language: str) -> str | None:
        try:
            async with self._running:
                with trio.fail_after(TIMEOUT_SECONDS), tempfile.TemporaryDirectory(prefix="porter-speech-") as folder:
                    heard = await self._recognise(Path(path), choices, MODEL_OF[language], Path(folder))
        except (OSError, KeyError, subprocess.CalledProcessError, trio.TooSlowError) as error:
            self.fault = f"Speech is not understood: {error!r}. Are pocketsphinx, its model and sox installed?"
            log.warning("%s", self.fault)
            return None
        self.fault = ""
        return next((words for words in choices if words.casefold() == heard), None)

    async def _recognise(self, path: Path, choices: Sequence[str], model: str, folder: Path) -> str:
        """What the engine heard, "" for nothing of the grammar."""
        (folder / "menu.jsgf").write_text(grammar(choices), encoding="utf-8")
        (folder / "list").write_text("said\n", encoding="utf-8")
        await _run("sox", "-V1", str(path), "-c", "1", "-b", "16", str(folder / "said.wav"), *TO_MODEL_RATE)
        await _run(
            *(PROGRAM, "-adcin", "yes", "-cepdir", str(folder), "-cepext", ".wav", "-ctl", str(folder / "list")),
            *("-jsgf", str(folder / "menu.jsgf"), "-hyp", str(folder / "heard")),
            *("-hmm", str(self._models / model / model), "-dict", str(self._models / model / f"cmudict-{model}.dict")),
        )
        # A line such as "opening hours (said -3748)".
        return (folder / "heard").read_text(encoding="utf-8").rpartition("(")[0].strip()


def grammar(choices: Sequence[str]) -> str:
    """The choices as a grammar in the Java Speech Grammar Format."""
    return f"#JSGF V1.0;\ngrammar menu;\npublic <choice> = {' | '.join(words.casefold() for words in choices)};\n"


async def _run(*command: str) -> None:
    await trio.run_process(command, capture_stdout=True, capture_stderr=True)
