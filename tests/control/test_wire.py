"""Packets over real sockets: any size, and what no process of ours sends."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from appliance.control import wire


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with one, other:
        yield one, other


def descriptors() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("size", [0, 1, 149_990, 150_000, 212_000, 5_000_000])
def test_a_message_of_any_size_arrives_whole(pair: tuple[socket.socket, socket.socket], size: int) -> None:
    message = os.urandom(size)
    before = descriptors()
    wire.send(pair[0], message)
    assert wire.receive(pair[1]) == wire.encode(message)
    assert descriptors() == before


def test_a_closed_peer_is_an_empty_message(pair: tuple[socket.socket, socket.socket]) -> None:
    pair[0].close()
    assert wire.receive(pair[1]) == b""


def test_a_message_too_large_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(wire.WireError, match="too large"):
        wire.pack(bytes(wire.MESSAGE_BYTES + 1))


def test_files_that_could_block_or_change_are_refused_and_closed(
    pair: tuple[socket.socket, socket.socket], tmp_path: Path
) -> None:
    reading, writing = os.pipe()
    plain = os.open(tmp_path / "plain", os.O_RDWR | os.O_CREAT)
    unsealed = os.memfd_create("unsealed", os.MFD_ALLOW_SEALING)
    packet = wire.encode(wire.Enclosed(0))
    before = descriptors()
    for file in (reading, plain, unsealed):
        socket.send_fds(pair[0], [packet], [file])
        with pytest.raises(wire.WireError):
            wire.receive(pair[1])
    for file in (reading, writing, plain, unsealed):
        os.close(file)
    assert descriptors() < before


def test_more_files_than_one_are_refused_and_closed(pair: tuple[socket.socket, socket.socket]) -> None:
    before = descriptors()
    for count in (2, 4, 50):
        socket.send_fds(pair[0], [b"x"], [0] * count)
        with pytest.raises(wire.WireError):
            wire.receive(pair[1])
    assert descriptors() == before


def test_a_size_that_is_not_true_is_refused(pair: tuple[socket.socket, socket.socket]) -> None:
    packet = wire.pack(bytes(200_000))
    assert packet.enclosure is not None
    socket.send_fds(pair[0], [wire.encode(wire.Enclosed(1 << 40))], [packet.enclosure])
    packet.close()
    with pytest.raises(wire.WireError, match="announced"):
        wire.receive(pair[1])


def test_a_packet_over_the_limit_is_refused(pair: tuple[socket.socket, socket.socket]) -> None:
    pair[0].send(bytes(wire.PACKET_BYTES + 1))
    with pytest.raises(wire.WireError, match="larger"):
        wire.receive(pair[1])


def test_the_kernel_names_the_peer(pair: tuple[socket.socket, socket.socket]) -> None:
    assert wire.peer_of(pair[0]) == (os.getpid(), os.geteuid(), os.getegid())


def test_a_socket_may_lie_in_a_deep_folder(tmp_path: Path) -> None:
    path = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 6, "office.sock")
    path.parent.mkdir(parents=True)
    assert len(os.fsencode(path)) > 108
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as served, wire.short_name(path) as name:
        served.bind(name)
        assert path.is_socket()


@given(some.binary(max_size=64), some.integers(0, 0xFFFF))
def test_rubbish_is_an_error_and_never_anything_else(data: bytes, flags: int) -> None:
    file = os.memfd_create("rubbish")
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", file))]
    with pytest.raises(wire.WireError):
        wire.unpack(data, ancillary, flags)
    with pytest.raises(OSError):
        os.fstat(file)
