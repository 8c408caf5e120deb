"""What was called outside survives restarts and kills."""

import subprocess
import sys
from pathlib import Path

import pytest

from appliance.calls.names import Used
from appliance.calls.tolls import Tolls
from appliance.store.tolls import StoredTolls
from appliance.store.writer import Writer

TREE = Path(__file__).parents[2]
OFFICE, ANNA = "office", "extension:201"
MONDAY, TUESDAY, NIGHT, WEDNESDAY = "2026-11-23", "2026-11-24", "2026-11-24 night", "2026-11-25"


def counts(file: Path) -> dict[tuple[str, str], Used]:
    with Writer(file) as writer:
        return dict(StoredTolls(writer).load())


def test_what_was_called_is_counted_on_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    for _ in range(2):
        with Writer(file) as writer:
            tolls = Tolls(StoredTolls(writer))
            tolls.add((OFFICE, ANNA), (TUESDAY, NIGHT), Used(1, 1, 0.05))
            tolls.add((OFFICE,), (TUESDAY,), Used(0, 1, 0.05))
    assert counts(file) == {
        (OFFICE, TUESDAY): Used(2, 4, 0.2),
        (OFFICE, NIGHT): Used(2, 2, 0.1),
        (ANNA, TUESDAY): Used(2, 2, 0.1),
        (ANNA, NIGHT): Used(2, 2, 0.1),
    }


def test_days_long_past_are_forgotten_and_so_is_what_had_no_date(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    with Writer(file) as writer:
        tolls = Tolls(StoredTolls(writer))
        for period in ("", MONDAY, TUESDAY, NIGHT, WEDNESDAY):
            tolls.add((OFFICE,), (period,), Used(1, 1))
        assert {period for _, period in tolls.counts} == {TUESDAY, NIGHT, WEDNESDAY}
    assert {period for _, period in counts(file)} == {TUESDAY, NIGHT, WEDNESDAY}


def test_without_a_date_it_is_counted_on(tmp_path: Path) -> None:
    file = tmp_path / "records.sqlite"
    for _ in range(3):
        with Writer(file) as writer:
            Tolls(StoredTolls(writer)).add((OFFICE,), ("",), Used(1, 1))
    assert counts(file) == {(OFFICE, ""): Used(3, 3)}


_BUSY = """
import sys
from pathlib import Path
from appliance.calls.names import Used
from appliance.calls.tolls import Tolls
from appliance.store.tolls import StoredTolls
from appliance.store.writer import Writer

with Writer(Path(sys.argv[1])) as writer:
    tolls = Tolls(StoredTolls(writer))
    for count in range(1, 100_000):
        tolls.add(("office",), ("2026-11-24",), Used(0, 1))
        writer.do(lambda connection: None)
        print(count, flush=True)
"""


@pytest.mark.parametrize("acknowledged", [1, 30])
def test_minutes_that_were_written_survive_a_kill(tmp_path: Path, acknowledged: int) -> None:
    file = tmp_path / "records.sqlite"
    busy = subprocess.Popen([sys.executable, "-c", _BUSY, str(file)], stdout=subprocess.PIPE, text=True, cwd=TREE)
    assert busy.stdout is not None
    for _ in range(acknowledged):
        busy.stdout.readline()
    busy.kill()
    last = int((busy.stdout.read().split() or [str(acknowledged)])[-1])
    busy.wait()
    assert counts(file)["office", "2026-11-24"].minutes in (last, last + 1)
