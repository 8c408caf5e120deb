"""A child for the tests of supervision: `python -m tests.cli.child_program DIARY NAME HOW` writes what it does."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from systemd import daemon


def main() -> None:
    diary, name, how = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

    def write(what: str) -> None:
        with diary.open("a") as file:
            file.write(f"{name} {what} {os.getpid()}\n")

    def end(*_: object) -> None:
        write("ends")
        sys.exit(0)

    if how == "guard":
        write("guard")
        return
    signal.signal(signal.SIGTERM, signal.SIG_IGN if how == "stubborn" else end)
    if how == "fails":
        print("the port is taken", flush=True)
        sys.exit(1)
    if how == "leaves one behind":
        with subprocess.Popen(["sleep", "600"], start_new_session=True) as left:
            write(f"leaves-{left.pid}")
            os.kill(os.getpid(), signal.SIGKILL)
    write("starts")
    daemon.notify("READY=1")
    print(f"{name} is ready", flush=True)
    while True:
        if how != "silent":
            daemon.notify("WATCHDOG=1")
        threading.Event().wait(float(os.environ["WATCHDOG_USEC"]) / 3e6)


if __name__ == "__main__":
    main()
