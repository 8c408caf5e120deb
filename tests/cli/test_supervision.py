"""Supervision of real processes: order, restarts, watchdog, the guard, and nothing left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import trio

from appliance.cli.child import ChildFailed
from appliance.cli.children import ChildSpec, RunOptions
from appliance.cli.supervision import Supervision
from appliance.office_layout import OfficeLayout

pytestmark = pytest.mark.real

TREE = Path(__file__).parents[2]


class House:
    """Children that write what they do into one diary."""

    def __init__(self, folder: Path) -> None:
        self.diary = folder / "diary"
        self.options = RunOptions(OfficeLayout(folder))
        self.shown: list[tuple[str, str]] = []
        self.ready = trio.Event()

    def child(self, name: str, how: str = "well", *, guarded: bool = False, **how_kept: object) -> ChildSpec:
        def arguments(way: str) -> Callable[[RunOptions], list[str]]:
            return lambda _: [str(self.diary), name, way]

        guard = arguments("guard") if guarded else None
        return ChildSpec(name, "tests.cli.child_program", arguments(how), guard=guard, **how_kept)  # type: ignore[arg-type]

    def supervision(self, *specs: ChildSpec) -> Supervision:
        return Supervision(self.options, specs, lambda *line: self.shown.append(line), self.ready.set, ())

    def entries(self) -> list[tuple[str, str, int]]:
        lines = self.diary.read_text().splitlines() if self.diary.exists() else []
        return [(name, what, int(pid)) for name, what, pid in map(str.split, lines)]

    def did(self) -> list[str]:
        return [f"{name} {what}" for name, what, _pid in self.entries()]

    async def until(self, is_so: Callable[[], bool]) -> None:
        with trio.fail_after(20):
            while not is_so():  # noqa: ASYNC110 - what other processes do sets no event of ours
                await trio.sleep(0.02)


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("PYTHONPATH", str(TREE))
    return House(tmp_path)


async def test_children_start_in_order_and_end_in_reverse(house: House) -> None:
    supervision = house.supervision(house.child("edge"), house.child("controller", after=("edge",)))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(supervision.run)
        await house.ready.wait()
        os.kill(os.getpid(), signal.SIGTERM)
    assert house.did() == ["edge starts", "controller starts", "controller ends", "edge ends"]
    assert ("edge", "edge is ready") in house.shown


async def test_a_killed_child_comes_back_and_its_guard_runs_before_and_after(house: House) -> None:
    supervision = house.supervision(house.child("door", guarded=True))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(supervision.run)
        await house.ready.wait()
        pid = house.entries()[-1][2]
        killed = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        await house.until(lambda: house.did().count("door starts") == 2)
        assert time.monotonic() - killed < 5
        supervision.stop()
    assert house.did() == [
        *("door guard", "door starts", "door guard"),
        *("door guard", "door starts", "door ends", "door guard"),
    ]


@pytest.mark.parametrize("trouble", ["stopped", "silent"])
async def test_a_child_without_a_sign_of_life_is_killed_and_started_again(house: House, trouble: str) -> None:
    how = "silent" if trouble == "silent" else "well"
    supervision = house.supervision(house.child("door", how, watchdog_seconds=0.5))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(supervision.run)
        await house.ready.wait()
        if trouble == "stopped":
            os.kill(house.entries()[-1][2], signal.SIGSTOP)
        await house.until(lambda: house.did().count("door starts") >= 2)
        supervision.stop()
    assert any("gave no sign of life for 0.5 s" in text for _name, text in house.shown)


async def test_a_child_that_does_not_end_is_killed(house: House) -> None:
    supervision = house.supervision(house.child("web", "stubborn", stop_seconds=0.3))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(supervision.run)
        await house.ready.wait()
        pid = house.entries()[-1][2]
        supervision.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_child_that_cannot_start_ends_all_and_says_why(house: House) -> None:
    supervision = house.supervision(house.child("edge"), house.child("web", "fails", after=("edge",)))
    with pytest.RaisesGroup(ChildFailed, flatten_subgroups=True) as failed:
        await supervision.run()
    error = failed.value
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert "porter-web could not start" in str(error)
    assert "the port is taken" in str(error)
    for _name, _what, pid in house.entries():
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_what_children_leave_behind_is_ended_and_nothing_else(house: House) -> None:
    with subprocess.Popen(["sleep", "600"]) as bystander:  # noqa: ASYNC220 - starting it is quick
        with pytest.RaisesGroup(ChildFailed, flatten_subgroups=True):
            await house.supervision(house.child("edge", "leaves one behind")).run()
        left = int(house.did()[-1].rpartition("-")[2])
        with pytest.raises(ProcessLookupError):
            os.kill(left, 0)
        assert bystander.poll() is None
        bystander.kill()


_LONELY = """
import sys, trio
from pathlib import Path
from tests.cli.test_supervision import House
house = House(Path(sys.argv[1]))
trio.run(house.supervision(house.child("edge"), house.child("web")).run)
"""


async def test_nothing_outlives_a_killed_supervisor(house: House) -> None:
    program = [sys.executable, "-c", _LONELY, str(house.diary.parent)]
    with subprocess.Popen(program, cwd=TREE) as supervisor:  # noqa: ASYNC220 - starting it is quick
        await house.until(lambda: len(house.did()) == 2)
        supervisor.kill()
    await house.until(lambda: len(house.did()) == 4)
    assert sorted(house.did()[2:]) == ["edge ends", "web ends"]


async def test_strangers_cannot_speak_for_a_child() -> None:
    """The socket is abstract, so everybody may write; only our own user is heard."""
    if os.geteuid() != 0:
        pytest.skip("only root can be somebody else")
    from appliance.cli.notify_socket import NotifySocket

    say = "import os; from systemd import daemon; os.setuid({uid}); daemon.notify('{text}')"
    with NotifySocket() as notify:
        environment = {**os.environ, **notify.environment(1.0)}
        for uid, text in ((65534, "READY=1"), (0, "STATUS=ours")):
            program = [sys.executable, "-c", say.format(uid=uid, text=text)]
            await trio.to_thread.run_sync(lambda: subprocess.run(program, env=environment, check=True))  # noqa: B023
        assert await notify.said() == {"STATUS": "ours"}
