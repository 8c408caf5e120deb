"""The `porter-door` process: lock first, then pins, ledger and socket; locked again whatever ends it.

Nothing heavy is imported before the relays are locked, so the imports of this module are inside its functions.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from appliance.door import lock_all

USAGE = """\
usage: porter-door --folder FOLDER [--lock]

The door of the office in FOLDER. It is started by systemd or by `porter run`.
  --lock   only drive every lock relay of the office to locked, and end
"""


def main() -> None:
    """Entry point of `porter-door`."""
    folder, only_lock = _arguments(sys.argv[1:])
    if only_lock:
        sys.exit(lock_all.main(folder))
    faults = lock_all.lock_all(folder)
    locked_after = time.monotonic() - _process_start()
    sys.exit(_run(folder, faults, locked_after))


def _arguments(arguments: list[str]) -> tuple[Path, bool]:
    rest = [argument for argument in arguments if argument != "--lock"]
    if rest and rest[0].startswith("--folder="):
        rest = ["--folder", rest[0].removeprefix("--folder="), *rest[1:]]
    if rest in (["-h"], ["--help"]):
        print(USAGE, end="")
        sys.exit(0)
    if len(rest) != 2 or rest[0] != "--folder":
        sys.exit(USAGE)
    return Path(rest[1]).absolute(), "--lock" in arguments


def _process_start() -> float:
    """When the kernel started this process, in seconds of CLOCK_BOOTTIME, which is the monotonic one on a Pi."""
    import os

    after_name = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    return int(after_name[19]) / os.sysconf("SC_CLK_TCK")


def _run(folder: Path, faults: list[str], locked_after: float) -> int:
    import logging
    import os

    import trio

    from appliance.journal import set_up_logging

    os.umask(0o027)  # who came in and when is nobody else's business
    set_up_logging("door")
    logger = logging.getLogger("appliance.door")
    for fault in faults:
        logger.critical("%s", fault)
    logger.info("Every relay was locked %.0f ms after the start of the process.", locked_after * 1000)
    from appliance.door.process import run
    from appliance.errors import PorterError

    code = 0
    try:
        trio.run(run, folder)
    except* PorterError as failed:
        logger.critical("The door process ends: %s", "; ".join(map(str, failed.exceptions)))
        code = 1
    finally:
        for fault in lock_all.lock_all(folder):
            logger.critical("%s", fault)
    return code


if __name__ == "__main__":
    main()
