"""What is read from and written into SIP text."""

import pytest

from appliance.sip.messages import DialogName, header, name_addr, refer_target, replaces, request_user, tag_of, user_of

INVITE = (
    "INVITE sip:%2A97;phone-context=x@porter;user=phone SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1\r\n"
    'From: "A; tag=no <b>" <sip:201@porter;x=y>;x=z;tag=abc\r\nX-Porter-User:  201\r\n'
    "Subject: folded\r\n  over lines\r\nCall-id : c1\r\n\r\nX-Porter-User: 666\r\n"
)


def test_headers_are_found_whatever_their_case_and_never_in_the_body() -> None:
    assert header(INVITE, "x-porter-user") == "201"
    assert header(INVITE, "Call-ID") == "c1"
    assert header(INVITE, "subject") == "folded over lines"
    assert header(INVITE, "Missing") == ""
    assert header("INVITE sip:1@x SIP/2.0\r\n\r\nX-Porter-User: 666\r\n", "X-Porter-User") == ""


def test_what_was_dialled_is_the_unescaped_user_part() -> None:
    assert request_user(INVITE) == "*97"
    assert request_user("INVITE sip:porter SIP/2.0\r\n\r\n") == ""
    assert request_user("rubbish") == ""


@pytest.mark.parametrize(
    ("uri", "user"),
    [
        ("sip:201@porter", "201"),
        ("<sips:+371%2020@x:5061;transport=tcp?a=b>", "+371 20"),
        ("sip:201:password@porter", "201"),
        ("tel:+37120000001;phone-context=x", "+37120000001"),
        ("sip:porter", ""),
        ("", ""),
    ],
)
def test_user_parts(uri: str, user: str) -> None:
    assert user_of(uri) == user


def test_a_tag_is_a_parameter_of_the_header_not_of_the_name() -> None:
    assert tag_of(header(INVITE, "From")) == "abc"
    assert tag_of("<sip:a@b>") == ""


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("a@b;to-tag=1;from-tag=2", DialogName("a@b", "1", "2")),
        ("a ; from-tag=2;early-only; to-tag=1", DialogName("a", "1", "2")),
        ("a;to-tag=1", None),
        ("", None),
    ],
)
def test_replaces(value: str, named: DialogName | None) -> None:
    assert replaces(value) == named


@pytest.mark.parametrize(
    ("value", "user", "replaced"),
    [
        ("<sip:203@porter>", "203", ""),
        ('"Someone" <sip:203@porter;user=phone>', "203", ""),
        (
            "<sip:203@porter?Replaces=c%40h%3Bto-tag%3D1%3Bfrom-tag%3D2&Require=replaces>",
            "203",
            "c@h;to-tag=1;from-tag=2",
        ),
        ("sip:203@porter", "203", ""),
        ("tel:+37120000001", "+37120000001", ""),
    ],
)
def test_refer_to(value: str, user: str, replaced: str) -> None:
    assert refer_target(value) == (user, replaced)


@pytest.mark.parametrize(
    ("number", "name", "written"),
    [
        ("201", "", "<sip:201@porter>"),
        ("+371 20", 'O"B\\x', '"O\\"B\\\\x" <sip:+371%2020@porter>'),
        ("1", "line\r\nInjected: header", '"lineInjected: header" <sip:1@porter>'),
        ("1@evil>\r\nX: y", "", "<sip:1%40evil%3E%0D%0AX%3A%20y@porter>"),
        ("", "", '"Anonymous" <sip:anonymous@anonymous.invalid>'),
        ("", "Jānis", '"Jānis" <sip:anonymous@anonymous.invalid>'),
    ],
)
def test_what_a_display_shows_cannot_break_out_of_its_header(number: str, name: str, written: str) -> None:
    assert name_addr(number, name, "porter") == written
