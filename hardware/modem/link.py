"""Serial ports as files for an event loop; the only importer of pyserial. No threads: ports are non-blocking, their
file number is waited for."""

import errno
import fcntl
import logging
import os
import termios
from types import TracebackType
from typing import Self

import serial

from hardware.modem.faults import ModemFault

log = logging.getLogger(__name__)

MOST_READ = 2048
"""Octets a read: with one read each 20 ms a flooding device gets 100 kB/s of our attention, an honest one is never
held back."""


class PortLost(OSError):
    """The port is not there, is used by somebody else, or went away.

    Attributes:
        fault: Why, by its name.
        value: The path, or what was looked for.
    """

    def __init__(self, reason: str, fault: ModemFault, value: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fault = fault
        self.value = value

    def __str__(self) -> str:
        return self.reason


class SerialPort:
    """One tty: raw, 8N1, nobody else on it.

    Raises:
        PortLost: From every method once the device does not answer any more, and when it cannot be opened.
    """

    def __init__(self, path: str, *, baud: int = 115_200) -> None:
        self.path = path
        try:
            self._serial = serial.Serial(path, baud, timeout=0, write_timeout=0, exclusive=True)
        except (serial.SerialException, OSError, ValueError) as error:
            raise _explained(path, error) from error
        self._fd: int = self._serial.fileno()
        self._tell_nothing_from_gone()
        # A pseudo-terminal would keep this flag after a crash of ours, for as long as its other end lives.
        if not os.path.realpath(path).startswith("/dev/pts/"):
            fcntl.ioctl(self._fd, termios.TIOCEXCL)

    def fileno(self) -> int:
        """For waiting until it is readable or writable."""
        return self._fd

    def read(self) -> bytes:
        """What is there, at most MOST_READ octets; b"" when nothing is there now."""
        try:
            data = os.read(self._fd, MOST_READ)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise self._lost(error) from error
        if not data:
            raise self._lost(None)
        return data

    def write(self, data: bytes) -> int:
        """Write what fits now; the number of octets taken, 0 while the device takes none."""
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise self._lost(error) from error

    def drop_unsent(self) -> None:
        """Forget what was written and not yet carried away."""
        try:
            termios.tcflush(self._fd, termios.TCOFLUSH)
        except (termios.error, OSError) as error:
            raise self._lost(None) from error

    def close(self) -> None:
        """Also when the device is gone; idempotent."""
        try:
            self._serial.close()
        except (serial.SerialException, OSError, termios.error) as error:
            log.debug("closing %s: %s", self.path, error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _tell_nothing_from_gone(self) -> None:
        """pyserial sets VMIN 0, with which "nothing there" and "hung up" both read as b""."""
        settings = termios.tcgetattr(self._fd)
        settings[6][termios.VMIN], settings[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self._fd, termios.TCSANOW, settings)

    def _lost(self, error: OSError | None) -> PortLost:
        reason = f"The device at {self.path} went away" + (f" ({error.strerror})." if error is not None else ".")
        return PortLost(reason, ModemFault.WENT_AWAY, self.path)


def _explained(path: str, error: Exception) -> PortLost:
    number = getattr(error, "errno", None)
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return PortLost(f"There is no device at {path}.", ModemFault.NOT_THERE, path)
    if number == errno.EACCES:
        return PortLost(f"Opening {path} is not allowed.", ModemFault.NOT_ALLOWED, path)
    if number in (errno.EAGAIN, errno.EBUSY):
        return PortLost(f"{path} is used by another program.", ModemFault.IN_USE, path)
    return PortLost(f"{path} cannot be used as a serial port: {error}.", ModemFault.NO_PORT, path)
