"""The few things Porter reads from and writes into SIP text itself; the rest is PJSIP's."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import quote, unquote

_USER_SAFE = "-_.!~*'()&=+$,;?/"
"""What a user part may carry unescaped (RFC 3261 §25.1, `user`)."""


class DialogName(NamedTuple):
    """How a Replaces header names a dialog (RFC 3891 §3), in the words of who receives it."""

    call_id: str
    to_tag: str
    from_tag: str


def header(text: str, name: str) -> str:
    """The first header of that name in a SIP message, "" when there is none. Folded lines are joined."""
    return next(iter(headers(text, name)), "")


def headers(text: str, name: str) -> list[str]:
    """Every header of that name in a SIP message, in order. Folded lines are joined."""
    head = text.split("\r\n\r\n", 1)[0]
    pattern = rf"^{re.escape(name)}[ \t]*:[ \t]*(.*(?:\r?\n[ \t].*)*)"
    return [" ".join(found.split()) for found in re.findall(pattern, head, re.IGNORECASE | re.MULTILINE)]


def request_user(text: str) -> str:
    """What was dialled: the user part of the Request-URI, unescaped; "" when it has none."""
    line = text.split("\r\n", 1)[0].split(" ")
    return user_of(line[1]) if len(line) == 3 else ""


def user_of(uri: str) -> str:
    """The user part of a URI or name-addr, unescaped and without its parameters; of tel: the number."""
    found = re.search(r"(?:sips?:([^@>\s]*)@|tel:([^;>\s]*))", uri, re.IGNORECASE)
    if not found:
        return ""
    return unquote((found[1] or found[2] or "").split(":", 1)[0].split(";", 1)[0])


def tag_of(value: str) -> str:
    """The tag of a From or To header; "" when there is none."""
    found = re.search(r";\s*tag\s*=\s*([^;>\s,]+)", value.rsplit(">", 1)[-1], re.IGNORECASE)
    return found[1] if found else ""


def replaces(value: str) -> DialogName | None:
    """The dialog that a Replaces header names; None when it is not one."""
    call_id, *parameters = (part.strip() for part in value.split(";"))
    tags = dict(part.split("=", 1) for part in parameters if "=" in part)
    if not call_id or not tags.get("to-tag") or not tags.get("from-tag"):
        return None
    return DialogName(call_id, tags["to-tag"], tags["from-tag"])


class ReferTarget(NamedTuple):
    """What a Refer-To header asks for."""

    user: str
    replaces: str
    """The Replaces header it carries, unescaped; "" for a blind transfer."""


def refer_target(value: str) -> ReferTarget:
    """Read the value of a Refer-To header (RFC 3515 §2.1)."""
    found = re.search(r"<([^>]*)>", value)
    uri = found[1] if found else value.strip()
    address, _, embedded = uri.partition("?")
    for part in embedded.split("&"):
        name, _, content = part.partition("=")
        if name.lower() == "replaces":
            return ReferTarget(user_of(address), unquote(content))
    return ReferTarget(user_of(address), "")


def name_addr(number: str, name: str, domain: str) -> str:
    """A From header for what the called party's display shows.

    Args:
        number: "" for a withheld one (RFC 3323 §4.1.1.3).
        name: Any text; what a display name may not carry is left out.
    """
    if not number:
        return f"{_quoted(name or 'Anonymous')} <sip:anonymous@anonymous.invalid>"
    address = f"<sip:{quote(number, safe=_USER_SAFE)}@{domain}>"
    return f"{_quoted(name)} {address}" if name else address


def uri(user: str, domain: str) -> str:
    return f"sip:{quote(user, safe=_USER_SAFE)}@{domain}"


def _quoted(name: str) -> str:
    printable = "".join(char for char in name if char.isprintable())
    return '"' + printable.replace("\\", "\\\\").replace('"', '\\"') + '"'
