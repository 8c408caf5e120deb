"""A pseudo-terminal that a program opens by a path of our choice."""

import errno
import os
import select
import tty
from pathlib import Path

MOST_READ = 4096


class PtyPair:
    """Our end of a pseudo-terminal; the other end is found at `link`, a symbolic link replaced atomically.

    The far side stays open here too, so that it can be waited for while nobody has opened it.

    Args:
        watched: Let the far side be closed, so that `is_open` tells whether somebody has it, as DTR does on a wire.
            Such a pair cannot be waited for, only read now and then.
    """

    def __init__(self, link: Path, *, watched: bool = False) -> None:
        self.link = link
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)  # no echo and no line endings of the kernel's own
        os.set_blocking(self._master, False)
        self.name = os.ttyname(self._slave)
        if watched:
            os.close(self._slave)
            self._slave = -1
        link.parent.mkdir(parents=True, exist_ok=True)
        fresh = link.with_name(f".{link.name}.new")
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(self.name)
        fresh.replace(link)

    def fileno(self) -> int:
        return self._master

    @property
    def is_open(self) -> bool:
        """Whether a program has the other end open; always of a pair that is not watched."""
        waiting = select.poll()
        waiting.register(self._master, select.POLLIN)
        return not any(event & select.POLLHUP for _, event in waiting.poll(0))

    def read(self) -> bytes:
        """What the program wrote; b"" when nothing is there now."""
        try:
            return os.read(self._master, MOST_READ)
        except BlockingIOError:
            return b""
        except OSError as error:
            if error.errno != errno.EIO:  # nobody has it open
                raise
            return b""

    def write(self, data: bytes) -> int:
        """What fits; the rest is the caller's to drop or keep. A modem nobody listens to loses what it says."""
        try:
            return os.write(self._master, data)
        except BlockingIOError:
            return 0

    def close(self) -> None:
        """Unplug: whoever has it open gets an error, and the path is gone unless it leads elsewhere by now."""
        for fd in (self._master, self._slave):
            if fd < 0:
                continue
            try:
                os.close(fd)
            except OSError as error:
                if error.errno != errno.EBADF:
                    raise
        if self.link.is_symlink() and os.readlink(self.link) == self.name:
            self.link.unlink(missing_ok=True)
