"""Profiles are data: what is written wrongly is refused with its place, and every family reads its own news."""

from pathlib import Path

import pytest

from hardware.modem.call_news import Heard, read_call_news
from hardware.modem.profiles import PROFILES, AudioKind, Meaning, ProfileError, read_profile, read_profiles
from hardware.simulators.kinds import KINDS

GOOD = """
name = "good"
title = "A modem"
news = ["RING", "+CLIP:", "+CREG:", "+CMTI:", "^END:"]

[voice]
audio = "analog"
source = "a manual"

[[before_sim]]
text = "ATE0"
source = "a manual"

[[after_sim]]
text = "AT+CLIP=1"
source = "a manual"

[[call_news]]
line = "^END:"
means = "ended"
source = "a manual"
"""
STEP = '[[after_sim]]\ntext = "AT+CLIP=1"\nsource = "a manual"\n'


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ("title", "titel", "unknown field `titel`"),
        ('audio = "analog"', 'audio = "analog"\nloud = 3', "unknown field `loud`"),
        ('audio = "analog"', 'audio = "radio"', "Invalid enum value 'radio'"),
        ('title = "A modem"', 'title = "A modem"\ntitle = "B"', "Cannot overwrite a value"),
        ("[voice]", "[voice]\n[voice]", "Cannot declare"),
        (STEP, STEP + STEP, 'after_sim has "AT+CLIP=1" 2 times'),
        ('"RING", ', '"RING", "RING", ', 'news has "RING" 2 times'),
        (', "^END:"', "", '"^END:" is read but does not stand in news'),
        ('"+CREG:", ', "", 'news lacks "+CREG:"'),
        ('means = "ended"', 'means = "ended"\nstat = 1', "needs either `means` or `stat`"),
        ('name = "good"', 'name = "other"', 'it calls itself "other"'),
        ('source = "a manual"\n\n[[after', "\n[[after", "missing required field `source`"),
        ("settle", "settle", ""),
    ],
)
def test_what_is_written_wrongly_is_refused_with_its_place(old: str, new: str, mistake: str) -> None:
    if not mistake:
        assert read_profile("good", {"good": GOOD}).voice.audio is AudioKind.ANALOG
        return
    with pytest.raises(ProfileError) as refused:
        read_profile("good", {"good": GOOD.replace(old, new, 1)})
    assert str(refused.value).startswith("good: ")
    assert mistake in str(refused.value)


def test_profile_like_another_has_what_it_does_not_say_itself() -> None:
    child = 'like = "good"\nname = "child"\nsend_digit = "AT+QVTS={digit}"\n'
    profile = read_profile("child", {"good": GOOD, "child": child})
    assert (profile.send_digit, profile.title) == ("AT+QVTS={digit}", "A modem")
    for like in ("nobody", "child"):
        with pytest.raises(ProfileError, match="stands by itself"):
            read_profile("child", {"good": GOOD, "child": child.replace("good", like)})


def test_folder_of_profiles_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text(GOOD)
    (tmp_path / "notes.txt").write_text("none")
    assert list(read_profiles(tmp_path.iterdir())) == ["good"]


def test_families_are_there_and_each_has_a_stick() -> None:
    assert {"huawei", "quectel_serial", "quectel_uac", "simcom7600"} <= PROFILES.keys()
    assert {kind.profile for kind in KINDS.values()} == PROFILES.keys()
    for kind in (kind for kind in KINDS.values() if kind.usb):
        [layout] = [layout for layout in PROFILES[kind.profile].usb if layout.id == kind.usb]
        assert (layout.at, layout.audio) == (kind.at, kind.audio)


@pytest.mark.parametrize(
    ("family", "line", "heard"),
    [
        ("huawei", "^ORIG:2,0", Heard(Meaning.DIALING, index=2)),
        ("huawei", "^CEND:1,0,104", Heard(Meaning.ENDED, index=1)),
        ("huawei", "^CEND:1,0,104,17", Heard(Meaning.ENDED, index=1, cause=17)),
        ("huawei", "^DDTMF: 7", Heard(Meaning.KEY, key="7")),
        ("huawei", "^DDTMF: 77", None),
        ("huawei", "^RSSI:20", None),
        (
            "quectel_serial",
            '+QIND: "ccinfo",1,1,4,0,0,"37120000001",145',
            Heard(Meaning.INCOMING, index=1, number="+37120000001"),
        ),
        ("quectel_serial", '+QIND: "ccinfo",1,0,-1,0,0,"112",129', Heard(Meaning.ENDED, index=1, number="112")),
        ("quectel_serial", '+QIND: "csq",27,99', None),
        ("quectel_serial", "^DSCI: 1,0,7,0,37120000001,145", Heard(Meaning.ALERTING, index=1, number="+37120000001")),
        ("quectel_serial", "+QTONEDET: 35", Heard(Meaning.KEY, key="#")),
        ("quectel_serial", "+QTONEDET: 9999999", None),
        ("quectel_serial", "+QIND:", None),
        ("simcom7600", '+CLCC: 1,0,3,0,0,"112",129,""', Heard(Meaning.ALERTING, index=1, number="112")),
        ("simcom7600", "VOICE CALL: BEGIN", Heard(Meaning.ACTIVE)),
        ("simcom7600", "VOICE CALL: END: 000041", Heard(Meaning.ENDED)),
        ("simcom7600", "REMOTE CALL END", Heard(Meaning.ENDED)),
        ("simcom7600", "MISSED_CALL: 11:01AM 07712345678", Heard(Meaning.MISSED, number="07712345678")),
        ("simcom7600", "+RXDTMF: D", Heard(Meaning.KEY, key="D")),
    ],
)
def test_news_of_a_family_is_understood(family: str, line: str, heard: Heard | None) -> None:
    assert read_call_news(PROFILES[family].call_news, line) == heard
