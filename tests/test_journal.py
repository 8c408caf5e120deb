"""What the journal gets: one line for one message, and fields to search by."""

import logging

import pytest

from appliance.journal import name_what_it_is_about, one_line


def record(message: str, *args: object) -> logging.LogRecord:
    return logging.LogRecord("appliance.test", logging.INFO, __file__, 1, message, args, None)


@pytest.mark.parametrize(
    ("message", "field", "value"),
    [
        ("call 3b427db816: StepBegan(flow='talk')", "CALL_ID", "3b427db816"),
        ("leg 0006: nobody reads its facts", "LEG_ID", "0006"),
        ("line gsm1: started", "LINE", "gsm1"),
        ("door front: the button was pressed again during its call", "DOOR", "front"),
    ],
)
def test_a_line_about_one_thing_has_a_field_with_its_name(message: str, field: str, value: str) -> None:
    about = record(message)
    assert name_what_it_is_about(about)
    assert getattr(about, field) == value


def test_other_lines_have_no_such_field() -> None:
    about = record("The doors are not as configured: %s", "call me: maybe")
    assert name_what_it_is_about(about)
    assert not hasattr(about, "CALL_ID")


def test_text_from_outside_forges_no_line_and_no_colour() -> None:
    forged = record("call 1: caller %s", "x\nE appliance: all is lost \x1b[31m")
    assert one_line(forged)
    assert forged.getMessage() == "call 1: caller x\\x0aE appliance: all is lost \\x1b[31m"
