"""Answers to a digest challenge (RFC 8760, RFC 7616 §3.4, RFC 3261 §22)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable

import msgspec

Hash = Callable[[str], str]

_PART = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator wants answered."""

    realm: str
    nonce: str
    opaque: str | None = None
    algorithm: str = "MD5"
    has_qop: bool = False
    """Whether "auth" is offered as quality of protection."""
    is_stale: bool = False
    """The password was right, only the nonce too old."""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_HASHES: dict[str, Hash] = {"MD5": _md5, "SHA-256": _sha256}


def best_challenge(values: Iterable[str]) -> Challenge | None:
    """The first challenge that can be answered: servers name the strongest first (RFC 8760 §2.3)."""
    for value in values:
        scheme, _, rest = value.strip().partition(" ")
        if scheme.lower() != "digest":
            continue
        parts = {name.lower(): quoted or plain for name, quoted, plain in _PART.findall(rest)}
        algorithm = parts.get("algorithm", "MD5").upper()
        if "nonce" not in parts or algorithm not in _HASHES:
            continue
        qops = [qop.strip().lower() for qop in parts.get("qop", "").split(",") if qop.strip()]
        if qops and "auth" not in qops:
            continue
        return Challenge(
            realm=parts.get("realm", ""),
            nonce=parts["nonce"],
            opaque=parts.get("opaque"),
            algorithm=algorithm,
            has_qop=bool(qops),
            is_stale=parts.get("stale", "").lower() == "true",
        )
    return None


def credentials(challenge: Challenge, *, user: str, password: str, method: str, uri: str, cnonce: str) -> str:
    """The value of Authorization; each call answers the nonce for the first time (nc=1)."""
    digest = _HASHES[challenge.algorithm]
    secret, request = digest(f"{user}:{challenge.realm}:{password}"), digest(f"{method}:{uri}")
    middle = f"{challenge.nonce}:00000001:{cnonce}:auth" if challenge.has_qop else challenge.nonce
    parts = [
        f'Digest username="{user}"',
        f'realm="{challenge.realm}"',
        f'nonce="{challenge.nonce}"',
        f'uri="{uri}"',
        f'response="{digest(f"{secret}:{middle}:{request}")}"',
        f"algorithm={challenge.algorithm}",
    ]
    if challenge.has_qop:
        parts += [f'cnonce="{cnonce}"', "qop=auth", "nc=00000001"]
    if challenge.opaque is not None:
        parts.append(f'opaque="{challenge.opaque}"')
    return ", ".join(parts)
