"""What an analog line learned, on the live page."""

import msgspec
import pytest
from flask import Flask

from appliance.control.learned_messages import ForgetLine, LearnedTone, LiveLearned

from .canned_office import CannedOffice
from .conftest import Browser
from .test_lines import shown

LEARNED = LiveLearned(
    tones=(LearnedTone(kind="busy", hz=(425.0,), ms=(350, 352), times=7),),
    caller_id="before_ring",
    caller_id_mode="",
    echo_loss_db=14.2,
    released_by="busy",
)


@pytest.mark.parametrize(
    "language, words",
    [
        ("en", ["busy tone 425 Hz 350/352 ms", "numbers come before the first ring", "echo 14 dB down", "Forget"]),
        ("lv", ["aizņemtības signāls 425 Hz 350/352 ms", "Aizmirst"]),
        ("uk", ["сигнал «зайнято» 425 Hz 350/352 ms", "Забути"]),
        ("ru", ["сигнал «занято» 425 Hz 350/352 ms", "Забыть"]),
    ],
)
def test_tones_caller_id_and_echo_are_told(
    browser: Browser, office: CannedOffice, app: Flask, language: str, words: list[str]
) -> None:
    page = shown(browser, office, app, language, kind="fxo", learned=LEARNED)
    assert [word for word in words if word not in page] == []


def test_line_of_its_first_day_has_nothing_to_forget(browser: Browser, office: CannedOffice, app: Flask) -> None:
    nothing = msgspec.structs.replace(LEARNED, tones=(), caller_id="unknown", echo_loss_db=None, released_by="")
    page = shown(browser, office, app, kind="fxo", learned=nothing)
    assert "nothing yet" in page
    assert "forget" not in page.casefold().split("learned from calls")[1][:400]


def test_owner_has_it_forgotten(browser: Browser, office: CannedOffice, app: Flask) -> None:
    shown(browser, office, app, kind="fxo", learned=LEARNED)
    browser.post("/live/lines/gsm1/forget")
    assert ForgetLine(line="gsm1", by="owner") in office.asked
