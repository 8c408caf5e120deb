"""Ports for tests, outside of the range from which the kernel gives one to whoever connects somewhere.

A port of that range that is free when a test asks may be anybody's a moment later: a browser's, another test's.
"""

import fcntl
import os
import socket
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TextIO

from appliance.office_layout import PORTS

SINGLE = range(10_000, 20_000, 50)
"""Each with room above it for the RTP of a telephone."""

OFFICES = [*range(21_000, 32_000, PORTS), 61_000, 62_000, 63_000]
"""The kernel's own range is 32768 to 60999 (ip(7), ip_local_port_range)."""


def _round(places: Iterable[int]) -> Iterator[int]:
    """All of them for ever, from a place that is another one in each process."""
    all_places = list(places)
    first = os.getpid() * 7919 % len(all_places)
    while True:
        yield from all_places[first:]
        yield from all_places[:first]


_single, _offices = _round(SINGLE), _round(OFFICES)

_claims: deque[TextIO] = deque(maxlen=8)
"""Locks on the places given last: until their programs have bound them, no other test process here takes them."""


def free_ports(count: int) -> list[int]:
    """Ports nobody has now, on UDP and TCP alike, all different."""
    return [_next_free(_single, (0,), len(SINGLE)) for _ in range(count)]


def free_base_port() -> int:
    """A base port whose neighbourhood nobody uses now."""
    return _next_free(_offices, (0, 10, 80), len(OFFICES))


def _next_free(places: Iterator[int], offsets: tuple[int, ...], most: int) -> int:
    for _ in range(most):
        place = next(places)
        if _claim(place) and all(is_free(place + offset) for offset in offsets):
            return place
    raise AssertionError("no free ports")


def _claim(place: int) -> bool:
    """Whether the place is ours for a while; False while another test process has it."""
    folder = Path(tempfile.gettempdir(), f"porter-test-ports-{os.getuid()}")
    folder.mkdir(exist_ok=True)
    lock = (folder / str(place)).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return any(claim.name == lock.name for claim in _claims)
    if len(_claims) == _claims.maxlen:
        _claims.popleft().close()
    _claims.append(lock)
    return True


def is_free(port: int) -> bool:
    """Whether nobody has a port of the loopback, on UDP and TCP alike."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as sock:
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
