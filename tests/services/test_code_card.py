"""The card beside the phone."""

import pytest

from appliance.config.models import Feature, FeatureCodes, Language, Preset, TalkFeature
from appliance.services.code_card import as_page, as_text, code_card, words_of_card
from tests.flows.offices import small_office


def test_every_feature_has_words() -> None:
    words = words_of_card()
    assert set(words.dialled) == {feature.value for feature in Feature}
    assert set(words.in_talk) == {feature.value for feature in TalkFeature}


@pytest.mark.parametrize("language", list(Language))
def test_the_card_names_every_code_in_force(language: Language) -> None:
    card = code_card(small_office(), language)
    assert card.language == language
    codes = {line.does: line.codes for line in card.dialled}
    assert ("*72", "*72…", "*21*…#", "**21*…#") in codes.values()
    assert ("71–79",) in codes.values()
    assert "112" in card.dialled[0].codes and "113" in card.dialled[0].codes
    assert card.in_talk[0].codes == ("##",)
    assert len(codes) == len(card.dialled), "no two lines say the same"


def test_own_codes_and_presets_are_on_it_and_what_was_taken_away_is_not() -> None:
    codes = FeatureCodes(preset=Preset.THREE_CX, own={Feature.REDIAL: (), Feature.TIME_OF_DAY: ("*161",)})
    card = code_card(small_office(codes=codes), Language.EN)
    by_words = {line.does: line.codes for line in card.dialled}
    assert by_words["The time"] == ("*161",)
    assert by_words["Take a call that rings in my group"] == ("*20*",)
    assert "Dial the last number again" not in by_words


def test_languages_differ() -> None:
    cards = [code_card(small_office(), language) for language in Language]
    for lines in zip(*(card.dialled for card in cards), strict=True):
        assert len({line.codes for line in lines}) == 1
        assert len({line.does for line in lines}) == len(cards), lines


def test_as_text_a_code_and_its_words_stand_in_one_line() -> None:
    text = as_text(code_card(small_office(), Language.LV))
    assert "Small office" in text.splitlines()[0]
    (line,) = [line for line in text.splitlines() if "*73" in line]
    assert line.endswith("Mani zvani atkal zvana šeit")


def test_the_page_to_print_needs_no_other_file_and_takes_no_name_for_markup() -> None:
    page = as_page(code_card(small_office(name="<b>Tom & Co</b>"), Language.RU))
    assert "&lt;b&gt;Tom &amp; Co&lt;/b&gt;" in page and '<html lang="ru">' in page
    assert "src=" not in page and "href=" not in page and "A4" in page
