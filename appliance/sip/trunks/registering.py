"""One registration at an operator, or one question, without any socket: requests out, answers in (RFC 3261 §10)."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec

from appliance.calls.trunks import Refused, Registered, Target, Trunk
from appliance.sip import messages
from appliance.sip.trunks.digest import Challenge, best_challenge, credentials

MOST_TRIES = 4
"""A challenge, a stale nonce, a time that is too short: more is a server that goes round in circles."""


class Answer(msgspec.Struct, frozen=True):
    """A final answer, as its status and text."""

    status: int
    text: str

    @property
    def phrase(self) -> str:
        """The server's own words in its first line."""
        return self.text.split("\r\n", 1)[0].split(" ", 2)[-1].strip()


class Here(msgspec.Struct, frozen=True):
    """Our own side of a request."""

    contact: str
    """Address and port of ours where the operator is to call."""
    via: str
    """Where the edge is to answer us."""


class Asking:
    """A REGISTER or an OPTIONS with all that its answers ask for.

    Args:
        seconds: Of the registration; None: OPTIONS.
        fresh: Draws texts that never repeat.
    """

    def __init__(self, trunk: Trunk, target: Target, here: Here, seconds: int | None, fresh: Callable[[], str]) -> None:
        self._trunk = trunk
        self._target = target
        self._here = here
        self._seconds = seconds
        self._fresh = fresh
        self.call_id = fresh()
        self._tag = fresh()
        self._cseq = 0
        self._tries = 0
        self._answer: tuple[str, Challenge] | None = None
        self._was_answered = False

    @property
    def cseq(self) -> int:
        return self._cseq

    def request(self) -> bytes:
        """The next request to send."""
        self._cseq += 1
        self._tries += 1
        rules, settings, here = self._trunk.rules, self._trunk.settings, self._here
        method = "OPTIONS" if self._seconds is None else "REGISTER"
        uri = f"sip:{rules.domain}"
        ours = f"<sip:{settings.user or self._trunk.token}@{rules.domain}>"
        suffix = "" if self._target.transport == "udp" else f";transport={self._target.transport}"
        contact = f"<sip:{self._trunk.token}@{here.contact}{suffix}>"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {here.via};branch=z9hG4bK{self._fresh()}",
            f"From: {ours};tag={self._tag}",
            f"To: {ours if self._seconds is not None else f'<{uri}>'}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self._cseq} {method}",
            "Max-Forwards: 70",
            f"Contact: {contact}",
            f"X-Porter-Next: sip:{self._target};transport={self._target.transport}",
            f"X-Porter-From: {self._target.transport}:{here.contact}",
        ]
        if self._seconds is not None:
            lines.append(f"Expires: {self._seconds}")
        if self._answer is not None:
            name, challenge = self._answer
            value = credentials(
                challenge,
                user=settings.auth_user or settings.user,
                password=settings.password or "",
                method=method,
                uri=uri,
                cnonce=self._fresh(),
            )
            lines.append(f"{name}: {value}")
        return "\r\n".join([*lines, "Content-Length: 0", "", ""]).encode()

    def hear(self, answer: Answer) -> Registered | Refused | None:
        """What an answer means; None: send `request` again, it is another one now."""
        if answer.status in (401, 407):
            return self._challenged(answer)
        if answer.status == 423 and self._seconds is not None and self._tries < MOST_TRIES:
            wanted = _number(messages.header(answer.text, "Min-Expires"))
            if wanted is not None and wanted > self._seconds:
                self._seconds = wanted
                return None
        if answer.status // 100 == 2:
            return Registered(self._granted(answer.text))
        return Refused(answer.status, answer.phrase)

    def _challenged(self, answer: Answer) -> Refused | None:
        name = "WWW-Authenticate" if answer.status == 401 else "Proxy-Authenticate"
        challenge = best_challenge(messages.headers(answer.text, name))
        if challenge is None or self._trunk.settings.password is None or self._tries >= MOST_TRIES:
            return Refused(answer.status, answer.phrase)
        if self._was_answered and not challenge.is_stale:
            return Refused(401, answer.phrase)
        self._was_answered = True
        self._answer = ("Authorization" if answer.status == 401 else "Proxy-Authorization"), challenge
        return None

    def _granted(self, text: str) -> float:
        """For how long: the parameter of our own contact, else the header, else what we asked (RFC 3261 §10.2.4)."""
        asked = float(self._seconds or 0)
        for value in messages.headers(text, "Contact"):
            for contact in re.split(r",(?=\s*(?:\"[^\"]*\"\s*)?<)", value):
                if self._trunk.token in contact and (own := re.search(r";\s*expires\s*=\s*(\d+)", contact, re.I)):
                    return min(float(own[1]), asked)
        whole = _number(messages.header(text, "Expires"))
        return min(float(whole), asked) if whole is not None else asked


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
