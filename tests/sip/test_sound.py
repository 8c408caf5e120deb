"""The bridge by ear: tones of known frequency, said by real phones and found again in what the others heard."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from array import array
from collections import deque
from pathlib import Path

import pytest
import trio.testing

from appliance.calls.facts import Held, Resumed
from appliance.calls.leg import Leg
from appliance.calls.ports import Recorded, Tone
from tests.ports import free_ports
from tests.sip.phones import poll
from tests.sip.running_edge import RunningEdge
from tests.sip.stages import RealPerson, RealStage, dial, happens, real_stage
from tests.sound import RATE, hears, loudness, read_wav, strength, tone, write_wav

pytestmark = pytest.mark.real

TREE = Path(__file__).parents[2]


async def talking(stage: RealStage, account: str, hums: float) -> tuple[RealPerson, Leg]:
    person = await stage.person(account, hums=hums)
    (leg,) = await dial(stage, account)
    await person.until_rung()
    await person.answer()
    await happens(leg.answered)
    return person, leg


async def test_two_legs_of_a_bridge_hear_each_other_until_it_closes(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        anna, first = await talking(stage, "201", 440)
        boris, second = await talking(stage, "202", 700)
        bridge = stage.sound.bridge(first.id, second.id)
        await anna.phone.until_hears(700)
        await boris.phone.until_hears(440)
        # G.711 and one mixer: the level comes out as it went in, 0.3 of full scale.
        await poll(lambda: abs(strength(anna.phone.heard()[-RATE // 2 :], 700) - 0.3) < 0.015, "the level it had")
        bridge.close()
        bridge.close()
        await anna.phone.until_silent()
        await boris.phone.until_silent()


async def until_among_what_is_heard(person: RealPerson, frequency: float) -> None:
    heard = person.phone.heard
    await poll(lambda: strength(heard()[-RATE // 2 :], frequency) > 0.2, f"{person.account}: {frequency} Hz")


async def test_each_leg_of_a_bridge_of_three_hears_both_others(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        voices = {"201": 440, "202": 700, "203": 1000}
        people = {account: await talking(stage, account, hertz) for account, hertz in voices.items()}
        bridge = stage.sound.bridge(*(leg.id for _, leg in people.values()))
        for account, (person, _) in people.items():
            for other in set(voices.values()) - {voices[account]}:
                await until_among_what_is_heard(person, other)
            own = strength(person.phone.heard()[-RATE // 2 :], voices[account])
            assert own < 0.02, f"{account} hears itself"
        bridge.close()
        for person, _ in people.values():
            await person.phone.until_silent()


async def test_a_bridge_waits_for_sound_and_survives_hold(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        anna, first = await talking(stage, "201", 440)
        boris = await stage.person("202", hums=700)
        (second,) = await dial(stage, "202")
        stage.sound.bridge(first.id, second.id)
        await boris.until_rung()
        await boris.answer()
        await anna.phone.until_hears(700)
        await anna.hold()
        assert await first.next_fact() == Held()
        await anna.resume()
        assert await first.next_fact() == Resumed()
        await anna.phone.until_hears(700)
        await boris.phone.until_hears(440)


async def test_prompts_are_played_one_after_another_to_their_end(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        low, high = Recorded("low"), Recorded("high")
        stage.library.recordings[low] = [write_wav(tmp_path / "low.wav", tone(500, 0.7))]
        stage.library.recordings[high] = [
            tmp_path / "missing.wav",
            write_wav(tmp_path / "high.wav", tone(1200, 0.8, rate=16000), rate=16000),
        ]
        anna = await stage.person("201")
        (leg,) = await dial(stage, "201")
        playing = stage.sound.play(leg.id, [low, high])
        await anna.until_rung()
        assert not playing.finished.is_set()
        await anna.answer()
        await happens(playing.finished)
        await anna.phone.until_silent()
        heard = anna.phone.heard()
        assert sounding_seconds(heard, 500) == pytest.approx(0.7, abs=0.06)
        assert sounding_seconds(heard, 1200) == pytest.approx(0.8, abs=0.06)
        playing.close()


async def test_a_caller_hears_prompts_before_the_answer(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        notice = Recorded("notice")
        stage.library.recordings[notice] = [write_wav(tmp_path / "notice.wav", tone(500, 2))]
        anna = await stage.person("201")
        await anna.call("300")
        leg = (await stage.desk.next_call()).leg
        playing = stage.sound.play(leg.id, [notice])
        leg.progress()
        await anna.phone.until_hears(500)
        await happens(playing.finished)
        assert not leg.is_answered
        leg.answer()
        await anna.until_talking()


async def test_a_prompt_is_cut_short_by_closing_it(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        long = Recorded("long")
        stage.library.recordings[long] = [write_wav(tmp_path / "long.wav", tone(500, 30))]
        anna, leg = await talking(stage, "201", 440)
        playing = stage.sound.play(leg.id, [long])
        await anna.phone.until_hears(500)
        playing.close()
        await anna.phone.until_silent()
        assert not playing.finished.is_set()


async def test_an_endless_tone_goes_on_until_it_is_closed(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        endless = Tone((425,), on_ms=200, cycles=0)
        stage.library.recordings[endless] = [write_wav(tmp_path / "tone.wav", tone(425, 0.2))]
        anna, leg = await talking(stage, "201", 440)
        playing = stage.sound.play(leg.id, [endless])
        await poll(lambda: sounding_seconds(anna.phone.heard(), 425) > 1.0, "a tone longer than its file")
        playing.close()
        await anna.phone.until_silent()


async def test_who_waits_hears_music(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        anna, first = await talking(stage, "201", 440)
        boris, second = await talking(stage, "202", 700)
        listening, waiting = stage.sound.music(first.id), stage.sound.music(second.id)
        await poll(lambda: loudness(anna.phone.heard()[-RATE // 2 :]) > 0.01, "music")
        listening.close()
        await anna.phone.until_silent()
        await poll(lambda: loudness(boris.phone.heard()[-RATE // 2 :]) > 0.01, "the other one's music")
        waiting.close()
        await boris.phone.until_silent()


async def test_a_recording_is_a_whole_file_with_what_the_leg_said(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        _, leg = await talking(stage, "201", 440)
        path = tmp_path / "message.wav"
        recording = stage.sound.record([leg.id], str(path))
        await poll(lambda: recording.seconds > 2.0, "two seconds of recording")
        recording.close()
        seconds = recording.seconds
        with wave.open(str(path)) as file:
            assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
            assert file.getnframes() / RATE == pytest.approx(seconds, abs=0.1)
        samples, _ = read_wav(path)
        assert hears(samples, 440)


async def test_a_recording_keeps_the_silence_of_a_caller_on_hold(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        anna, leg = await talking(stage, "201", 440)
        path = tmp_path / "message.wav"
        recording = stage.sound.record([leg.id], str(path))
        await poll(lambda: recording.seconds > 0.7, "a start")
        await anna.hold()
        assert await leg.next_fact() == Held()
        began = recording.seconds
        await poll(lambda: recording.seconds > began + 1, "a silence")
        recording.close()
        assert not recording.finished.is_set()
        assert len(read_wav(path)[0]) / RATE == pytest.approx(recording.seconds, abs=0.15)


async def test_a_recording_ends_when_nothing_is_heard_for_long(
    shared_edge: RunningEdge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.sip.sound.SILENT_SECONDS", 1.0)
    async with real_stage(shared_edge, tmp_path) as stage:
        anna, leg = await talking(stage, "201", 440)
        recording = stage.sound.record([leg.id], str(tmp_path / "message.wav"))
        await poll(lambda: recording.seconds > 2, "a message longer than the silence that ends it")
        assert not recording.finished.is_set()
        await anna.phone.command("mute")
        await happens(recording.finished)
        recording.close()
        assert recording.seconds > 3


async def test_a_recording_nobody_can_write_is_finished_at_once(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        _, leg = await talking(stage, "201", 440)
        recording = stage.sound.record([leg.id], str(tmp_path / "no-such-folder" / "message.wav"))
        assert recording.finished.is_set()
        recording.close()
        assert not leg.is_gone


async def test_a_supervisor_listens_without_being_heard_and_then_speaks(
    shared_edge: RunningEdge, tmp_path: Path
) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        anna, first = await talking(stage, "201", 440)
        boss, third = await talking(stage, "203", 1000)
        tap = stage.sound.tap(third.id, [first.id])
        await boss.phone.until_hears(440)
        assert strength(anna.phone.heard()[-RATE // 2 :], 1000) < 0.01
        barging = stage.sound.tap(third.id, [first.id], spoken_to=[first.id])
        await anna.phone.until_hears(1000)
        barging.close()
        await anna.phone.until_silent()
        await boss.phone.until_hears(440)
        tap.close()
        await boss.phone.until_silent()


async def test_sound_that_is_still_on_when_the_office_closes_does_no_harm(
    shared_edge: RunningEdge, tmp_path: Path
) -> None:
    path = tmp_path / "message.wav"
    for turn in ("first", "second"):
        async with real_stage(shared_edge, tmp_path / turn) as stage:
            long = Recorded("long")
            stage.library.recordings[long] = [write_wav(tmp_path / "long.wav", tone(500, 30))]
            anna, leg = await talking(stage, "201", 440)
            stage.sound.music(leg.id)
            stage.sound.play(leg.id, [long])
            stage.sound.attach(stage.desk.new_leg(stage.switch, "gsm1", incoming=True).id, Modem(700))
            recording = stage.sound.record([leg.id], str(path))
            await anna.phone.until_hears(500)
        with wave.open(str(path)) as file:
            assert file.getnframes() / RATE == pytest.approx(recording.seconds, abs=0.1)


class Modem:
    """Frames as a modem has them: hums at one frequency, keeps what it is told."""

    def __init__(self, hums: float) -> None:
        samples = tone(hums, 1.0)
        self._frames = deque(samples[n : n + 160].tobytes() for n in range(0, RATE, 160))
        self.heard = array("h")
        self.pulled = 0

    def pull(self) -> bytes:
        self.pulled += 1
        self._frames.rotate(-1)
        return self._frames[0]

    def push(self, frame: bytes) -> None:
        self.heard.frombytes(frame)


async def test_a_party_without_rtp_talks_by_frames(shared_edge: RunningEdge, tmp_path: Path) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        anna, leg = await talking(stage, "201", 440)
        modem = Modem(hums=700)
        line = stage.desk.new_leg(stage.switch, "gsm1", incoming=True)
        stage.sound.bridge(line.id, leg.id)
        stage.sound.attach(line.id, modem)
        await anna.phone.until_hears(700)
        await poll(lambda: hears(modem.heard, 440), "the modem hearing the phone")
        stage.sound.detach(line.id)
        await anna.phone.until_silent()
        stopped = modem.pulled
        await poll(lambda: len(anna.phone.heard()) > 0, "anything")
        assert modem.pulled - stopped <= 1


async def test_a_modem_that_fails_is_silent_and_the_call_goes_on(
    shared_edge: RunningEdge, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Modem):
        def pull(self) -> bytes:
            raise OSError("the modem is gone")

    async with real_stage(shared_edge, tmp_path) as stage:
        _, leg = await talking(stage, "201", 440)
        modem = Broken(700)
        line = stage.desk.new_leg(stage.switch, "gsm1", incoming=True)
        stage.sound.attach(line.id, modem)
        stage.sound.bridge(line.id, leg.id)
        await poll(lambda: hears(modem.heard, 440), "the modem hearing the phone")
        assert caplog.text.count("its sound source failed") == 1
        assert not leg.is_gone


def sounding_seconds(samples: array[int], frequency: float) -> float:
    """How long a tone was heard in all, to 10 ms."""
    step = RATE // 100
    windows = (samples[n : n + step] for n in range(0, len(samples) - step, step))
    return sum(strength(window, frequency) > 0.1 for window in windows) / 100


async def test_a_prompt_that_is_closed_before_its_first_turn_leaves_nothing_on_the_bridge(
    shared_edge: RunningEdge, tmp_path: Path
) -> None:
    async with real_stage(shared_edge, tmp_path) as stage:
        notice = Recorded("notice")
        stage.library.recordings[notice] = [write_wav(tmp_path / "notice.wav", tone(500, 2))]
        name = stage.sound.new_name()
        number = int(name.removeprefix("sound-"))
        playing = stage.sound.play(stage.desk.new_leg(stage.switch, "201", incoming=True).id, [notice])
        playing.close()
        await trio.testing.wait_all_tasks_blocked(0.01)
        still_there: list[bool] = []
        stage.sound.wires.when_up(f"sound-{number + 1}", lambda: still_there.append(True))
        assert not still_there


def in_another_process(program: str, *arguments: object) -> str:
    """What a program of these tests prints. It crashes, where it does, alone."""
    environment = {**os.environ, "PYTHONMALLOC": "debug", "PYTHONPATH": str(TREE)}
    command = [sys.executable, "-m", f"tests.sip.{program}", *map(str, arguments)]
    done = subprocess.run(command, cwd=TREE, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_party_leaves_while_the_bridge_stands_at_its_door(tmp_path: Path) -> None:
    in_another_process("ports_that_end", 200, *free_ports(1), tmp_path)


@pytest.mark.long
def test_sounds_begin_and_end_at_any_instant(tmp_path: Path, long_seed: int) -> None:
    seconds = 300 if os.environ.get("PORTER_LONG") == "full" else 30
    done = in_another_process("sounds_at_random", seconds, long_seed, *free_ports(1), tmp_path)
    assert all(int(part.split("=")[1]) > 10 * seconds for part in done.split()), done
