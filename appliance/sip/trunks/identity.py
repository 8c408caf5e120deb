"""Who calls over a line, whom, and who was called first: read from an INVITE as the line's rules say.

Whoever sent the INVITE is trusted with it: the edge lets these headers through from operators only.
"""

from __future__ import annotations

import re

import msgspec

from appliance.config.models import CallerFrom, DidFrom
from appliance.config.operators import SipRules
from appliance.sip import messages

_CALLER_HEADERS = {
    CallerFrom.FROM: "From",
    CallerFrom.ASSERTED: "P-Asserted-Identity",
    CallerFrom.RPID: "Remote-Party-ID",
}
_DID_HEADERS = {DidFrom.TO: "To", DidFrom.CALLED_PARTY: "P-Called-Party-ID"}
_WITHHELD = frozenset({"id", "user", "header", "critical", "full"})
_NOBODY = frozenset({"anonymous", "unknown", "unavailable", "restricted", "private", "withheld"})
_COMMA = re.compile(r',(?=(?:[^"]*"[^"]*")*[^"]*$)(?![^<]*>)')
LONGEST = 64
"""Of a number or name that is kept."""
HOPS = "Porter-Hops"
"""Through how many Porters a call came; only between our own offices."""


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """What an INVITE says of its call."""

    did: str = ""
    """As it stands there; "" where the place is empty."""
    caller: str = ""
    """As it stands there; "" when withheld."""
    caller_name: str = ""
    redirected_from: str = ""
    """Whom the caller had called before the call was diverted to us; "" when nobody diverted it."""
    hops: int = 0
    """How often it was passed on already, as far as anybody says so."""


def read_invite(text: str, rules: SipRules) -> Arrived:
    """What an INVITE says, looking first where the rules say."""
    caller, name = _caller(text, rules.caller_from)
    diverted, times = _diversion(text)
    hops = messages.header(text, HOPS)
    return Arrived(
        did=_did(text, rules.did_from),
        caller=caller,
        caller_name=name,
        redirected_from=diverted,
        hops=max(times, int(hops) if re.fullmatch("[0-9]{1,3}", hops) else 0),
    )


def _did(text: str, first: DidFrom) -> str:
    name = _DID_HEADERS.get(first)
    return _number(messages.header(text, name)) if name is not None else _plain(messages.request_user(text))


def _caller(text: str, first: CallerFrom) -> tuple[str, str]:
    """(number, name); a number that is to be withheld is not shown, however well it is known."""
    if _is_withheld(text):
        return "", ""
    order = dict.fromkeys((first, CallerFrom.ASSERTED, CallerFrom.RPID, CallerFrom.FROM))
    name = ""
    for place in order:
        # P-Asserted-Identity may hold a sip: and a tel: address of the same caller (RFC 3325 §9.1).
        for value in _values(text, _CALLER_HEADERS[place]):
            number = _number(value)
            name = name or _name(value)
            if number and number.lower() not in _NOBODY:
                return number, _name(value) or (name if name.lower() not in _NOBODY else "")
    return "", ""


def _is_withheld(text: str) -> bool:
    privacy = {part.strip().lower() for part in re.split("[;,]", messages.header(text, "Privacy"))}
    if privacy & _WITHHELD:
        return True
    for value in _values(text, "Remote-Party-ID"):
        if re.search(r";\s*privacy\s*=\s*\"?(full|uri|name)", value, re.IGNORECASE):
            return True
    value = messages.header(text, "From")
    return "anonymous.invalid" in value.lower() or _number(value).lower() == "anonymous"


def _diversion(text: str) -> tuple[str, int]:
    """(who was called first, how many diverted it) by Diversion (RFC 5806), else by History-Info (RFC 7044).

    Diversion is in the order of the latest first; History-Info numbers its entries from the oldest.
    """
    diversions = _values(text, "Diversion")
    if diversions:
        counted = [int(found[1]) for one in diversions if (found := re.search(r";\s*counter\s*=\s*(\d{1,3})\b", one))]
        return _shown(diversions[-1]), max(len(diversions), sum(counted))
    entries = [(_index(value), value) for value in _values(text, "History-Info")]
    ordered = [value for _, value in sorted(entries, key=lambda entry: entry[0])]
    return (_shown(ordered[0]), len(ordered) - 1) if len(ordered) > 1 else ("", 0)


def _index(value: str) -> tuple[int, ...]:
    found = re.search(r";\s*index\s*=\s*([0-9.]{1,64})", value)
    return tuple(int(part) for part in found[1].split(".") if part) if found else ()


def _shown(value: str) -> str:
    if re.search(r";\s*privacy\s*=\s*\"?(full|uri)", value, re.IGNORECASE) or "Privacy=" in value:
        return ""
    number = _number(value)
    return "" if number.lower() in _NOBODY else number


def _values(text: str, name: str) -> list[str]:
    """Every value of a header that may hold several, at commas outside of quotes and brackets."""
    return [part.strip() for value in messages.headers(text, name) for part in _COMMA.split(value) if part.strip()]


def _number(value: str) -> str:
    return _plain(messages.user_of(_address(value)))


def _plain(user: str) -> str:
    """A user part without the separators people read numbers with (RFC 3966 §5.1.1)."""
    bare = re.sub(r"[-.()\s]", "", user)
    if re.fullmatch(r"\+?[0-9*#]+", bare):
        return bare[:LONGEST]
    return user[:LONGEST] if user.isprintable() else ""


def _address(value: str) -> str:
    found = re.search(r"<([^>]*)>", value)
    return f"<{found[1]}>" if found else value


def _name(value: str) -> str:
    """The display name; "" without one, and where it is no more than the number."""
    before = value.partition("<")[0].strip() if "<" in value else ""
    if before.startswith('"') and before.endswith('"') and len(before) > 1:
        before = re.sub(r"\\(.)", r"\1", before[1:-1])
    name = "".join(char for char in before if char.isprintable()).strip()[:80]
    return "" if re.fullmatch(r"\+?[0-9\s]*", name) else name
