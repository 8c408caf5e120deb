"""A settings file is the old or the new one, whatever happens."""

import errno
import json
import os
from pathlib import Path

import pytest

from appliance.store.atomic import AtomicStorage, is_tables, last_good_copy, recover, write_whole

OLD, NEW = {"versions": {"1": {"name": "old"}}}, {"versions": {"1": {"name": "new"}}}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a former content and a newer one."""
    path = tmp_path / "settings.json"
    storage = AtomicStorage(path)
    storage.write(OLD)
    storage.write(NEW)
    return path


def content(path: Path) -> object:
    return AtomicStorage(path).read()


def test_the_content_before_the_newest_is_kept(file: Path) -> None:
    assert content(file) == NEW and content(last_good_copy(file)) == OLD
    assert recover(file, is_tables) is None


def test_secrets_are_for_the_owner_only(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_file_cut_anywhere_gives_way_to_the_last_good_copy(tmp_path: Path) -> None:
    whole = json.dumps(NEW).encode()
    for length in range(len(whole)):
        path = tmp_path / f"cut{length}" / "settings.json"
        path.parent.mkdir()
        AtomicStorage(path).write(OLD)
        AtomicStorage(path).write(NEW)
        path.write_bytes(whole[:length])
        found = recover(path, is_tables)
        assert found is not None and found.restored and found.kept_as is not None
        assert found.kept_as.read_bytes() == whole[:length]
        assert content(path) == OLD


@pytest.mark.parametrize("rubbish", [b"", b"\0" * 4096, b"[]", b'{"versions": 3}', b"\xff\xfe", b"[" * 100_000])
def test_rubbish_is_set_aside(file: Path, rubbish: bytes) -> None:
    file.write_bytes(rubbish)
    found = recover(file, is_tables)
    assert found is not None and found.restored and str(found.kept_as) in str(found)
    assert content(file) == OLD


def test_without_a_good_copy_it_begins_anew_and_both_broken_ones_stay(file: Path) -> None:
    file.write_bytes(b"broken")
    last_good_copy(file).write_bytes(b"broken too")
    found = recover(file, is_tables)
    assert found is not None and not found.restored
    assert content(file) is None and last_good_copy(file).read_bytes() == b"broken too"


def test_a_file_that_is_gone_comes_back_from_its_copy(file: Path) -> None:
    file.unlink()
    found = recover(file, is_tables)
    assert found is not None and found.restored and found.kept_as is None
    assert content(file) == OLD


def test_the_copy_survives_the_restoration(file: Path) -> None:
    file.write_bytes(b"broken")
    recover(file, is_tables)
    AtomicStorage(file).write(NEW)
    assert content(file) == NEW and content(last_good_copy(file)) == OLD


@pytest.mark.parametrize("failing", ["fsync", "link", "replace"])
def test_a_full_disk_at_any_step_leaves_the_old_content(
    file: Path, failing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, failing, full)
    with pytest.raises(OSError, match="No space"):
        write_whole(file, b"{}")
    monkeypatch.undo()
    assert content(file) == NEW
    assert {path.name for path in file.parent.iterdir()} == {file.name, last_good_copy(file).name}
