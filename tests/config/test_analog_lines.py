"""What can be wrong with an analog line in the configuration."""

import pytest

from appliance.config.loading import from_plain
from appliance.config.mistakes import ConfigurationInvalid
from appliance.config.models import AnalogModem, FxoLine
from hardware.modem.fxo_profiles import FXO_PROFILES
from tests.config.offices import changed


@pytest.mark.parametrize(
    "line, path",
    [
        ({}, "lines.fxo1.port"),
        ({"port": "ttyACM0"}, "lines.fxo1.port"),
        ({"simulated": True, "profile": "conexnt"}, "lines.fxo1.profile"),
        ({"simulated": True, "dialling": "morse"}, "lines.fxo1.dialling"),
        ({"simulated": True, "dial_prefix": "nine"}, "lines.fxo1.dial_prefix"),
        ({"simulated": True, "most_minutes": 0}, "lines.fxo1.most_minutes"),
        ({"simulated": True, "country": "Latvia"}, "lines.fxo1.country"),
    ],
)
def test_mistakes_are_told_with_their_path(line, path):
    with pytest.raises(ConfigurationInvalid) as refused:
        from_plain(changed("lines.fxo1", {"kind": "fxo", **line}))
    assert path in [mistake.path for mistake in refused.value.mistakes]


def test_every_family_that_can_be_named_has_its_commands():
    assert {family.value for family in AnalogModem} == set(FXO_PROFILES)
    assert FxoLine().profile in FXO_PROFILES
