"""The parameters PJSIP wants for what Porter asks of it: headers, bodies, and one audio stream each."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec
import pjsua2 as pj

from appliance.calls.names import Cause
from appliance.calls.ports import CallerShown, Contact
from appliance.calls.trunks import Target
from appliance.sip import messages
from appliance.sip.causes import REASONS, reason_header, status_of
from appliance.sip.endpoint import EndpointSettings
from appliance.sip.trunks.shown import Shown

Ask = Callable[[], None]

_ANSWER_BY_YOURSELF = [
    ("Call-Info", "<sip:porter>;answer-after=0"),
    ("Alert-Info", "<urn:alert:source:internal>;info=alert-autoanswer;delay=0"),
    ("Answer-Mode", "Auto"),
]
"""How makers of phones have it: Call-Info by Snom, Yealink, Grandstream and Gigaset, Alert-Info by Yealink, Fanvil and
Polycom, Answer-Mode by RFC 5373."""


class LineInvite(msgspec.Struct, frozen=True, kw_only=True):
    """A call over a line."""

    dials: str
    """The user part of the Request-URI."""
    domain: str
    token: str
    shown: Shown
    way: Target | Contact


def invite(to: Contact, shown: CallerShown, settings: EndpointSettings) -> tuple[str, pj.CallOpParam]:
    """Request-URI and parameters to dial one contact, through the edge where there is one."""
    parameters = _with_audio()
    parameters.txOption.localUri = messages.name_addr(shown.number, shown.name, settings.domain)
    wanted = []
    if settings.edge_port is not None:
        wanted.append(("X-Porter-Contact", to.address))
    if shown.answers_itself:
        wanted += _ANSWER_BY_YOURSELF
    elif shown.ring_tone is not None:
        wanted.append(("Alert-Info", f"<urn:alert:source:{shown.ring_tone}>;info={shown.ring_tone}"))
    parameters.txOption.headers = _headers(wanted)
    target = messages.uri(to.account, settings.domain) if settings.edge_port is not None else to.address
    return target, parameters


def invite_line(call: LineInvite, settings: EndpointSettings) -> tuple[str, pj.CallOpParam]:
    """Request-URI and parameters to dial a number over a line, by the edge."""
    parameters = _with_audio()
    parameters.txOption.localUri = call.shown.local_uri
    way = (
        [("X-Porter-Contact", call.way.address)]
        if isinstance(call.way, Contact)
        else _towards(call, call.way, settings)
    )
    parameters.txOption.headers = _headers([*way, *call.shown.headers])
    if isinstance(call.way, Contact):
        parameters.txOption.headers.append(_header("X-Porter-Dial", call.dials))
        return messages.uri(call.way.account, settings.domain), parameters
    return messages.uri(call.dials, call.domain), parameters


def _towards(call: LineInvite, target: Target, settings: EndpointSettings) -> list[tuple[str, str]]:
    suffix = "" if target.transport == "udp" else f";transport={target.transport}"
    return [
        ("X-Porter-Next", f"sip:{target};transport={target.transport}"),
        ("X-Porter-From", f"{target.transport}:{target.ours}:{settings.edge_port}"),
        ("X-Porter-Ours", f"{call.token}@{target.ours}:{settings.edge_port}{suffix}"),
    ]


def answer(status: int, sdp: str = "") -> pj.CallOpParam:
    """An answer with the SDP that PJSIP makes, or with another one."""
    parameters = _with_audio()
    parameters.statusCode = status
    if sdp:
        parameters.sdp.wholeSdp = sdp
    return parameters


def refuse(cause: Cause, *, retry_seconds: int) -> pj.CallOpParam:
    """The final answer that refuses a call; with Retry-After where that is 503 (RFC 3261 §20.33)."""
    parameters = pj.CallOpParam()
    parameters.statusCode = status_of(cause)
    headers = [("Reason", reason_header(cause))]
    if parameters.statusCode == 503:
        headers.append(("Retry-After", str(retry_seconds)))
    parameters.txOption.headers = _headers(headers)
    return parameters


def hang_up(cause: Cause) -> pj.CallOpParam:
    """For CANCEL and BYE, whichever the dialog needs."""
    parameters = pj.CallOpParam()
    parameters.txOption.headers = _headers([("Reason", reason_header(cause))])
    return parameters


def info_digits(digits: str) -> pj.CallSendDtmfParam:
    """Keys by SIP INFO; several at once are as many requests at once."""
    parameters = pj.CallSendDtmfParam()
    parameters.method = pj.PJSUA_DTMF_METHOD_SIP_INFO
    parameters.digits = digits
    return parameters


def notify_transfer(status: int, event: str) -> pj.CallSendRequestParam:
    """How a transfer goes, for the phone that asked for it (RFC 3515 §2.4.5); a final status ends the subscription."""
    parameters = pj.CallSendRequestParam()
    parameters.method = "NOTIFY"
    state = "active;expires=120" if status < 200 else "terminated;reason=noresource"
    parameters.txOption.headers = _headers([("Event", event), ("Subscription-State", state)])
    parameters.txOption.contentType = "message/sipfrag;version=2.0"
    parameters.txOption.msgBody = f"SIP/2.0 {status} {REASONS.get(status, 'Failed')}\r\n"
    return parameters


def _with_audio() -> pj.CallOpParam:
    parameters = pj.CallOpParam(True)
    parameters.opt.audioCount = 1
    parameters.opt.videoCount = 0
    return parameters


def _headers(wanted: Iterable[tuple[str, str]]) -> pj.SipHeaderVector:
    headers = pj.SipHeaderVector()
    for name, value in wanted:
        headers.append(_header(name, value))
    return headers


def _header(name: str, value: str) -> pj.SipHeader:
    header = pj.SipHeader()
    header.hName, header.hValue = name, value
    return header
