"""Registering at an operator, message by message."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.calls.trunks import Refused, Registered, Target
from appliance.sip import messages
from appliance.sip.trunks.digest import best_challenge, credentials
from appliance.sip.trunks.registering import Answer, Asking, Here
from tests.sip.trunks.lines import TOKEN, trunk

TARGET = Target("192.0.2.1", 5080)
CHALLENGE = 'Digest realm="op", nonce="n1", algorithm=MD5, qop="auth,auth-int"'


def asking(seconds: int | None = 600, **settings: object) -> Asking:
    numbers = itertools.count(1)
    here = Here(contact="192.168.1.5:5060", via="127.0.0.1:5072")
    return Asking(trunk(**settings), TARGET, here, seconds, lambda: f"f{next(numbers)}")


def answer(status: int, *headers: str, phrase: str = "Words") -> Answer:
    return Answer(status, "\r\n".join([f"SIP/2.0 {status} {phrase}", *headers, "", ""]))


def test_a_challenge_is_answered_with_the_password_and_the_same_call_id() -> None:
    one = asking()
    first = one.request().decode()
    assert first.startswith("REGISTER sip:operator.test SIP/2.0\r\n")
    assert messages.header(first, "Contact") == f"<sip:{TOKEN}@192.168.1.5:5060>"
    assert messages.header(first, "X-Porter-Next") == "sip:192.0.2.1:5080;transport=udp"
    assert one.hear(answer(401, f"WWW-Authenticate: {CHALLENGE}")) is None
    second = one.request().decode()
    assert messages.header(second, "Call-ID") == messages.header(first, "Call-ID")
    assert messages.header(second, "CSeq") == "2 REGISTER"
    assert 'username="60000000"' in messages.header(second, "Authorization")
    assert "secret" not in second
    assert one.hear(answer(200, f"Contact: <sip:other@x>;expires=9, <sip:{TOKEN}@y>;expires=120")) == Registered(120)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ((), 600),
        (("Expires: 300",), 300),
        (("Expires: 99999",), 600),
        (("Expires: soon",), 600),
        ((f"Contact: <sip:{TOKEN}@y>;q=1;expires=60",), 60),
        ((f'Contact: "A, <B>" <sip:{TOKEN}@y>;expires=70', "Expires: 5"), 70),
    ],
)
def test_how_long_the_operator_grants(headers: tuple[str, ...], seconds: float) -> None:
    one = asking()
    one.request()
    assert one.hear(answer(200, *headers)) == Registered(seconds)


def test_a_second_challenge_means_a_wrong_password() -> None:
    one = asking()
    one.request()
    assert one.hear(answer(407, f"Proxy-Authenticate: {CHALLENGE}")) is None
    assert "Proxy-Authorization: Digest" in one.request().decode()
    assert one.hear(answer(407, f"Proxy-Authenticate: {CHALLENGE}", phrase="No")) == Refused(401, "No")


def test_a_stale_nonce_is_asked_for_again_but_not_for_ever() -> None:
    one = asking()
    for _ in range(3):
        one.request()
        assert one.hear(answer(401, f"WWW-Authenticate: {CHALLENGE}, stale=true")) is None
    one.request()
    assert isinstance(one.hear(answer(401, f"WWW-Authenticate: {CHALLENGE}, stale=true")), Refused)


def test_a_longer_time_is_asked_for_where_the_operator_wants_it() -> None:
    one = asking(seconds=60)
    one.request()
    assert one.hear(answer(423, "Min-Expires: 300")) is None
    assert messages.header(one.request().decode(), "Expires") == "300"
    assert one.hear(answer(423, "Min-Expires: 300")) == Refused(423, "Words")


@pytest.mark.parametrize("value", ["", "Basic realm=x", 'Digest realm="x"', 'Digest nonce="x", algorithm=NEW', "\x00"])
def test_a_challenge_that_cannot_be_answered_is_a_refusal(value: str) -> None:
    one = asking()
    one.request()
    assert one.hear(answer(401, f"WWW-Authenticate: {value}")) == Refused(401, "Words")


def test_without_a_password_nothing_is_answered() -> None:
    one = asking(password=None)
    one.request()
    assert one.hear(answer(401, f"WWW-Authenticate: {CHALLENGE}")) == Refused(401, "Words")


def test_a_question_is_no_registration() -> None:
    request = asking(seconds=None).request().decode()
    assert request.startswith("OPTIONS sip:operator.test SIP/2.0\r\n")
    assert not messages.header(request, "Expires")


def test_digests_are_those_of_the_rfcs() -> None:
    """The example of RFC 7616 §3.9.1."""
    text = (
        'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={}, '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    wanted = {"MD5": "8ca523f5e9506fed4657c9700eebdbec"}
    wanted["SHA-256"] = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
    for algorithm, response in wanted.items():
        challenge = best_challenge([text.format(algorithm)])
        assert challenge is not None
        value = credentials(
            challenge,
            user="Mufasa",
            password="Circle of Life",
            method="GET",
            uri="/dir/index.html",
            cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        )
        assert f'response="{response}"' in value


@given(st.lists(st.tuples(st.integers(100, 699), st.text(max_size=60)), max_size=12))
def test_whatever_comes_back_ends_in_a_few_rounds(heard: list[tuple[int, str]]) -> None:
    one = asking()
    for rounds, (status, header) in enumerate(heard):
        one.request()
        if one.hear(Answer(status, f"SIP/2.0 {status} X\r\n{header}\r\n\r\n")) is not None:
            break
        assert rounds < 8
