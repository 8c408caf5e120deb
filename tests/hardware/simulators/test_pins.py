"""The simulated chip: one truth for many processes, whatever happens to them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from hardware.simulators.pins import RECORDS, Change, SimulatedChip

WRITER = """
import sys
from pathlib import Path
from hardware.simulators.pins import SimulatedChip
chip = SimulatedChip(Path(sys.argv[1]))
line = int(sys.argv[2])
print("ready", flush=True)
for number in range(int(sys.argv[3])):
    chip.drive(line, number % 2)
"""


def writer(folder: Path, line: int, count: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", WRITER, str(folder), str(line), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def test_a_line_nobody_has_set_has_no_level(tmp_path: Path) -> None:
    chip = SimulatedChip(tmp_path)
    assert chip.level(17) is None
    assert chip.trace() == []
    chip.close()


def test_what_many_processes_write_is_all_there_in_order(tmp_path: Path) -> None:
    chip = SimulatedChip(tmp_path)
    writers = [writer(tmp_path, line, 2001) for line in range(4)]
    for process in writers:
        assert process.wait(30) == 0
    trace = chip.trace()
    assert len(trace) == 4 * 2001
    assert trace == sorted(trace, key=lambda change: change.monotonic)
    for line, process in enumerate(writers):
        levels = [change.level for change in trace if change.line == line]
        assert levels == [number % 2 for number in range(2001)]
        assert {change.process for change in trace if change.line == line} == {process.pid}
        assert chip.level(line) == 0
    chip.close()


def test_a_line_at_rest_is_known_however_often_another_changes(tmp_path: Path) -> None:
    chip = SimulatedChip(tmp_path)
    chip.drive(27, 1)
    for number in range(RECORDS + 10):
        chip.apply(17, number % 2)
    assert chip.level(27) == 1
    chip.close()


def test_a_key_joins_two_lines_and_is_no_level_of_either(tmp_path: Path) -> None:
    chip = SimulatedChip(tmp_path)
    heard: list[Change] = []
    complete = threading.Event()

    def changed(change: Change) -> None:
        heard.append(change)
        if not change.level:
            complete.set()

    with chip.follow(changed):
        chip.join(5, 12, True)
        chip.join(5, 12, False)
        assert complete.wait(5)
    assert [(change.joined, change.level) for change in heard] == [((5, 12), 1), ((5, 12), 0)]
    assert chip.level(5) is None and chip.level(12) is None
    chip.close()


def test_a_writer_killed_anywhere_stops_nobody(tmp_path: Path) -> None:
    chip = SimulatedChip(tmp_path)
    for _ in range(10):
        process = writer(tmp_path, 5, 10**9)
        assert process.stdout is not None
        process.stdout.readline()
        before = chip.count
        while chip.count == before:
            os.sched_yield()
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        chip.drive(5, 1)
        assert chip.level(5) == 1
    chip.close()


def test_after_very_many_changes_the_newest_are_known(tmp_path: Path) -> None:
    chip = SimulatedChip(tmp_path)
    size = (tmp_path / "chip").stat().st_size
    for number in range(RECORDS + 10):
        chip.drive(3, number % 2)
    chip.drive(4, 1)
    assert len(chip.trace()) == RECORDS
    assert (chip.level(3), chip.level(4)) == (1, 1)
    assert chip.trace()[-1].line == 4
    assert (tmp_path / "chip").stat().st_size == size
    chip.close()


def test_every_input_reaches_the_follower_in_order(tmp_path: Path) -> None:
    chip, outside = SimulatedChip(tmp_path), SimulatedChip(tmp_path)
    heard: list[tuple[int, int]] = []
    complete = threading.Event()

    def changed(change: Change) -> None:
        heard.append((change.line, change.level))
        if len(heard) == 2_000:
            complete.set()

    with chip.follow(changed):
        for number in range(2_000):
            outside.drive(9, 1)
            outside.apply(number % 20, number % 2)
        assert complete.wait(10)
    assert heard == [(number % 20, number % 2) for number in range(2_000)]
    outside.apply(1, 0)  # nobody follows any more
    assert outside.level(1) == 0
    chip.close()
    outside.close()


def test_a_chip_may_lie_in_a_deep_folder(tmp_path: Path) -> None:
    folder = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6)
    chip = SimulatedChip(folder)
    heard = threading.Event()
    with chip.follow(lambda change: heard.set()):
        chip.apply(17, 0)
        assert heard.wait(5)
    chip.close()
