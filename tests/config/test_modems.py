"""How a line says which modem it has."""

import pytest

from appliance.config.loading import from_plain
from appliance.config.mistakes import ConfigurationInvalid
from tests.config.offices import changed


def mistakes_of(**lines: dict[str, object]) -> dict[str, str | None]:
    """Path → "did you mean" of what is wrong with these lines; {} when nothing is."""
    data = changed("lines", {name: {"kind": "gsm", **line} for name, line in lines.items()})
    data["outbound_routes"] = []
    try:
        from_plain(data)
    except ConfigurationInvalid as refused:
        return {mistake.path: mistake.did_you_mean for mistake in refused.mistakes}
    return {}


@pytest.mark.parametrize("modem", ["auto", "353600000000001", "8937101000000000018", "1-1.2", "3-1"])
def test_modem_is_named_by_what_is_known_of_it(modem: str) -> None:
    assert mistakes_of(gsm1={"modem": modem}) == {}


@pytest.mark.parametrize("modem", ["any", "35360000000000", "/dev/ttyUSB2", "1-", "1.2"])
def test_what_names_no_modem_is_refused(modem: str) -> None:
    assert mistakes_of(gsm1={"modem": modem}) == {"lines.gsm1.modem": None}


def test_ports_may_be_named_instead() -> None:
    ports = {"at_port": "/dev/ttyUSB2", "audio_port": "/dev/ttyUSB1"}
    assert mistakes_of(gsm1=ports) == {}
    assert mistakes_of(gsm1={}) == {"lines.gsm1.at_port": None, "lines.gsm1.audio_port": None}


def test_modem_with_its_sound_on_wires_names_a_sound_card() -> None:
    analog = {"profile": "simcom_analog", "at_port": "/dev/ttyUSB0"}
    assert mistakes_of(gsm1=analog) == {"lines.gsm1.sound_card": None}
    assert mistakes_of(gsm1={**analog, "sound_card": "plughw:CARD=Device"}) == {}


def test_what_cannot_be_found_or_simulated_is_refused() -> None:
    wires = {"profile": "simcom_analog", "sound_card": "plughw:CARD=Device"}
    assert mistakes_of(gsm1={**wires, "modem": "auto"}) == {"lines.gsm1.modem": None}
    for profile in ("simcom_analog", "quectel_uac"):
        assert mistakes_of(gsm1={"profile": profile, "simulated": True}) == {"lines.gsm1.profile": None}
    assert mistakes_of(gsm1={"profile": "simcom7600", "simulated": True}) == {}


def test_two_lines_cannot_have_the_same_modem_but_both_may_take_any() -> None:
    assert mistakes_of(a={"modem": "1-1.2"}, b={"modem": "1-1.2"}) == {"lines.b.modem": None}
    assert mistakes_of(a={"modem": "auto"}, b={"modem": "auto"}) == {}


def test_family_that_is_misspelt_is_told_with_the_one_that_is_meant() -> None:
    assert mistakes_of(gsm1={"modem": "auto", "profile": "quectel_serail"}) == {"lines.gsm1.profile": "quectel_serial"}


@pytest.mark.parametrize(
    ("divert", "wrong"), [("+37129999999", False), ("off", False), ("29999999", True), ("on", True)]
)
def test_divert_of_the_network_is_a_whole_number_or_off(divert: str, wrong: bool) -> None:
    found = mistakes_of(gsm1={"modem": "auto", "network_divert": divert})
    assert list(found) == (["lines.gsm1.network_divert"] if wrong else [])
