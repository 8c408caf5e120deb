"""The SMS codec against vectors: our own ones, those collected from other programs, and further files named in
PORTER_SMS_VECTORS."""

import json
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.modem import gsm7
from hardware.modem.pdu import Deliver, Encoding, Malformed, ReportState, StatusReport, Submit
from hardware.modem.pdu_decode import decode
from hardware.modem.pdu_encode import encode_deliver, encode_status_report, encode_submit, split_text

OWN = Path(__file__).parent.parent / "data" / "sms_vectors.json"
COLLECTED = OWN.with_name("sms-pdu-vectors.json")
FILES = [OWN, COLLECTED, *map(Path, filter(None, os.environ.get("PORTER_SMS_VECTORS", "").split(os.pathsep)))]
VECTORS = [vector for file in FILES for vector in json.loads(file.read_text())["vectors"]]
BY_ID = [pytest.param(vector, id=vector["id"]) for vector in VECTORS]
MESSAGES = [param for param in BY_ID if param.values[0]["kind"] != "status-report"]


@pytest.mark.parametrize("vector", MESSAGES)
def test_message_says_what_the_vector_expects(vector):
    sms = decode(vector["pdu"])
    assert isinstance(sms, Submit if vector["kind"] == "submit" else Deliver)
    concat = sms.concat and {
        "ref": sms.concat.reference,
        "total": sms.concat.total,
        "seq": sms.concat.part,
        "bits": sms.concat.bits,
    }
    assert (sms.number, sms.type_of_address, sms.smsc) == (vector["number"], vector["toa"], vector["smsc"])
    assert (sms.protocol, sms.coding, sms.encoding) == (vector["pid"], vector["dcs"], vector["encoding"])
    assert (sms.message_class, sms.text, concat) == (vector["class"], vector["text"], vector["concat"])
    assert (sms.header.hex().upper() or None) == vector["udh"]
    assert sms.flaw is None
    if isinstance(sms, Deliver):
        assert sms.time is not None
        assert sms.time.isoformat() == vector["timestamp"]
    else:
        assert (sms.reference, sms.validity) == (vector["mr"], vector.get("vp_rel"))
        assert (sms.report_wanted, sms.reject_duplicates) == (vector["srr"], vector["rd"])
        assert (sms.valid_until and sms.valid_until.isoformat()) == vector.get("vp_abs")
    if "data_hex" in vector:
        assert sms.data.hex().upper() == vector["data_hex"]


@pytest.mark.parametrize("vector", [param for param in BY_ID if param.values[0]["kind"] == "status-report"])
def test_status_report_says_what_the_vector_expects(vector):
    report = decode(vector["pdu"])
    assert isinstance(report, StatusReport)
    assert (report.reference, report.number, report.status) == (vector["mr"], vector["number"], vector["status"])
    assert (report.type_of_address, report.smsc) == (vector["toa"], vector["smsc"])
    assert report.time and report.time.isoformat() == vector["timestamp"]
    assert report.discharged and report.discharged.isoformat() == vector["discharge"]


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["kind"] == "submit"], ids=lambda v: v["id"])
def test_own_submit_is_the_vector_byte_for_byte(vector):
    full_text = vector.get("full_text", vector["text"])
    part = vector["concat"]["seq"] if vector["concat"] else 1
    if vector["concat"] and "full_text" not in vector:
        pytest.skip("only one part of the text is known")
    if vector["encoding"] == "ucs2" and gsm7.encode(full_text) is not None:
        pytest.skip("we use UCS-2 only where it is needed")
    if vector["class"] is not None or "vp_abs" in vector:
        pytest.skip("we send no class and no absolute validity")
    pdus = encode_submit(
        vector["number"],
        full_text,
        reference=vector["mr"],
        report=vector["srr"],
        reject_duplicates=vector["rd"],
        validity=vector.get("vp_rel"),
        smsc=vector["smsc"],
    )
    assert pdus[part - 1].hex == vector["pdu"]
    assert pdus[part - 1].tpdu_length == vector["tpdu_len"]


NUMBERS = st.from_regex(r"\A\+?[0-9]{1,20}\Z")
TEXTS = st.text(st.characters(codec="utf-8"), max_size=400) | st.text(st.sampled_from("ab{}€^\n"), max_size=500)


