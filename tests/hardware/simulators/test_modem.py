"""The simulated modem as Porter meets it: through its control socket, and its sound over a real terminal."""

import wave
from pathlib import Path

import msgspec
import pytest
import trio

from hardware.audio.frames import FRAME_SECONDS, SILENCE
from hardware.modem.driver import ModemDriver
from hardware.modem.facts import Alerting, Answered, Ended, GsmFact, ModemReady
from hardware.modem.gsm import GsmModem
from hardware.modem.link import SerialPort
from hardware.modem.profiles import PROFILES
from hardware.modem.voice_port import VoicePort
from hardware.simulators.far_end import FarEnd
from hardware.simulators.modem import CallState, Plan, SimulatedModem
from hardware.simulators.modem_control import (
    CallIn,
    Done,
    Press,
    Refused,
    SendSms,
    SetPlan,
    Status,
    Unplug,
    answer,
    ask,
    serve_control,
)
from hardware.tones.generate import ToneSource, tone
from hardware.tones.measure import find_tone

pytestmark = pytest.mark.real

NUMBER = "+37120000001"


class Phone:
    """Our side of the modem, with a bridge that pulls and pushes a frame each 20 ms."""

    def __init__(self, folder: Path) -> None:
        self.modem = GsmModem(PROFILES["huawei"])
        self.at = SerialPort(str(folder / "at"))
        self.audio = SerialPort(str(folder / "audio"))
        self.facts: list[GsmFact] = []
        self._news = trio.Event()
        self.driver = ModemDriver(self.modem, self.at, self._told)
        self.voice = VoicePort()
        self.heard = bytearray()
        self.says: ToneSource | None = None

    async def run(self) -> None:
        self.modem.start(trio.current_time())
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.driver.run)
            nursery.start_soon(self.voice.run, self.audio)
            nursery.start_soon(self._bridge)

    async def _bridge(self) -> None:
        self.voice.begin()
        due = trio.current_time()
        while True:
            self.heard += self.voice.pull()
            self.voice.push(self.says.take(160) if self.says else SILENCE)
            due += FRAME_SECONDS
            await trio.sleep_until(due)

    async def until(self, kind: type[GsmFact]) -> None:
        with trio.fail_after(10):
            while not any(isinstance(fact, kind) for fact in self.facts):
                self._news = trio.Event()
                await self._news.wait()

    def _told(self, fact: GsmFact) -> None:
        self.facts.append(fact)
        self._news.set()


async def test_sound_passes_both_ways_without_gaps(tmp_path: Path):
    simulated = SimulatedModem(tmp_path / "at", tmp_path / "audio", seed=3)
    simulated.far_end.plan = Plan(rings_after=0.1, answers_after=0.1, hangs_up_after=4.0)
    simulated.far_end.play_tone(440)
    simulated.far_end.record(tmp_path / "heard.wav")
    async with trio.open_nursery() as nursery:
        await nursery.start(simulated.run)
        phone = Phone(tmp_path)
        phone.says = ToneSource(700)
        nursery.start_soon(phone.run)
        await phone.until(ModemReady)
        phone.modem.call.dial(NUMBER)
        phone.driver.kick()
        await phone.until(Answered)
        await phone.until(Ended)
        await simulated.until((tmp_path / "heard.wav").exists)
        nursery.cancel_scope.cancel()
    assert [fact for fact in phone.facts if isinstance(fact, Alerting | Ended)] == [Alerting(), Ended(16)]
    here = find_tone(bytes(phone.heard), 440)
    with wave.open(str(tmp_path / "heard.wav")) as file:
        there = find_tone(file.readframes(file.getnframes()), 700)
    for report in (here, there):
        assert report.seconds > 3.5
        assert report.level_db == pytest.approx(-12.0, abs=1.0)
        assert report.longest_gap_ms <= 60
        assert report.missing < 0.03


async def test_another_process_drives_it_by_its_socket(tmp_path: Path):
    simulated = SimulatedModem(tmp_path / "at", tmp_path / "audio")
    path = tmp_path / "modem.sock"
    async with trio.open_nursery() as nursery:
        await nursery.start(simulated.run)
        await nursery.start(serve_control, simulated, path)
        assert isinstance(await ask(path, CallIn(number=NUMBER)), Done)
        state = await ask(path, Status())
        assert isinstance(state, Done)
        assert state.status.call is CallState.RINGING
        assert await ask(path, CallIn(number=NUMBER)) == Refused(reason="the simulated line is busy")
        refused = await ask(path, Press(keys="hello"))
        assert isinstance(refused, Refused)
        await ask(path, SendSms(sender="Bank", text="x" * 400))
        await ask(path, SetPlan(plan=Plan(refuses_with=17)))
        state = await ask(path, Status())
        assert isinstance(state, Done)
        assert state.status.sms_waiting == 3
        await ask(path, Unplug())
        await simulated.until(lambda: not simulated.status.plugged_in)
        assert not (tmp_path / "at").is_symlink()
        nursery.cancel_scope.cancel()
    assert not path.exists()


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b'{"type":"Nothing"}', b'{"type":"CallIn"}', b'{"type":"CallIn","number":1}', b"\xff"]
)
async def test_nonsense_on_the_socket_is_refused_with_the_reason(tmp_path: Path, line: bytes):
    simulated = SimulatedModem(tmp_path / "at", tmp_path / "audio")
    reply = answer(simulated, line)
    assert isinstance(reply, Refused)
    assert reply.reason
    assert msgspec.json.decode(msgspec.json.encode(reply), type=Done | Refused) == reply


def test_wav_of_another_kind_is_refused_with_the_remedy(tmp_path: Path):
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes(bytes(8))
    with pytest.raises(ValueError, match="sox"):
        FarEnd().play_wav(tmp_path / "x.wav")


def test_far_end_says_a_file_then_is_silent_or_begins_again(tmp_path: Path):
    sound = tone(440, seconds=0.1)
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(sound)
    person = FarEnd()
    person.play_wav(tmp_path / "x.wav")
    assert b"".join(person.say() for _ in range(6)) == sound + SILENCE
    person.play_wav(tmp_path / "x.wav", again=True)
    assert b"".join(person.say() for _ in range(10)) == sound * 2
