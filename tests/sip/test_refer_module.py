"""REFER taken below the dialog layer (appliance/sip/native/porter_refer.c), by raw UDP on loopback against pjsua2."""

import re
import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

pj = pytest.importorskip("pjsua2", reason="scripts/build-pjsua2 --install brings it")

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def endpoint() -> Iterator[pj.Endpoint]:
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.logConfig.level = config.logConfig.consoleLevel = 1
    endpoint.libInit(config)
    endpoint.audDevManager().setNullDev()
    transport = pj.TransportConfig()
    transport.boundAddress = "127.0.0.1"
    endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
    assert pj.porter_refer_install() == 0
    endpoint.libStart()
    yield endpoint
    endpoint.libDestroy()


class AnsweringCall(pj.Call):  # type: ignore[misc]
    def __init__(self, account: pj.Account, number: int) -> None:
        super().__init__(account, number)
        self.transfers = 0
        self.ended = False

    def onCallTransferRequest(self, prm: pj.OnCallTransferRequestParam) -> None:
        self.transfers += 1

    def onCallState(self, prm: pj.OnCallStateParam) -> None:
        self.ended = self.ended or self.getInfo().state == pj.PJSIP_INV_STATE_DISCONNECTED


class AnsweringAccount(pj.Account):  # type: ignore[misc]
    call: AnsweringCall | None = None

    def onIncomingCall(self, prm: pj.OnIncomingCallParam) -> None:
        self.call = AnsweringCall(self, prm.callId)
        answer = pj.CallOpParam()
        answer.statusCode = 200
        self.call.answer(answer)


@dataclass(frozen=True)
class Answer:
    status: int
    reason: str
    text: str

    @property
    def to_tag(self) -> str:
        found = re.search(r"^To:.*;tag=(\S+)", self.text, re.MULTILINE | re.IGNORECASE)
        return found[1] if found else ""


