"""Families of analog modems as data: what is written wrongly is refused with its place."""

from importlib.resources import files

import pytest

from hardware.modem.fxo_profiles import FXO_PROFILES, FxoProfileError, read_fxo_profile

CONEXANT = (files("hardware.modem.fxo_profiles") / "conexant.toml").read_text("utf-8")


def test_every_family_never_answers_by_itself_and_hangs_up_when_its_port_closes() -> None:
    assert set(FXO_PROFILES) == {"conexant", "usr"}
    for profile in FXO_PROFILES.values():
        assert {"ATS0=0", "AT&D2"} <= set(profile.set_up)
        assert "ATH" in profile.let_go and all(mode.source for mode in profile.caller_id)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (CONEXANT.replace("seize =", "sieze ="), "sieze"),
        (CONEXANT.replace('models = ["56000"]', "models = 56000"), "Expected `array`, got `int`"),
        (CONEXANT.replace('name = "conexant"', 'name = "usr"'), 'it calls itself "usr"'),
        (CONEXANT.replace('name = "uk"', 'name = "bell"'), "caller_id has bell more than once"),
        ('leaves_by = "door"\n' + CONEXANT, "door"),
        ("name = ", "conexant: "),
    ],
)
def test_a_profile_that_is_written_wrongly_is_refused(wrong: str, said: str) -> None:
    with pytest.raises(FxoProfileError) as caught:
        read_fxo_profile("conexant", wrong)
    assert said in str(caught.value)
