"""From an operator's name to the servers behind it, in the order they are tried (RFC 3263, RFC 2782)."""

from __future__ import annotations

import random
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Protocol

import dns.asyncresolver
import dns.exception
import dns.rdatatype
import trio

from appliance.calls.trunks import Target

USUAL_PORT = 5060
LOOK_UP_SECONDS = 5.0


class Service(NamedTuple):
    """One SRV record."""

    priority: int
    """The lowest is tried first."""
    weight: int
    """How often it is the first of its priority, against the others."""
    port: int
    name: str


class NameFailed(Exception):
    """A name leads nowhere; the text says why in a few words."""


class Names(Protocol):
    """The domain name system."""

    async def services(self, name: str) -> list[Service]:
        """The SRV records of a name; [] where there are none."""
        ...

    async def addresses(self, name: str) -> list[str]:
        """The IPv4 addresses of a name. Raises NameFailed."""
        ...


class HouseNames:
    """As this machine is set up; asked anew each time, as an operator may move.

    Args:
        servers: Addresses of name servers; (): those of this machine.
        port: Where they listen.
    """

    def __init__(self, servers: Iterable[str] = (), port: int = 53) -> None:
        self._servers, self._port = list(servers), port

    async def services(self, name: str) -> list[Service]:
        try:
            answer = await self._resolver().resolve(f"{name}.", "SRV")
        except dns.exception.DNSException:
            return []
        return [
            Service(record.priority, record.weight, record.port, record.target.to_text(omit_final_dot=True))
            for record in answer
            if record.target.to_text() != "."
        ]

    async def addresses(self, name: str) -> list[str]:
        try:
            answer = await self._resolver().resolve(f"{name}.", "A")
        except dns.resolver.NXDOMAIN as error:
            raise NameFailed("there is no such name") from error
        except dns.resolver.NoAnswer as error:
            raise NameFailed("the name has no address") from error
        except dns.exception.Timeout as error:
            raise NameFailed("the name server does not answer") from error
        except (dns.exception.DNSException, OSError) as error:
            raise NameFailed("no name server can be asked") from error
        return sorted(record.address for record in answer)

    def _resolver(self) -> dns.asyncresolver.Resolver:
        resolver = dns.asyncresolver.Resolver(configure=not self._servers)
        resolver.lifetime = LOOK_UP_SECONDS
        resolver.cache = None
        if self._servers:
            resolver.nameservers, resolver.port = self._servers, self._port
        return resolver


class SimulatedNames:
    """Leads every name to the simulated operator of a line.

    Args:
        place: The file in which the operator says where it listens.
    """

    def __init__(self, place: Path) -> None:
        self._place = place

    async def services(self, name: str) -> list[Service]:
        try:
            address, _, port = self._place.read_text().partition(":")
        except OSError:
            return []
        return [Service(0, 0, int(port), address)]

    async def addresses(self, name: str) -> list[str]:
        """Raises NameFailed: the operator itself is not there."""
        raise NameFailed("the simulated operator does not run")


async def servers_of(server: str, transport: str, names: Names, chance: random.Random) -> list[Target]:
    """The servers of an operator in the order to try them; an address is itself. Raises NameFailed.

    A name with a port has no SRV records asked for (RFC 3263 §4.2).
    """
    host, _, port = server.partition(":")
    if is_address(host):
        return [await _target(host, int(port or USUAL_PORT), transport)]
    services = [] if port else await names.services(f"_sip._{transport}.{host}")
    found = []
    failed: NameFailed | None = None
    for service in in_order(services, chance) or [Service(0, 0, int(port or USUAL_PORT), host)]:
        try:
            addresses = [service.name] if is_address(service.name) else await names.addresses(service.name)
        except NameFailed as error:
            failed = error
            continue
        found += [await _target(address, service.port, transport) for address in addresses]
    if not found:
        raise failed or NameFailed("there is no such name")
    return list(dict.fromkeys(found))


def in_order(services: Iterable[Service], chance: random.Random) -> list[Service]:
    """SRV records as RFC 2782 has them tried: by priority, and drawn by weight among equals."""
    left = sorted(services, key=lambda service: (service.priority, service.weight != 0))
    ordered = []
    while left:
        equals = [service for service in left if service.priority == left[0].priority]
        drawn = chance.randint(0, sum(service.weight for service in equals))
        for service in equals:
            drawn -= service.weight
            if drawn <= 0:
                break
        ordered.append(service)
        left.remove(service)
    return ordered


def is_address(host: str) -> bool:
    """Whether it is an IPv4 address and no name."""
    parts = host.split(".")
    return len(parts) == 4 and all(part.isdecimal() for part in parts)


async def _target(address: str, port: int, transport: str) -> Target:
    return Target(address, port, transport, await own_address(address))


async def own_address(address: str) -> str:
    """Our own address on the way to another, as the kernel would choose it; that of this machine without any way."""
    with trio.socket.socket(trio.socket.AF_INET, trio.socket.SOCK_DGRAM) as probe:
        try:
            await probe.connect((address, USUAL_PORT))
        except OSError:
            return "127.0.0.1"
        return str(probe.getsockname()[0])
