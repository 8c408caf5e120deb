"""Words spoken by espeak-ng, understood by pocketsphinx; skipped where the packages are not installed."""

import subprocess
from pathlib import Path

import pytest
import trio

from appliance.services.pocketsphinx import PocketSphinx, grammar
from tests.sound import tone, write_wav

CHOICES = ("sales", "support", "Opening hours")
needs_model = pytest.mark.skipif(
    not PocketSphinx().understands("en"), reason="needs Debian's pocketsphinx and pocketsphinx-en-us"
)


def spoken(folder: Path, words: str) -> Path:
    """Words as a telephone brings them: 8 kHz, with a pause before and after."""
    wide, path = folder / "wide.wav", folder / "said.wav"
    subprocess.run(["espeak-ng", "-v", "en-us", "-s", "140", "-w", str(wide), words], check=True)
    subprocess.run(
        ["sox", "-V1", str(wide), "-r", "8000", "-c", "1", "-b", "16", str(path), "norm", "-3", "pad", "0.5", "0.7"],
        check=True,
    )
    return path


def which(path: Path, choices: tuple[str, ...] = CHOICES) -> str | None:
    return trio.run(PocketSphinx().which, str(path), choices, "en")


@needs_model
@pytest.mark.parametrize(("words", "understood"), [("sales", "sales"), ("opening hours", "Opening hours")])
def test_words_of_the_menu_are_understood(tmp_path: Path, words: str, understood: str) -> None:
    assert which(spoken(tmp_path, words)) == understood


@needs_model
def test_a_tone_and_silence_are_no_words(tmp_path: Path) -> None:
    assert which(write_wav(tmp_path / "tone.wav", tone(440, 2))) is None
    assert which(write_wav(tmp_path / "silence.wav", tone(440, 2, level=0))) is None


def test_what_cannot_be_read_is_not_understood_and_has_a_reason(tmp_path: Path) -> None:
    engine = PocketSphinx()
    assert trio.run(engine.which, str(tmp_path / "gone.wav"), CHOICES, "en") is None
    assert "installed" in engine.fault


def test_a_language_without_a_model_is_not_understood(tmp_path: Path) -> None:
    assert not PocketSphinx().understands("lv") and not PocketSphinx(tmp_path).understands("en")


def test_the_grammar_has_the_words_and_nothing_else() -> None:
    assert grammar(CHOICES).splitlines()[-1] == "public <choice> = sales | support | opening hours;"
