"""Feature codes: how they are read, and which cannot stand beside each other."""

import msgspec
import phonenumbers
import pytest

from appliance.config.loading import check, from_plain
from appliance.config.mistakes import ConfigurationInvalid
from appliance.config.models import Configuration, Extension, Feature, FeatureCodes, Preset, TalkFeature
from appliance.flows.codes import SERVERS
from appliance.routing.code_presets import USUAL
from appliance.routing.codes import Code, ReadCode, codes_of, read_code
from appliance.routing.numbering import DialledEmergency, classify_dialled, emergency_numbers
from appliance.routing.talk_codes import talk_codes


def office(**own: tuple[str, ...]) -> Configuration:
    return Configuration(
        name="Office",
        default_desk="extension:201",
        extensions={"201": Extension(name="Anna")},
        codes=FeatureCodes(own={Feature(name): patterns for name, patterns in own.items()}),
    )


@pytest.mark.parametrize(
    ("pattern", "dialled", "number"),
    [
        ("*97", "*97", ""),
        ("*97", "*971", None),
        ("*98n", "*98201", "201"),
        ("*98n", "*98", None),
        ("*98n", "*98*1", None),
        ("*21*n#", "*21*+37120000001#", "+37120000001"),
        ("*21*n#", "*21*#", None),
        ("**61*n#", "**61*20000001*11*20#", "20000001*20"),
        ("**61*n#", "**61*20000001**20#", "20000001*20"),
        ("**61*n#", "**61*20000001*11#", "20000001"),
        ("**61*n#", "**61*20000001**#", "20000001"),
        ("**61*n#", "**61**20#", None),
        ("**61*n#", "**61*20000001*11*20*1#", None),
        ("*98n", "*98201**20", None),
        ("##002#", "##002#", ""),
        ("**n", "**201", "201"),
    ],
)
def test_a_code_is_its_keys_and_perhaps_a_number(pattern: str, dialled: str, number: str | None) -> None:
    assert Code(Feature.ECHO_TEST, pattern).argument_of(dialled) == number


def test_of_two_codes_that_fit_the_one_with_more_keys_does() -> None:
    both = office(pickup=("*8", "*8n"), any_mailbox=("*80n",))
    assert read_code(both, "*8") == ReadCode(Feature.PICKUP)
    assert read_code(both, "*8201") == ReadCode(Feature.PICKUP, "201")
    assert read_code(both, "*80201") == ReadCode(Feature.ANY_MAILBOX, "201")


def test_a_hash_that_a_phone_adds_does_not_matter() -> None:
    assert read_code(office(), "*43#") == ReadCode(Feature.ECHO_TEST)
    assert read_code(office(echo_test=("*21*n#",)), "*21*5#") == ReadCode(Feature.ECHO_TEST, "5")


def test_a_hash_that_a_phone_keeps_to_itself_as_its_key_to_send_does_not_matter() -> None:
    assert read_code(office(), "*21*20000001") == ReadCode(Feature.DIVERT_ALWAYS, "20000001")
    assert read_code(office(), "##002") == ReadCode(Feature.DIVERT_NONE)
    assert read_code(office(), "*61*20000001**25") == ReadCode(Feature.DIVERT_NO_ANSWER, "20000001*25")


@pytest.mark.parametrize("preset", list(Preset))
def test_every_code_of_a_preset_asks_for_its_own_feature_with_any_number_of_the_house(preset: Preset) -> None:
    """No number of two to four digits, and none outside, turns a code into another one."""
    preset_office = msgspec.structs.replace(office(), codes=FeatureCodes(preset=preset))
    numbers = ("10", "21", "80", "99", "002", "100", "201", "297", "980", "999", "2000", "20000001", "+37120000001")
    for code in codes_of(preset_office):
        for number in numbers if code.takes_number else ("",):
            dialled = code.pattern.replace("n", number)
            assert read_code(preset_office, dialled) == ReadCode(code.feature, number), dialled


@pytest.mark.parametrize("preset", list(Preset))
def test_the_codes_of_a_preset_can_stand_beside_each_other(preset: Preset) -> None:
    assert check(msgspec.structs.replace(office(), codes=FeatureCodes(preset=preset))) == ()


def test_a_preset_changes_what_its_system_does_otherwise_and_an_own_code_counts_before_it() -> None:
    three_cx = FeatureCodes(preset=Preset.THREE_CX, own={Feature.ECHO_TEST: ("*99",)})
    changed = msgspec.structs.replace(office(), codes=three_cx)
    assert read_code(changed, "*20*") == ReadCode(Feature.PICKUP)
    assert read_code(changed, "*20*201") == ReadCode(Feature.DIRECTED_PICKUP, "201")
    assert read_code(changed, "**201") is None
    assert read_code(changed, "*99") == ReadCode(Feature.ECHO_TEST)
    assert read_code(changed, "*777") == ReadCode(Feature.RECORD_PROMPT, "7"), "no echo test any more"
    mikopbx = msgspec.structs.replace(office(), codes=FeatureCodes(preset=Preset.MIKOPBX))
    assert talk_codes(mikopbx)["**"] is TalkFeature.BLIND_TRANSFER
    assert talk_codes(mikopbx)["##"] is TalkFeature.ATTENDED_TRANSFER
    assert read_code(mikopbx, "**201") == ReadCode(Feature.DIRECTED_PICKUP, "201"), "dialled, they mean something else"


def test_a_preset_nobody_knows_is_told_with_the_one_that_was_meant() -> None:
    with pytest.raises(ConfigurationInvalid, match='Did you mean "freepbx"'):
        from_plain({"name": "Office", "default_desk": "hang_up", "codes": {"preset": "free_pbx"}})


@pytest.mark.parametrize("preset", list(Preset))
def test_no_code_and_no_extension_hides_an_emergency_number_of_any_country(preset: Preset) -> None:
    for country in sorted(phonenumbers.SUPPORTED_REGIONS):
        numbers = emergency_numbers(country)
        assert numbers[0] == "112"
        changed = msgspec.structs.replace(
            office(),
            country=country,
            codes=FeatureCodes(preset=preset),
            # The configuration's own check refuses these: even so they would hide nothing.
            extensions={number: Extension(name="Somebody") for number in numbers},
        )
        for number in numbers:
            for dialled in (number, f"{number}#"):
                assert classify_dialled(changed, dialled) == DialledEmergency(number), (country, dialled)
            assert f"extensions.{number}" in {mistake.path for mistake in check(changed)}


def test_own_codes_take_the_place_of_the_usual_ones() -> None:
    changed = office(own_mailbox=("*1571",), echo_test=())
    assert read_code(changed, "*1571") == ReadCode(Feature.OWN_MAILBOX)
    assert read_code(changed, "*97") is None
    assert read_code(changed, "*43") is None


def test_the_usual_codes_can_stand_beside_each_other() -> None:
    assert check(office()) == ()


def test_one_code_for_two_features_is_a_mistake_at_the_own_one() -> None:
    (mistake,) = check(office(own_mailbox=("*43",)))
    assert mistake.path == "codes.own.own_mailbox"
    assert mistake.cause == "*43 is already the code of echo_test; give one of them other keys."


def test_every_feature_has_a_code_and_a_flow() -> None:
    assert set(USUAL) == set(SERVERS) == set(Feature)
