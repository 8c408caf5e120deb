"""kill -9 at any moment: what was acknowledged is there, and everything opens again."""

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from appliance.store.messages import StoredMessages
from appliance.store.records import CallRecords, RecordsReader
from appliance.store.settings import SettingsStore
from appliance.store.writer import Writer

TREE = Path(__file__).parents[2]

_BUSY = """
import sys, random, msgspec
from pathlib import Path
from appliance.config.demo import demo_office
from appliance.store.records import CallRecords
from appliance.store.settings import SettingsStore
from appliance.store.writer import Writer
from tests.store.test_records import begun, call

folder, first = Path(sys.argv[1]), int(sys.argv[2])
settings = SettingsStore(folder / "settings.json")
demo = demo_office(random.Random(1).choice)
with Writer(folder / "records.sqlite") as writer:
    records = CallRecords(writer)
    for number in range(first, first + 100_000):
        records.call_started(begun(call(number)))
        records.call_ended(call(number))
        writer.do(lambda connection: None)
        print("call", number, flush=True)
        if number % 3 == 0:
            saved = settings.save(msgspec.structs.replace(demo, name=f"Office {number}"), by="test", at=None)
            print("version", saved.number, number, flush=True)
"""


def killed_while_busy(folder: Path, first: int, lines: int, chance: random.Random) -> list[list[str]]:
    """What a busy store acknowledged before it was killed, a moment after so many acknowledgements."""
    busy = subprocess.Popen(
        [sys.executable, "-c", _BUSY, str(folder), str(first)], stdout=subprocess.PIPE, text=True, cwd=TREE
    )
    assert busy.stdout is not None
    acknowledged = []
    for line in busy.stdout:
        acknowledged.append(line.split())
        if len(acknowledged) == lines:
            for _ in range(chance.randrange(20_000)):
                pass  # a random moment within a commit, not a wait for something
            busy.send_signal(signal.SIGKILL)
            break
    acknowledged += [line.split() for line in busy.stdout.read().splitlines()]
    assert busy.wait() == -signal.SIGKILL, "it went on until it was killed"
    return acknowledged


def all_is_there(folder: Path, acknowledged: list[list[str]]) -> None:
    settings = SettingsStore(folder / "settings.json")
    office = settings.load()
    versions = [(int(number), name) for kind, number, *name in acknowledged if kind == "version"]
    if versions:
        number, (name,) = versions[-1]
        newest = settings.history()[0].number
        assert settings.repaired is None and office is not None
        assert newest in {number, number + 1}, "what is saved later than acknowledged was being saved"
        assert settings.version(number).name == f"Office {name}"
    with Writer(folder / "records.sqlite") as writer:
        assert writer.repaired is None
        CallRecords(writer).close_interrupted()
    reader = RecordsReader(folder / "records.sqlite")
    for kind, number, *_ in acknowledged:
        if kind == "call":
            record = reader.call(f"call{number}")
            assert record is not None and record.seconds == 60.0 and not record.interrupted
    assert all(row.cause is not None for row in reader.page(size=500).calls)


def campaign(folder: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    for kill in range(kills):
        acknowledged = killed_while_busy(folder, kill * 100_000, chance.randrange(1, 60), chance)
        all_is_there(folder, acknowledged)


def test_nothing_acknowledged_is_lost_by_kill_9(tmp_path: Path) -> None:
    campaign(tmp_path, kills=3, seed=1)


@pytest.mark.long
def test_nothing_acknowledged_is_lost_by_many_kills(tmp_path: Path, long_seed: int) -> None:
    campaign(tmp_path, kills=50, seed=long_seed)


async def test_a_message_taken_but_not_marked_is_sent_again(tmp_path: Path) -> None:
    with Writer(tmp_path / "records.sqlite") as writer:
        queue = StoredMessages(writer, lambda: None)
        await queue.add_sms("+37120000001", "alarm", None)
        assert len(await queue.waiting_sms()) == 1
    with Writer(tmp_path / "records.sqlite") as writer:
        assert len(await StoredMessages(writer, lambda: None).waiting_sms()) == 1
