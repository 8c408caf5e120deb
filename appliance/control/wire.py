"""One message as one packet of a Unix SOCK_SEQPACKET socket, msgpack inside.

The kernel keeps packet borders, so there is no framing; but it carries 208 KiB at most. A larger message travels as a
sealed memory file whose descriptor goes along with a short packet. Both the blocking client and the Trio ends use the
functions here; nothing here knows what a message means.
"""

from __future__ import annotations

import fcntl
import os
import socket
import stat
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from appliance.errors import PorterError

PACKET_BYTES = 150_000
"""Larger messages go as a file: a packet may not exceed the socket buffer, 212,992 bytes by default on Linux."""

MESSAGE_BYTES = 64 << 20
"""No message is larger: the export of 10,000 extensions has 2.4 MB. A peer cannot make us read without end."""

ANCILLARY_BYTES = socket.CMSG_SPACE(4 * struct.calcsize("i"))
_SEALS = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SEAL
_ENCODER = msgspec.msgpack.Encoder()


class WireError(PorterError):
    """A packet that no process of this release sends; the connection is of no more use."""


class Enclosed(msgspec.Struct, frozen=True, tag="enclosed"):
    """Stands for a message in the memory file that comes with this packet."""

    size: int
    """Bytes."""


class Packet(NamedTuple):
    """What goes through the socket: the bytes, and the memory file they speak of."""

    data: bytes
    enclosure: int | None = None

    def close(self) -> None:
        """Let go of the memory file. The receiver keeps its own descriptor of it."""
        if self.enclosure is not None:
            os.close(self.enclosure)

    def ancillary(self) -> list[tuple[int, int, bytes]]:
        """The control messages for `sendmsg`."""
        if self.enclosure is None:
            return []
        return [(socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", self.enclosure))]


class Peer(NamedTuple):
    """Who the kernel says is at the other end (SO_PEERCRED, unix(7)), as of its connect()."""

    pid: int
    uid: int
    gid: int


def encode(message: object) -> bytes:
    """The bytes of an envelope or a body."""
    return _ENCODER.encode(message)


def pack(data: bytes) -> Packet:
    """An encoded message ready to be sent; the caller closes it afterwards."""
    if len(data) <= PACKET_BYTES:
        return Packet(data)
    if len(data) > MESSAGE_BYTES:
        raise WireError(f"A message of {len(data)} bytes is too large to be sent (limit {MESSAGE_BYTES}).")
    file = os.memfd_create("porter-message", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    try:
        with open(file, "wb", closefd=False) as body:
            body.write(data)
        fcntl.fcntl(file, fcntl.F_ADD_SEALS, _SEALS)
    except BaseException:
        os.close(file)
        raise
    return Packet(encode(Enclosed(len(data))), file)


def unpack(data: bytes, ancillary: list[tuple[int, int, bytes]], flags: int) -> bytes:
    """The bytes of the message that came, from `recvmsg`'s result; b"" when the peer has closed.

    Every descriptor that came along is closed, whatever happens. Raises WireError for what none of us sends: a
    truncated packet, a descriptor that is not a sealed memory file (reading it could block or change under us).
    """
    files = [number for level, kind, raw in ancillary if (level, kind) == _RIGHTS for number in _integers(raw)]
    try:
        if flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
            raise WireError("A packet was larger than this protocol allows.")
        if not files:
            return data
        if len(files) > 1:
            raise WireError(f"A packet brought {len(files)} files instead of one.")
        return _read_enclosed(data, files[0])
    finally:
        for file in files:
            os.close(file)


_RIGHTS = (socket.SOL_SOCKET, socket.SCM_RIGHTS)


def _integers(raw: bytes) -> list[int]:
    return [number for (number,) in struct.iter_unpack("i", raw[: len(raw) - len(raw) % 4])]


def _read_enclosed(data: bytes, file: int) -> bytes:
    try:
        size = msgspec.msgpack.decode(data, type=Enclosed).size
    except msgspec.MsgspecError as bad:
        raise WireError(f"A file came with a packet that does not speak of it: {bad}.") from bad
    try:
        seals = fcntl.fcntl(file, fcntl.F_GET_SEALS)
    except OSError as bad:
        raise WireError("A packet brought a file that is not a memory file.") from bad
    found = os.fstat(file)
    if seals & _SEALS != _SEALS or not stat.S_ISREG(found.st_mode):
        raise WireError("A packet brought a memory file that is not sealed.")
    if found.st_size != size or size > MESSAGE_BYTES:
        raise WireError(f"A packet brought a file of {found.st_size} bytes where {size} were announced.")
    return os.pread(file, size, 0)


def send(sock: socket.socket, message: object) -> None:
    """Send one message on a blocking socket; raises OSError or TimeoutError as the socket does."""
    packet = pack(encode(message))
    try:
        sock.sendmsg([packet.data], packet.ancillary())
    finally:
        packet.close()


def receive(sock: socket.socket) -> bytes:
    """The next message on a blocking socket; b"" when the peer has closed."""
    data, ancillary, flags, _ = sock.recvmsg(PACKET_BYTES, ANCILLARY_BYTES, socket.MSG_CMSG_CLOEXEC)
    return unpack(data, ancillary, flags)


def peer_of(sock: socket.socket) -> Peer:
    """The process that connected, as the kernel vouches for it."""
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return Peer(*struct.unpack("3i", credentials))


@contextmanager
def short_name(path: Path) -> Iterator[str]:
    """A name for `path` that fits into a socket address, valid inside the block.

    `sun_path` has 108 bytes (unix(7)) and an office's folder may be deep, so the folder is named by a descriptor.
    """
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
