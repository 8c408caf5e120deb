"""Recordings that live no longer than their call."""

from pathlib import Path

import pytest

from appliance.errors import PorterError
from appliance.store.scratch import ScratchFolder
from appliance.store.writer import Writer


def write(paths: list[str]) -> None:
    for path in paths:
        Path(path).write_bytes(b"RIFF")


def left_in(folder: Path) -> list[str]:
    return [str(path) for path in folder.glob("*")]


async def test_a_recording_is_removed_with_its_call_and_what_a_crash_left_at_the_next_start(tmp_path: Path) -> None:
    with Writer(tmp_path / "records.sqlite") as writer:
        folder = tmp_path / "scratch"
        ids = iter("abc")
        scratch = ScratchFolder(writer, folder, lambda: next(ids))
        paths = [await scratch.new_recording() for _ in range(2)]
        write(paths)
        for _ in range(2):
            scratch.discard_soon(paths[0])
        writer.do(lambda _: None)
        assert left_in(folder) == [paths[1]]
        ScratchFolder(writer, folder, lambda: next(ids))
        assert left_in(folder) == []


async def test_nothing_elsewhere_is_removed(tmp_path: Path) -> None:
    with Writer(tmp_path / "records.sqlite") as writer:
        scratch = ScratchFolder(writer, tmp_path / "scratch", lambda: "x")
        with pytest.raises(PorterError):
            scratch.discard_soon(str(tmp_path / "records.sqlite"))
