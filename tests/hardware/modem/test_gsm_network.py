"""The divert the network keeps, and the time it tells."""

from datetime import datetime, timedelta, timezone

import pytest

from hardware.modem.facts import DivertChecked, DivertFailed, NetworkTime
from hardware.simulators.kinds import KINDS

MOBILE = "+37129999999"


@pytest.fixture(params=sorted(KINDS))
def ready(request, new_bench):
    bench = new_bench(kind=request.param)
    bench.start()
    bench.wait(1.0)
    bench.take()
    return bench


def test_divert_is_set_checked_and_taken_off(ready):
    ready.wish(ready.modem.divert.check)
    ready.wish(ready.modem.divert.set, MOBILE)
    assert ready.stick.network.divert == MOBILE
    ready.wish(ready.modem.divert.set, "")
    assert ready.stick.network.divert == ""
    none = DivertChecked(is_on=False, number="")
    assert ready.take(DivertChecked) == [none, DivertChecked(is_on=True, number=MOBILE), none]


def test_network_without_diverts_is_told(ready):
    ready.stick.network.takes_diverts = False
    ready.wish(ready.modem.divert.check)
    ready.wish(ready.modem.divert.set, MOBILE)
    assert ready.take(DivertFailed) == [DivertFailed(was_set=False), DivertFailed(was_set=True)]


@pytest.mark.parametrize("number", ["+", "office", "*100#", "112;", "１２"])
def test_what_is_no_number_is_not_diverted_to(ready, number):
    with pytest.raises(ValueError):
        ready.modem.divert.set(number)


@pytest.mark.parametrize(
    ("lines", "divert"),
    [
        (['+CCFC: 1,1,"37129999999",145'], DivertChecked(is_on=True, number=MOBILE)),
        (["+CCFC: 0,2", '+CCFC: 1,1,"29999999",129,,,20'], DivertChecked(is_on=True, number="29999999")),
        (['+CCFC: 1,2,"29999999",129'], DivertChecked(is_on=False, number="")),
        (["+CCFC: 0,255"], DivertChecked(is_on=False, number="")),
        (["+CCFC: 1,7"], DivertChecked(is_on=True, number="")),
    ],
)
def test_answers_of_networks_are_understood(ready, monkeypatch, lines, divert):
    monkeypatch.setattr(ready.stick.network, "divert_command", lambda _: lines)
    ready.wish(ready.modem.divert.check)
    assert ready.take(DivertChecked) == [divert]


@pytest.mark.parametrize(
    ("clock", "at"),
    [
        ("26/11/28,00:17:51+08", datetime(2026, 11, 28, 0, 17, 51, tzinfo=timezone(timedelta(hours=2)))),
        ("26/11/28,00:17:51-10", datetime(2026, 11, 28, 0, 17, 51, tzinfo=timezone(-timedelta(minutes=150)))),
        ("80/01/06,00:00:00+00", None),
        ("04/01/01,00:00:00+00", None),
        ("26/02/31,00:17:51+08", None),
        ("26/11/28,00:17:51", None),
        ("26/11/28,00:17:51+99", None),
        ("", None),
    ],
)
def test_time_is_told_when_the_network_has_set_it(new_bench, clock, at):
    bench = new_bench(kind="quectel_serial")
    bench.stick.network.clock = clock
    bench.start()
    assert bench.take(NetworkTime) == ([] if at is None else [NetworkTime(at)])


def test_news_of_the_time_leads_to_a_look_at_the_clock(ready):
    ready.stick.network.clock = "26/11/28,00:17:51+08"
    ready.stick.say('+CTZV: "26/11/27,22:17:51+08"')
    ready.settle()
    assert [fact.at.hour for fact in ready.take(NetworkTime)] == [0]
