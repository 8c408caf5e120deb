"""How often somebody may guess (CHECKLIST E4): many tries must not find the password, nor keep the owner out."""

from __future__ import annotations

import ipaddress
import threading

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

# Together at most 30 a minute and 100 an hour, however many addresses guess.
_ADDRESS = RateLimitItemPerMinute(10), RateLimitItemPerHour(40)
_STRANGERS = RateLimitItemPerMinute(20), RateLimitItemPerHour(80)
_KNOWN = RateLimitItemPerMinute(10), RateLimitItemPerHour(20)


class GuessLimits:
    """Counts the passwords and set-up codes that are looked at."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._lock = threading.Lock()

    def may_try(self, address: str, *, is_known: bool) -> bool:
        """Whether one more try is looked at, and if so, count it.

        Args:
            address: Whence it comes; of IPv6 the network counts, since a house has millions of addresses.
            is_known: The browser has been signed in before. Known ones have a share of their own, which strangers
                cannot use up.
        """
        counted: list[tuple[RateLimitItem, str]] = [(limit, f"address {_whence(address)}") for limit in _ADDRESS]
        counted += (
            [(limit, "known") for limit in _KNOWN] if is_known else [(limit, "strangers") for limit in _STRANGERS]
        )
        with self._lock:
            if not all(self._limiter.test(limit, key) for limit, key in counted):
                return False
            for limit, key in counted:
                self._limiter.hit(limit, key)
            return True


def _whence(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(parsed.ipv4_mapped or ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
