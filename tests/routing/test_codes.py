"""Feature codes: how they are read, and which cannot stand beside each other."""

import pytest

from appliance.config.loading import check
from appliance.config.models import Configuration, Extension, Feature, FeatureCodes
from appliance.flows.codes import SERVERS
from appliance.routing.codes import USUAL, Code, ReadCode, read_code


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
