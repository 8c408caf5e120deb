"""What can be wrong with a menu."""

from typing import Any

import pytest

from appliance.config.loading import check, export, find_warnings, from_plain, parse, to_plain
from appliance.config.mistakes import ConfigurationInvalid
from appliance.config.models import Language, SpeechRecognition
from tests.flows.menus import office_with_menus


def test_a_menu_is_read_and_written_the_same() -> None:
    office = office_with_menus()
    assert check(office) == () and find_warnings(office) == ()
    assert parse(export(office)) == office


def wrong(settings: dict[str, Any], **office: Any) -> dict[str, str | None]:
    """Path below the menu → "did you mean", of all that is wrong with the main menu so changed."""
    data = to_plain(office_with_menus())
    data |= office
    data["menus"]["main"] |= settings
    try:
        from_plain(data)
    except ConfigurationInvalid as refused:
        return {mistake.path.removeprefix("menus.main."): mistake.did_you_mean for mistake in refused.mistakes}
    return {}


@pytest.mark.parametrize(
    ("settings", "mistakes"),
    [
        ({"keys": {"1": "extension:999"}, "silence": "menu:mian"}, {"keys.1": None, "silence": "menu:main"}),
        ({"keys": {"1": "menu:moer"}}, {"keys.1": "menu:more"}),
        ({"keys": {"1": "more"}}, {"keys.1": "menu:more"}),
        ({"keys": {"12": "extension:201"}}, {"keys.12": None}),
        ({"dial_by_name": "1", "repeat": "8"}, {"dial_by_name": None, "repeat": None}),
        ({"languages": {"8": "de"}}, {"languages.8": None}),
        ({"greeting": {}}, {"greeting": None}),
        ({"greeting": {"en": ""}}, {"greeting.en": None}),
        ({"silense_seconds": 3}, {"silense_seconds": "silence_seconds"}),
        ({"tries": 0, "silence_seconds": 0}, {"tries": None, "silence_seconds": None}),
        ({"number": "600"}, {"number": None}),
        ({"number": "112"}, {"number": None}),
        ({"words": {"en": {"1": ["sales"], "6": ["nothing"]}}}, {"words.en.6": None}),
        ({"words": {"en": {"1": ["sales | support"]}}}, {"words.en.1.1": None}),
        # Who presses nothing would hear it for ever.
        ({"silence": "menu:main"}, {"silence": None}),
        ({"silence": "menu:more"}, {}),
    ],
)
def test_every_mistake_is_told_with_its_place(settings: dict[str, Any], mistakes: dict[str, str | None]) -> None:
    assert wrong(settings) == mistakes


def test_a_default_desk_that_leads_silent_callers_back_is_a_circle() -> None:
    assert wrong({}, default_desk="menu:more") != {}


def test_a_door_rings_no_menu() -> None:
    doors = {"front": {"name": "Front", "rings": "menu:main"}}
    assert wrong({}, doors=doors) == {"doors.front.rings": None}


def test_languages_that_are_not_spoken_and_menus_without_a_choice_are_warned_of() -> None:
    office = office_with_menus({"languages": {"8": "ru"}})
    assert [warning.path for warning in find_warnings(office)] == ["menus.main.languages.8"]
    bare = {"keys": {}, "languages": {}, "dial_extensions": False, "dial_by_name": None, "repeat": None}
    assert [warning.path for warning in find_warnings(office_with_menus(bare))] == ["menus.main"]


def test_words_that_no_engine_understands_are_warned_of() -> None:
    words = {"words": {Language.EN: {"1": ("sales",)}, Language.LV: {"1": ("pārdošana",)}}}
    off, on = (office_with_menus(words, speech=SpeechRecognition(engine=engine)) for engine in ("off", "pocketsphinx"))
    assert [warning.path for warning in find_warnings(off)] == ["menus.main.words.en", "menus.main.words.lv"]
    assert [warning.path for warning in find_warnings(on)] == ["menus.main.words.lv"]
