"""Manifests in several files."""

import sys
from pathlib import Path

import msgspec
import pytest

from appliance.manifests import EntryTwice, read_manifests


class Words(msgspec.Struct):
    words: dict[str, str]
    more: dict[str, int] = {}


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An importable package with a folder `said` in it."""
    folder = tmp_path / "talkative"
    (folder / "said").mkdir(parents=True)
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "talkative", raising=False)
    return folder / "said"


def test_the_tables_of_all_files_are_put_together(package: Path) -> None:
    (package / "one.yaml").write_text("words: {hello: moin}\nmore: {one: 1}\n")
    (package / "two.yaml").write_text("words: {bye: tschüs}\n")
    (package / "notes.txt").write_text("not: {a: manifest}")
    assert read_manifests("talkative", "said", Words) == Words({"hello": "moin", "bye": "tschüs"}, {"one": 1})


def test_an_entry_said_twice_is_named_with_its_file(package: Path) -> None:
    (package / "one.yaml").write_text("words: {hello: moin}\n")
    (package / "two.yaml").write_text("words: {hello: servus}\n")
    with pytest.raises(EntryTwice, match=r"said/two\.yaml says words\.hello again"):
        read_manifests("talkative", "said", Words)
