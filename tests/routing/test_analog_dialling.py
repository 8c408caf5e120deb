"""What an exchange is dialled for a number."""

import pytest

from appliance.routing.analog_dialling import as_dialled


@pytest.mark.parametrize(
    "country, number, prefix, dialled",
    [
        ("LV", "+37129123456", "", "29123456"),
        ("LV", "+442079460018", "", "00442079460018"),
        ("UA", "+380441234567", "", "0441234567"),
        ("RU", "+79161234567", "", "89161234567"),
        ("RU", "+442079460018", "", "8w10442079460018"),
        ("GB", "+442079460018", "", "02079460018"),
        ("US", "+12015550123", "", "12015550123"),
        ("LV", "112", "", "112"),
        ("LV", "*21*29123456#", "", "*21*29123456#"),
        ("LV", "+37129123456", "9,", "9,29123456"),
        ("LV", "#31#+37129123456", "", "#31#29123456"),
        ("LV", "", "9,", None),
        ("LV", "112;AT", "", None),
        ("LV", "+x", "", None),
        ("LV", "+", "", None),
    ],
)
def test_number_becomes_digits_of_the_exchange(country, number, prefix, dialled):
    assert as_dialled(country, number, prefix) == dialled
