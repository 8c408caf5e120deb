"""The door's small files: whole or as before."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from appliance.door import files


class Thing(msgspec.Struct, frozen=True):
    number: int = 0


def test_what_was_saved_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "thing.json"
    assert files.load(path, Thing, Thing(7)) == Thing(7)
    files.save(path, Thing(1))
    files.save(path, Thing(2))
    assert files.load(path, Thing, Thing()) == Thing(2)
    assert files.load(files.last_good(path), Thing, Thing()) == Thing(1)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_broken_file_gives_the_last_good_one_and_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "thing.json"
    files.save(path, Thing(1))
    files.save(path, Thing(2))
    path.write_bytes(b'{"number": ')
    assert files.load(path, Thing, Thing()) == Thing(1)
    assert path.with_name("thing.json.broken").read_bytes() == b'{"number": '


def test_a_save_that_fails_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "thing.json"
    files.save(path, Thing(1))
    for broken in ("fsync", "link"):
        with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
            patch.setattr(os, broken, _no_space)
            files.save(path, Thing(2))
        assert files.load(path, Thing, Thing()) == Thing(1)


def _no_space(*_: object) -> None:
    raise OSError(28, "No space left on device")
