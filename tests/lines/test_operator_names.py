"""From an operator's name to its servers, asked of a real name server on the loopback."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
import trio

from appliance.lines.operator_names import HouseNames, NameFailed, Service, in_order, servers_of

pytestmark = pytest.mark.real

ZONE: dict[tuple[str, str], list[str]] = {
    ("_sip._udp.op.test.", "SRV"): ["20 0 5070 second.op.test.", "10 5 5060 first.op.test.", "30 1 5090 gone.op.test."],
    ("first.op.test.", "A"): ["192.0.2.1", "192.0.2.2"],
    ("second.op.test.", "A"): ["192.0.2.3"],
    ("plain.test.", "A"): ["192.0.2.9"],
    ("_sip._udp.none.test.", "SRV"): ["0 0 0 ."],
    ("none.test.", "A"): ["192.0.2.10"],
}


@asynccontextmanager
async def name_server(zone: Mapping[tuple[str, str], list[str]]) -> AsyncIterator[HouseNames]:
    """A name server of one zone, and names that are asked there."""
    with trio.socket.socket(trio.socket.AF_INET, trio.socket.SOCK_DGRAM) as sock:
        await sock.bind(("127.0.0.1", 0))

        async def serve() -> None:
            while True:
                packet, sender = await sock.recvfrom(4096)
                asked = dns.message.from_wire(packet)
                reply = dns.message.make_response(asked)
                reply.flags |= dns.flags.RA
                (question,) = asked.question
                name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
                if found := zone.get((name, kind)):
                    reply.answer.append(dns.rrset.from_text(name, 60, "IN", kind, *found))
                elif not any(known == name for known, _ in zone):
                    reply.set_rcode(dns.rcode.NXDOMAIN)
                await sock.sendto(reply.to_wire(), sender)

        async with trio.open_nursery() as nursery:
            nursery.start_soon(serve)
            yield HouseNames(["127.0.0.1"], sock.getsockname()[1])
            nursery.cancel_scope.cancel()


async def found(server: str, transport: str = "udp") -> list[str]:
    async with name_server(ZONE) as names:
        return [str(target) for target in await servers_of(server, transport, names, random.Random(1))]


async def test_services_are_tried_by_priority_and_dead_names_are_passed_over() -> None:
    assert await found("op.test") == ["192.0.2.1:5060", "192.0.2.2:5060", "192.0.2.3:5070"]


@pytest.mark.parametrize(
    ("server", "servers"),
    [
        ("plain.test", ["192.0.2.9:5060"]),
        ("plain.test:5080", ["192.0.2.9:5080"]),
        ("first.op.test:5061", ["192.0.2.1:5061", "192.0.2.2:5061"]),
        ("192.0.2.7", ["192.0.2.7:5060"]),
        ("192.0.2.7:5099", ["192.0.2.7:5099"]),
        # "." means that the service is decidedly not there; the name itself is tried all the same.
        ("none.test", ["192.0.2.10:5060"]),
    ],
)
async def test_names_and_addresses(server: str, servers: list[str]) -> None:
    assert await found(server) == servers


async def test_a_name_that_leads_nowhere_says_so() -> None:
    async with name_server(ZONE) as names:
        with pytest.raises(NameFailed, match="no such name"):
            await servers_of("missing.test", "udp", names, random.Random(1))


async def test_without_a_name_server_it_fails_within_seconds() -> None:
    names = HouseNames(["127.0.0.1"], 9)
    with trio.fail_after(30), pytest.raises(NameFailed):
        await servers_of("op.test", "udp", names, random.Random(1))


def test_equals_are_drawn_by_their_weight() -> None:
    services = [
        Service(1, 30, 1, "heavy"),
        Service(1, 10, 1, "light"),
        Service(1, 0, 1, "zero"),
        Service(2, 99, 1, "z"),
    ]
    chance = random.Random(7)
    orders = [in_order(services, chance) for _ in range(2000)]
    assert all(order[-1].name == "z" and len(order) == 4 for order in orders)
    first = Counter(order[0].name for order in orders)
    assert 0.65 < first["heavy"] / 2000 < 0.8
    assert 0 < first["zero"] < 150
