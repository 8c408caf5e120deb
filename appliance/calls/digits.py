"""Each key pressed counts once, even where a phone sends it in several ways at the same time."""

from __future__ import annotations

from collections import deque

from appliance.calls.facts import DtmfTransport

SAME_PRESS_SECONDS = 1.0
"""How far apart the reports of one press may be: RFC 4733 is seen at its start, INFO often comes at its end."""

KEYS = frozenset("0123456789*#ABCD")


class _Press:
    def __init__(self, digit: str, transport: DtmfTransport, at: float) -> None:
        self.digit = digit
        self.at = at
        self.seen_by = {transport}


class DigitsOnce:
    """Pairs reports of the same press that came by different transports.

    Two reports by the *same* transport are two presses: what RFC 4733 repeats is dropped by the RTP layer by its time
    stamp (§2.5.1.2), an INFO sent again by the transaction layer.
    """

    def __init__(self, window_seconds: float = SAME_PRESS_SECONDS) -> None:
        self._window = window_seconds
        self._recent: deque[_Press] = deque(maxlen=32)

    def counts(self, digit: str, transport: DtmfTransport, at: float) -> bool:
        """Whether this report is a new press.

        Args:
            digit: As reported; anything but 0-9 * # A-D is not a key and does not count.
            at: Monotonic seconds.
        """
        if digit not in KEYS:
            return False
        while self._recent and at - self._recent[0].at > self._window:
            self._recent.popleft()
        for press in self._recent:
            if press.digit == digit and transport not in press.seen_by:
                press.seen_by.add(transport)
                return False
        self._recent.append(_Press(digit, transport, at))
        return True