class RawPhone:
    """One UDP socket and the text of requests; the endpoint is driven while an answer is awaited."""

    def __init__(self, endpoint: pj.Endpoint, port: int) -> None:
        self.endpoint = endpoint
        self.target = ("127.0.0.1", port)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.name = f"phone-{self.socket.getsockname()[1]}"
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.to_tag = ""

    def send(self, method: str, cseq: int, *headers: str, body: str = "", branch: str = "") -> None:
        tag = f";tag={self.to_tag}" if self.to_tag else ""
        lines = [
            f"{method} sip:desk@127.0.0.1:{self.target[1]} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.address};rport;branch=z9hG4bK-{branch or f'{method}-{cseq}'}-{self.name}",
            "Max-Forwards: 70",
            f"From: <sip:phone@{self.address}>;tag={self.name}",
            f"To: <sip:desk@127.0.0.1:{self.target[1]}>{tag}",
            f"Call-ID: call-of-{self.name}",
            f"CSeq: {cseq} {method}",
            f"Contact: <sip:phone@{self.address}>",
            *headers,
            f"Content-Length: {len(body)}",
        ]
        self.socket.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), self.target)

    def answer(self, method: str, within: float = 5.0) -> Answer:
        """The final response to the last request of this method."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            self.endpoint.libHandleEvents(0)
            if not select.select([self.socket], [], [], 0.002)[0]:
                continue
            text = self.socket.recv(65535).decode()
            status = int(text.split(" ", 2)[1]) if text.startswith("SIP/2.0 ") else 0
            if status >= 200 and re.search(rf"^CSeq: \d+ {method}\r$", text, re.MULTILINE):
                return Answer(status, text.split("\r\n", 1)[0].split(" ", 2)[2], text)
        raise AssertionError(f"no final answer to {method} within {within} s")

    def ask(self, method: str, cseq: int, *headers: str, body: str = "", branch: str = "") -> Answer:
        self.send(method, cseq, *headers, body=body, branch=branch)
        return self.answer(method)


@pytest.fixture
def account(endpoint: pj.Endpoint) -> Iterator[AnsweringAccount]:
    account = AnsweringAccount()
    config = pj.AccountConfig()
    config.idUri = "sip:desk@127.0.0.1"
    account.create(config, True)
    yield account
    account.call = None
    account.shutdown()


@pytest.fixture
def phone(endpoint: pj.Endpoint, account: AnsweringAccount) -> RawPhone:
    facts()  # what an earlier test left
    port = int(endpoint.transportGetInfo(endpoint.transportEnum()[0]).localName.rsplit(":", 1)[1])
    return RawPhone(endpoint, port)


@pytest.fixture
def phone_in_call(phone: RawPhone) -> RawPhone:
    sdp = (
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        "m=audio 49170 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
    )
    accepted = phone.ask("INVITE", 1, "Content-Type: application/sdp", body=sdp)
    assert accepted.status == 200
    assert "a=rtpmap:101 telephone-event/8000" in accepted.text
    phone.to_tag = accepted.to_tag
    phone.send("ACK", 1)
    return phone


def facts() -> list[pj.ReferFact]:
    """Everything waiting, oldest first."""
    found = []
    while pj.porter_refer_next(fact := pj.ReferFact()):
        found.append(fact)
    return found


def test_refer_in_a_call_is_accepted_and_reported_instead_of_dialled(
    phone_in_call: RawPhone, account: AnsweringAccount
) -> None:
    refer_to = "<sip:22@office?Replaces=abc%40host%3Bto-tag%3Dx%3Bfrom-tag%3Dy>"
    answer = phone_in_call.ask("REFER", 2, f"Refer-To: {refer_to}", "Referred-By: <sip:phone@office>")

    assert answer.status == 202
    assert answer.to_tag == phone_in_call.to_tag
    assert "Contact:" in answer.text
    (fact,) = facts()
    assert fact.call_id == f"call-of-{phone_in_call.name}"
    assert (fact.local_tag, fact.remote_tag) == (phone_in_call.to_tag, phone_in_call.name)
    assert (fact.refer_to, fact.referred_by, fact.cseq) == (refer_to, "<sip:phone@office>", 2)
    assert account.call is not None
    assert account.call.transfers == 0
    assert account.call.getInfo().callIdString == fact.call_id


def test_the_call_goes_on_after_a_refer_and_a_bye_ends_it(phone_in_call: RawPhone, account: AnsweringAccount) -> None:
    assert phone_in_call.ask("REFER", 2, "Refer-To: <sip:22@office>").status == 202
    digit = phone_in_call.ask("INFO", 3, "Content-Type: application/dtmf-relay", body="Signal=5\r\nDuration=160\r\n")
    assert digit.status == 200
    assert phone_in_call.ask("BYE", 4).status == 200
    assert account.call is not None
    assert account.call.ended


def test_a_retransmission_gets_the_same_answer_and_no_second_fact(phone_in_call: RawPhone) -> None:
    repeated = pj.porter_refer_repeated()
    answers = [phone_in_call.ask("REFER", 2, "Refer-To: <sip:22@office>", branch="same") for _ in range(3)]
    assert [answer.status for answer in answers] == [202, 202, 202]
    assert len(facts()) == 1
    assert pj.porter_refer_repeated() == repeated + 2


def test_an_old_cseq_is_refused(phone_in_call: RawPhone) -> None:
    assert phone_in_call.ask("REFER", 5, "Refer-To: <sip:22@office>").status == 202
    assert phone_in_call.ask("REFER", 4, "Refer-To: <sip:23@office>").status == 500
    assert [fact.refer_to for fact in facts()] == ["<sip:22@office>"]


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("Refer-To:",),
        ("Refer-To: <sip:>", ),
        ("Refer-To: <mailto:office@example.org>",),
        ("Refer-To: <sip:1@a>", "Refer-To: <sip:2@b>"),
        ("Refer-To: <sip:1@a>", "r: <sip:2@b>"),
        ("Refer-To: <sip:" + "1" * 1100 + "@a>",),
    ],
    ids=["missing", "empty", "no host", "not a phone", "two", "two in short form", "too long"],
)  # fmt: skip
def test_a_bad_refer_to_is_answered_400_and_not_reported(phone_in_call: RawPhone, headers: tuple[str, ...]) -> None:
    assert phone_in_call.ask("REFER", 2, *headers).status == 400
    assert facts() == []


@pytest.mark.parametrize("refer_to", ["sip:22@office", "<sips:22@office>", "Reception <sip:22@office>", "<tel:+37120>"])
def test_every_form_of_refer_to_is_handed_on_as_it_came(phone_in_call: RawPhone, refer_to: str) -> None:
    assert phone_in_call.ask("REFER", 2, f"r: {refer_to}").status == 202
    assert [fact.refer_to for fact in facts()] == [refer_to]


def test_a_refer_for_an_unknown_call_is_answered_481(phone: RawPhone) -> None:
    phone.to_tag = "nobody"
    assert phone.ask("REFER", 1, "Refer-To: <sip:22@office>").status == 481
    assert facts() == []


def test_a_refer_outside_a_call_is_forbidden(phone: RawPhone) -> None:
    assert phone.ask("REFER", 1, "Refer-To: <sip:22@office>").status == 403
    assert facts() == []


def test_more_transfers_than_anyone_fetches_are_turned_away(phone_in_call: RawPhone) -> None:
    statuses = [phone_in_call.ask("REFER", cseq, "Refer-To: <sip:22@office>").status for cseq in range(2, 72)]
    assert statuses == [202] * 64 + [503] * 6
    assert [fact.cseq for fact in facts()] == list(range(2, 66))
