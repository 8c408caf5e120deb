"""Packets of two phones passed on without the bridge: what a phone sees stays one stream, and keys still reach us."""

from __future__ import annotations

import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import NamedTuple

import pjsua2 as pj
import pytest
import trio

from appliance.calls.facts import Digit
from appliance.calls.leg import Leg
from appliance.sip.wires import Wires
from tests.sip.rtp_ends import RtpEnd
from tests.sip.stages import PATIENCE, lone_switch
from tests.sip.test_delay import answered_call
from tests.sip.wire import Wire

pytestmark = pytest.mark.real

PCMA, EVENTS = 8, 101


class Packet(NamedTuple):
    """An RTP packet (RFC 3550 §5.1)."""

    kind: int
    is_marked: bool
    number: int
    stamp: int
    source: int
    payload: bytes


class Talk(NamedTuple):
    """Two phones whose packets are passed on."""

    wires: Wires
    legs: tuple[Leg, Leg]
    ends: tuple[RtpEnd, RtpEnd]

    def connect(self) -> None:
        first, second = self.legs
        self.wires.lay(first.id, second.id)
        self.wires.lay(second.id, first.id)

    async def say(self, packets: int) -> list[Packet]:
        """Both phones send, one packet every 20 ms; what the second one got."""
        one, other = self.ends
        other.socket.setblocking(False)
        heard: list[Packet] = []
        began = trio.current_time()
        for turn in range(packets):
            one.send()
            other.send()
            await trio.sleep_until(began + 0.02 * (turn + 1))
            heard += received(other.socket)
        return heard


def received(end: socket.socket) -> list[Packet]:
    """What has come in so far."""
    found = []
    while True:
        try:
            data = end.recv(2048)
        except BlockingIOError:
            return found
        _, kind, number, stamp, source = struct.unpack("!BBHII", data[:12])
        found.append(Packet(kind & 0x7F, bool(kind & 0x80), number, stamp, source, data[12:]))


@asynccontextmanager
async def talk() -> AsyncIterator[Talk]:
    async with lone_switch() as stage:
        with Wire(stage.wire.far) as second_wire:
            ends = RtpEnd(), RtpEnd()
            legs = (
                await answered_call(stage.wire, stage.desk, ends[0], with_events=True),
                await answered_call(second_wire, stage.desk, ends[1], with_events=True),
            )
            yield Talk(stage.wires, legs, ends)
            for end in ends:
                end.close()


def check_one_stream(packets: list[Packet]) -> None:
    """One source, numbers without a gap, and time that goes on with the clock: what RFC 3550 §5.1 asks of a stream."""
    assert len({packet.source for packet in packets}) == 1
    for before, after in pairwise(packets):
        assert after.number == (before.number + 1) & 0xFFFF
        assert -800 <= after.stamp - before.stamp <= 1600, (before, after)


async def test_what_one_phone_says_comes_out_at_the_other_as_it_was() -> None:
    async with talk() as two:
        await two.say(20)
        two.connect()
        before = pj.porter_relay_passed()
        heard = await two.say(100)
        assert pj.porter_relay_passed() - before >= 190
        check_one_stream(heard)
        said = {two.ends[0].packet(number)[12:] for number in range(two.ends[0].sent)}
        assert sum(packet.payload in said for packet in heard) >= 95
        assert {packet.kind for packet in heard} == {PCMA}


async def test_the_stream_goes_on_when_a_third_listens_in_and_leaves() -> None:
    async with talk() as two:
        first, second = two.legs
        two.connect()
        heard = await two.say(50)
        for _ in range(3):
            two.wires.lay(second.id, second.id)
            heard += await two.say(25)
            two.wires.cut(second.id, second.id)
            heard += await two.say(25)
        two.wires.cut(first.id, second.id)
        two.wires.cut(second.id, first.id)
        heard += await two.say(10)
        check_one_stream(heard)
        assert sum(packet.is_marked for packet in heard) >= 6, "each change of source begins a talk spurt"


async def test_a_key_reaches_the_flow_and_not_the_other_phone() -> None:
    async with talk() as two:
        one, other = two.ends
        two.connect()
        await two.say(30)
        # A long talk later: thousands of packets that PJSIP's own stream never saw.
        one.sent += 20_000
        await two.say(5)
        for _ in range(4):
            press(one, "5")
        heard = await two.say(15)
        with trio.fail_after(PATIENCE):
            assert await two.legs[0].next_fact() == Digit("5")
        assert {packet.kind for packet in heard + received(other.socket)} == {PCMA}


def press(end: RtpEnd, digit: str) -> None:
    """One packet of a key that is held (RFC 4733 §2.3); its numbers go on with the audio's."""
    header = struct.pack("!BBHII", 0x80, EVENTS, end.sent & 0xFFFF, 77_000, end.port)
    end.socket.sendto(header + struct.pack("!BBH", int(digit), 10, 400), end.far)
    end.sent += 1


async def test_keys_we_press_are_part_of_the_stream() -> None:
    async with talk() as two:
        two.connect()
        heard = await two.say(30)
        two.legs[1].send_digits("7")
        heard += await two.say(40)
        events = [packet for packet in heard if packet.kind == EVENTS]
        assert events and {packet.payload[0] for packet in events} == {7}
        assert len({packet.stamp for packet in events}) == 1
        assert len({packet.source for packet in heard}) == 1
        numbers = [packet.number for packet in heard]
        assert numbers == [(numbers[0] + step) & 0xFFFF for step in range(len(numbers))]
        nearest = min(abs(packet.stamp - events[0].stamp) for packet in heard if packet.kind == PCMA)
        assert nearest < 1600, "an event is stamped on the same time line as the voice"


async def test_a_stranger_s_packets_are_not_passed_on_while_the_phone_talks() -> None:
    async with talk() as two:
        one, _ = two.ends
        two.connect()
        await two.say(30)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.1", 0))
            for number in range(8):
                packet = struct.pack("!BBHII", 0x80, PCMA, number, number * 160, 1) + b"\x2a" * 160
                stranger.sendto(packet, one.far)
            heard = await two.say(10)
        assert not any(packet.payload == b"\x2a" * 160 for packet in heard)


async def test_a_phone_that_moves_is_followed() -> None:
    async with talk() as two:
        one, other = two.ends
        two.connect()
        await two.say(30)
        moved = RtpEnd()
        moved.far, moved.sent = one.far, one.sent
        heard = await Talk(two.wires, two.legs, (moved, other)).say(60)
        moved.close()
        assert len(heard) >= 40
