"""The configuration in force, its history, and what an older release does with it."""

import errno
import json
import os
import random
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from appliance.config.demo import demo_office
from appliance.config.mistakes import ConfigurationInvalid, NewerSchema
from appliance.config.models import Configuration
from appliance.store.failures import StoreFailed
from appliance.store.settings import VERSIONS_KEPT, NoSuchVersion, SettingsStore, sealed
from tests.config.offices import configurations

DEMO = demo_office(random.Random(1).choice)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def named(name: str) -> Configuration:
    return msgspec.structs.replace(DEMO, name=name)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.json"


def rewrite(file: Path, path: str, value: object) -> None:
    """Change the configuration in the file as another release might have written it."""
    document = json.loads(file.read_bytes())["versions"]["1"]
    place = document["configuration"]
    *way, last = path.split(".")
    for part in way:
        place = place[part]
    place[last] = value
    file.write_text(json.dumps({"versions": {"1": sealed(document)}}))


def test_a_new_office_has_no_configuration(file: Path) -> None:
    store = SettingsStore(file)
    assert store.load() is None and store.history() == () and store.repaired is None


def test_what_was_saved_is_there_at_the_next_start(file: Path) -> None:
    saved = SettingsStore(file).save(DEMO, by="anna", at=NOON)
    store = SettingsStore(file)
    assert store.load() == DEMO and store.history() == (saved,)
    assert (saved.number, saved.by, saved.at) == (1, "anna", NOON)


@given(configurations())
@settings(max_examples=15, deadline=None)
def test_any_office_is_kept_as_it_is(tmp_path_factory: pytest.TempPathFactory, configuration: Configuration) -> None:
    file = tmp_path_factory.mktemp("settings") / "settings.json"
    SettingsStore(file).save(configuration, by="x", at=None)
    assert SettingsStore(file).load() == configuration


def test_the_last_versions_are_kept_for_undo(file: Path) -> None:
    store = SettingsStore(file)
    for number in range(1, VERSIONS_KEPT + 6):
        store.save(named(f"Office {number}"), by="anna", at=None)
    numbers = [version.number for version in store.history()]
    assert numbers == list(range(VERSIONS_KEPT + 5, 5, -1))
    assert store.version(7).name == "Office 7"
    with pytest.raises(NoSuchVersion):
        store.version(5)


def test_a_newer_schema_is_refused_and_nothing_is_changed(file: Path) -> None:
    SettingsStore(file).save(DEMO, by="anna", at=None)
    rewrite(file, "unheard_of", True)
    rewrite(file, "schema", 99)
    before = file.read_bytes()
    store = SettingsStore(file)
    with pytest.raises(NewerSchema):
        store.load()
    with pytest.raises(NewerSchema):
        store.save(DEMO, by="anna", at=None)
    assert file.read_bytes() == before


def test_a_check_that_is_new_does_not_keep_the_office_from_starting(file: Path) -> None:
    easy_pin = msgspec.structs.replace(DEMO.extensions["201"], voicemail_pin="1111")
    office = msgspec.structs.replace(DEMO, extensions={**DEMO.extensions, "201": easy_pin})
    SettingsStore(file).save(office, by="an older release", at=None)
    assert SettingsStore(file).load() == office


def test_what_does_not_fit_the_models_is_said_with_its_place(file: Path) -> None:
    SettingsStore(file).save(DEMO, by="anna", at=None)
    rewrite(file, "extensions.201.name", 7)
    with pytest.raises(ConfigurationInvalid, match=r"extensions\.201\.name"):
        SettingsStore(file).load()


def test_a_broken_file_gives_the_version_before_and_a_notice(file: Path) -> None:
    store = SettingsStore(file)
    store.save(named("before"), by="anna", at=None)
    store.save(named("newest"), by="anna", at=None)
    file.write_bytes(file.read_bytes()[:-50])
    store = SettingsStore(file)
    assert store.repaired is not None and store.repaired.restored
    assert store.load() == named("before")


def test_a_full_disk_is_a_clear_error_and_the_old_version_stays(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = SettingsStore(file)
    store.save(named("before"), by="anna", at=None)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreFailed, match="disk is full"):
        store.save(named("newer"), by="anna", at=None)
    monkeypatch.undo()
    assert store.load() == named("before") == SettingsStore(file).load()


@given(st.binary(max_size=60), st.integers(0, 4000))
@example(b" ", 4)  # the name of the table
@example(b" ", 18)  # the key of the first version
@settings(max_examples=50, deadline=None)
def test_any_damage_leaves_an_office_that_starts(
    tmp_path_factory: pytest.TempPathFactory, damage: bytes, at: int
) -> None:
    file = tmp_path_factory.mktemp("settings") / "settings.json"
    store = SettingsStore(file)
    store.save(named("before"), by="anna", at=None)
    store.save(named("newest"), by="anna", at=None)
    content = file.read_bytes()
    file.write_bytes(content[:at] + damage + content[at + len(damage) :])
    assert SettingsStore(file).load() in (named("before"), named("newest"))


def test_what_cannot_be_read_at_all_is_left_where_it_is(file: Path) -> None:
    file.mkdir()
    with pytest.raises(StoreFailed, match="cannot be opened"):
        SettingsStore(file)
    assert file.is_dir()
