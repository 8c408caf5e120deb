"""Every reason why a line is down has words in every language."""

import pytest

from appliance.config.models import Language
from appliance.control.line_reasons import REASONS, line_reason
from hardware.modem.faults import ModemFault


@pytest.mark.parametrize("fault", ModemFault)
@pytest.mark.parametrize("language", Language)
def test_fault_has_a_cause_and_a_next_step(fault: ModemFault, language: Language) -> None:
    cause, next_step = line_reason(fault, "VALUE", language)
    assert cause
    assert next_step or fault is ModemFault.STARTING
    assert "{" not in cause + next_step


def test_value_is_named() -> None:
    assert line_reason("not_there", "/dev/ttyUSB2", Language.EN)[0] == "There is no device at /dev/ttyUSB2."
    assert "/dev/ttyUSB2" in line_reason("not_there", "/dev/ttyUSB2", Language.UK)[0]


def test_unknown_name_says_nothing() -> None:
    assert line_reason("weather", "", Language.EN) == ("", "")
    assert "weather" not in REASONS
