"""Ports for tests, outside of the range from which the kernel gives one to whoever connects somewhere.

A port of that range that is free when a test asks may be anybody's a moment later: a browser's, another test's.
"""

import os
import socket
from collections.abc import Iterable, Iterator

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


def free_ports(count: int) -> list[int]:
    """Ports nobody has now, on UDP and TCP alike, all different."""
    return [_next_free(_single, (0,), len(SINGLE)) for _ in range(count)]


def free_base_port() -> int:
    """A base port whose neighbourhood nobody uses now."""
    return _next_free(_offices, (0, 10, 80), len(OFFICES))


def _next_free(places: Iterator[int], offsets: tuple[int, ...], most: int) -> int:
    for _ in range(most):
        place = next(places)
        if all(is_free(place + offset) for offset in offsets):
            return place
    raise AssertionError("no free ports")


def is_free(port: int) -> bool:
    """Whether nobody has a port of the loopback, on UDP and TCP alike."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as sock:
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True