@given(NUMBERS, TEXTS, st.integers(0, 255), st.booleans())
def test_what_is_sent_reads_back_in_any_alphabet_and_length(to, text, reference, report):
    parts = [decode(pdu.hex) for pdu in encode_submit(to, text, reference=reference, report=report)]
    assert all(isinstance(part, Submit) and part.flaw is None for part in parts)
    assert "".join(part.text for part in parts) == text
    assert {part.number for part in parts} == {to}
    assert all(len(pdu.hex) // 2 <= 176 for pdu in encode_submit(to, text))


ZONES = st.integers(-48, 56).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@given(
    st.text(st.sampled_from("AZaz09 -_"), min_size=1, max_size=11).filter(lambda s: not s.isdigit()) | NUMBERS,
    TEXTS,
    st.datetimes(datetime(2000, 1, 1), datetime(2089, 12, 31), timezones=ZONES),
    st.booleans(),
)
def test_what_the_network_delivers_reads_back(sender, text, at, wide):
    at = at.replace(microsecond=0)
    parts = [decode(pdu.hex) for pdu in encode_deliver(sender, text, at, reference=77, wide_reference=wide)]
    assert "".join(part.text for part in parts) == text
    assert {(part.number, part.time, part.time.utcoffset()) for part in parts} == {(sender, at, at.utcoffset())}


@given(st.binary(max_size=200))
def test_no_octets_from_the_air_raise(octets):
    decode(octets.hex())
    decode(octets.hex(), has_smsc=False)


@given(st.sampled_from(VECTORS), st.data())
def test_no_damage_to_a_real_pdu_raises(vector, data):
    octets = bytearray.fromhex(vector["pdu"])
    for _ in range(data.draw(st.integers(1, 4))):
        octets[data.draw(st.integers(0, len(octets) - 1))] = data.draw(st.integers(0, 255))
    decode(octets[: data.draw(st.integers(0, len(octets)))].hex())


@given(st.text(max_size=60))
def test_no_text_instead_of_a_pdu_raises(text):
    decode(text)


@pytest.mark.parametrize(
    ("pdu", "reason"),
    [
        ("zz", "not hexadecimal, or half an octet at the end"),
        ("0791234", "not hexadecimal, or half an octet at the end"),
        ("", "ends inside the service centre's address"),
        ("0004", "ends inside the address"),
        ("00040B917321000000F10000", "ends inside the time stamp"),
    ],
)
def test_unreadable_pdu_says_why(pdu, reason):
    assert decode(pdu) == Malformed(pdu=pdu, reason=reason)


def test_text_shorter_than_it_claims_is_read_with_its_flaw():
    whole = encode_deliver("+37120000001", "hello there", datetime(2026, 11, 24, tzinfo=UTC))[0].hex
    sms = decode(whole[:-4])
    assert isinstance(sms, Deliver)
    assert sms.text == "hello the"[: len(sms.text or "")]
    assert sms.flaw == "shorter than it claims"


def test_time_that_is_no_date_does_not_hide_the_text():
    whole = encode_deliver("+37120000001", "hello", datetime(2026, 11, 24, tzinfo=UTC))[0].hex
    sms = decode(whole.replace("62114200000000", "62314200000000"))
    assert isinstance(sms, Deliver)
    assert (sms.time, sms.text, sms.flaw) == (None, "hello", "the time stamp is not a date")


def test_surrogates_and_escapes_are_never_cut_in_two():
    encoding, parts = split_text("x" * 66 + "🚪" * 10)
    assert encoding is Encoding.UCS2
    assert all(part.decode("utf-16-be") for part in parts)
    encoding, parts = split_text("x" * 152 + "€" * 10)
    assert encoding is Encoding.GSM7
    assert all(part[-1] != gsm7.ESCAPE for part in parts)


@pytest.mark.parametrize(
    ("status", "state"), [(0, ReportState.DELIVERED), (0x30, ReportState.TRYING), (0x46, ReportState.FAILED)]
)
def test_report_state_follows_the_status(status, state):
    at = datetime(2026, 11, 24, tzinfo=UTC)
    report = decode(encode_status_report("+37120000001", 9, at, at, status).hex)
    assert isinstance(report, StatusReport)
    assert (report.reference, report.state) == (9, state)


@pytest.mark.parametrize("to", ["", "+", "12 34", "office", "1" * 21, "+371;"])
def test_recipient_that_is_no_number_is_refused(to):
    with pytest.raises(ValueError):
        encode_submit(to, "x")


def with_header(header: bytes, septets: bytes) -> str:
    """A message in GSM-7 with the given elements in its header."""
    udh = bytes((len(header),)) + header
    fill = -len(udh) * 8 % 7
    length = (len(udh) * 8 + fill) // 7 + len(septets)
    body = bytes((length,)) + udh + gsm7.pack(septets, fill)
    return "0044" + "0B917321000000F1" + "0000" + "62114290000000" + body.hex()


@pytest.mark.parametrize(
    ("header", "septets", "text", "flaw"),
    [
        ("240101", b"\x1b\x47\x1b\x67a", "Ğğa", None),
        ("250101", b"\x0b\x1cA\x60", "ĞŞAç", None),
        ("240102", b"\x1b\x41\x1b\x75", "Áú", None),
        ("250103240103", b"\x04\x1b\x61", "êÂ", None),
        ("25010D", b"abc", "abc", "written in an alphabet that is not known here"),
        ("2401", b"abc", "abc", None),
    ],
)
def test_national_alphabets_are_read_where_they_are_known(header, septets, text, flaw):
    sms = decode(with_header(bytes.fromhex(header), septets))
    assert isinstance(sms, Deliver)
    assert (sms.text, sms.flaw) == (text, flaw)


@given(st.binary(max_size=40), st.integers(0, 20), st.integers(0, 20))
def test_national_alphabets_never_raise(septets, locking, single):
    decode(with_header(bytes((0x25, 1, locking, 0x24, 1, single)), septets))
