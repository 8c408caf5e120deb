"""The sound card on ALSA's own null and file plugins, which need no card. They keep no time, so it is the test's."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
import trio

from hardware.audio.card import CardLost, CardSound, SoundCard
from hardware.audio.frames import FRAME, SILENCE
from hardware.tones.generate import tone
from hardware.tones.measure import find_tone

CONFIGURATION = """
</usr/share/alsa/alsa.conf>
pcm.wired {{ type file  slave.pcm null  file "{said}"  infile "{heard}"  format raw }}
"""

SCRIPT = """
    import sys, trio, trio.testing
    from hardware.audio.card import CardSound, SoundCard
    from hardware.tones.generate import ToneSource

    async def main(said_gain):
        sound, heard, tone = CardSound(said_db=said_gain), bytearray(), ToneSource(700)
        sound.on_frame = heard.extend
        with SoundCard("wired") as card:
            sound.begin()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(sound.run, card)
                for _ in range(150):
                    sound.push(tone.take(160))
                    await trio.sleep(0.02)
                nursery.cancel_scope.cancel()
        open(sys.argv[1], "wb").write(heard)

    trio.run(main, float(sys.argv[2]), clock=trio.testing.MockClock(autojump_threshold=0))
"""


def test_sound_passes_both_ways_through_alsa_at_its_level_without_gaps(tmp_path: Path):
    (tmp_path / "heard.raw").write_bytes(tone(440, seconds=20))
    (tmp_path / "asound.conf").write_text(
        CONFIGURATION.format(said=tmp_path / "said.raw", heard=tmp_path / "heard.raw")
    )
    # ALSA reads its configuration once a process.
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(SCRIPT), str(tmp_path / "got.raw"), "-6"],
        env={**os.environ, "ALSA_CONFIG_PATH": str(tmp_path / "asound.conf"), "PYTHONPATH": ":".join(sys.path)},
        check=True,
        timeout=60,
    )
    for name, frequency, level in (("got.raw", 440, -12), ("said.raw", 700, -18)):
        report = find_tone((tmp_path / name).read_bytes(), frequency)
        assert report.seconds > 2.5
        assert report.level_db == pytest.approx(level, abs=0.5)
        assert report.longest_gap_ms <= 40


def test_card_that_is_not_there_says_so_and_what_to_do():
    with pytest.raises(CardLost) as lost:
        SoundCard("hw:CARD=NoSuchCard")
    assert "cannot be opened" in lost.value.reason
    assert "aplay -L" in lost.value.next_step


async def test_idle_card_is_fed_with_silence_and_keeps_nothing_of_a_call_before():
    sound = CardSound()
    with SoundCard("null") as card:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(sound.run, card)
            sound.push(b"\1" * FRAME)
            await trio.sleep(1)
            assert sound.next_said() == sound.pull() == SILENCE
            nursery.cancel_scope.cancel()
        assert card.frames_dropped == card.gaps == 0


class StuckCard(SoundCard):
    """A card whose clock stands."""

    def read(self, now: float) -> list[bytes]:
        return []

    def write(self, frame: bytes) -> bool:
        return False


async def test_card_that_stands_still_is_given_up():
    with StuckCard("null") as card, pytest.raises(CardLost, match="stands still"):
        with trio.fail_after(10):
            await CardSound().run(card)
