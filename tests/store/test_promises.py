"""Promised callbacks survive restarts and crashes: what a customer was told is true."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from appliance.calls.promises import PromisedCall
from appliance.config.models import Language
from appliance.store.promises import StoredPromises
from appliance.store.writer import Writer

TREE = Path(__file__).parents[2]
PROMISED = PromisedCall(
    id="p1",
    queue="support",
    number="+37129999999",
    name="Berzina",
    language=Language.LV,
    entered=100.0,
    steps=2,
    asked_at=130.0,
    tries=1,
    apologies=2,
    not_before=150.0,
    kept_at=140.0,
    kept_wall=datetime(2026, 11, 24, 12, tzinfo=UTC),
)


def loaded(file: Path) -> list[PromisedCall]:
    with Writer(file) as writer:
        return list(StoredPromises(writer).load())


def test_what_was_kept_last_is_read_back_and_what_was_forgotten_is_gone(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    other = msgspec.structs.replace(PROMISED, id="p0", asked_at=90.0)
    with Writer(file) as writer:
        promises = StoredPromises(writer)
        promises.keep(msgspec.structs.replace(PROMISED, tries=0))
        promises.keep(msgspec.structs.replace(PROMISED, id="p2"))
        promises.keep(other)
        promises.keep(PROMISED)
        promises.forget("p2")
        promises.forget("nobody's")
    assert loaded(file) == [other, PROMISED]


_BUSY = """
import sys
from pathlib import Path
import msgspec
import trio
from appliance.store.promises import StoredPromises
from appliance.store.writer import Writer
from tests.store.test_promises import PROMISED

async def work(promises):
    for count in range(1, 100_000):
        promises.keep(msgspec.structs.replace(PROMISED, id=f"p{count:05d}", asked_at=float(count)))
        await promises.settled()
        print(count, flush=True)

with Writer(Path(sys.argv[1])) as writer:
    trio.run(work, StoredPromises(writer))
"""


@pytest.mark.parametrize("acknowledged", [1, 5, 30])
def test_what_was_said_to_be_kept_survives_a_kill(tmp_path: Path, acknowledged: int) -> None:
    file = tmp_path / "records.sqlite"
    busy = subprocess.Popen([sys.executable, "-c", _BUSY, str(file)], stdout=subprocess.PIPE, text=True, cwd=TREE)
    assert busy.stdout is not None
    for _ in range(acknowledged):
        busy.stdout.readline()
    busy.kill()
    last = int((busy.stdout.read().split() or [str(acknowledged)])[-1])
    busy.wait()
    assert len(loaded(file)) in (last, last + 1)
