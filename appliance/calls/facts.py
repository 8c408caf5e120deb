"""What a leg reports while it lives: frozen facts that the step which holds the leg reads."""

from enum import StrEnum

import msgspec

from appliance.calls.names import LegId


class DtmfTransport(StrEnum):
    """How a digit travelled."""

    RFC4733 = "rfc4733"
    INFO = "info"
    INBAND = "inband"
    LINE = "line"
    """Reported by the modem itself."""


class LegFact(msgspec.Struct, frozen=True, tag=True):
    """Something the party of a leg did."""


class Digit(LegFact, frozen=True):
    """One key, counted once however many transports carried it."""

    digit: str
    """One of 0-9 * # A-D."""
    transport: DtmfTransport = DtmfTransport.RFC4733


class Held(LegFact, frozen=True):
    """The party put us on hold (RFC 3264 §8.4)."""


class Resumed(LegFact, frozen=True):
    """The party took us off hold."""


class TransferAsked(LegFact, frozen=True):
    """The party asks us to transfer its peer: a REFER (RFC 3515).

    A dialled target is a blind transfer; `replaces` names the party's own other leg, then it is an attended one
    (RFC 3891). The adapter has accepted the request (202); how it goes is told by `Leg.report_transfer`.
    """

    to: str
    """What was dialled; "" for an attended transfer."""
    replaces: LegId | None = None
