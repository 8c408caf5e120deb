"""A recorder of pin levels that shares nothing with the product: a process of its own that looks at the chip's file.

It reads the levels as any process on the machine could, a thousand times a second, and writes down each change with its
own clock. It knows the layout of the file by itself: 16 bytes, then for each of 64 lines the number of its last
change (8 bytes) and its level (1 byte), padded to 16.
"""

from __future__ import annotations

import mmap
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

LOOK_SECONDS = 0.001
FIRST, STEP = 16, 16


class Seen(NamedTuple):
    """A level that was seen for the first time."""

    monotonic: float
    line: int
    level: int


class PinRecorder:
    """Records until `stop`.

    Args:
        chip: The chip's file.
        lines: Which lines.
    """

    def __init__(self, chip: Path, lines: tuple[int, ...], log: Path) -> None:
        self._log = log
        command = [sys.executable, __file__, str(chip), str(log), *map(str, lines)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"recording\n"

    def seen(self) -> list[Seen]:
        """What has been seen so far."""
        lines = (line.split() for line in self._log.read_text().splitlines(keepends=True) if line.endswith("\n"))
        return [Seen(float(at), int(line), int(level)) for at, line, level in lines]

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()


def main(chip: Path, log: Path, lines: list[int]) -> None:
    with chip.open("rb") as file, log.open("w", buffering=1) as written:
        memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        levels: dict[int, int] = {}
        print("recording", flush=True)
        while True:
            for line in lines:
                count, level = struct.unpack_from("<QB", memory, FIRST + line * STEP)
                if count and levels.get(line) != level:
                    levels[line] = level
                    written.write(f"{time.monotonic():.6f} {line} {level}\n")
            time.sleep(LOOK_SECONDS)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [int(line) for line in sys.argv[3:]])
