"""A program: parties without RTP leave the bridge in the very moment in which it hands them a frame.

Run under PYTHONMALLOC=debug, which ends the process when something is freed twice. Arguments: rounds, a free port, a
folder.
"""

import gc
import sys
import time
from pathlib import Path

import trio

from appliance.calls.names import LegId
from appliance.sip.endpoint import EndpointSettings, sip_endpoint
from appliance.sip.sound import bridge_sound
from appliance.sip.wires import Wires
from tests.sip.stages import TestLibrary

FRAME_SECONDS = 0.02


class Mute:
    """Notes that the bridge came by."""

    def __init__(self) -> None:
        self.was_given = trio.Event()
        self._token = trio.lowlevel.current_trio_token()

    def pull(self) -> bytes:
        return bytes(320)

    def push(self, frame: bytes) -> None:
        self._token.run_sync_soon(self.was_given.set)


def hold_the_bridge_up() -> None:
    """Let the bridge's thread stand at Python's door: it is inside the port and waits for its turn."""
    until = time.monotonic() + 3 * FRAME_SECONDS
    while time.monotonic() < until:
        pass


async def main(rounds: int, port: int, folder: Path) -> None:
    settings = EndpointSettings(sip_port=port, edge_port=None, rtp_port=10_000 + port % 1000 * 20, rtp_ports=20)
    async with sip_endpoint(settings), bridge_sound(Wires(), TestLibrary(), folder=folder) as sound:
        listener = LegId("listener")
        sound.attach(listener, Mute())
        for number in range(rounds):
            leg, party = LegId(f"leg-{number}"), Mute()
            sound.attach(leg, party)
            bridge = sound.bridge(leg, listener)
            with trio.fail_after(5):
                await party.was_given.wait()
            hold_the_bridge_up()
            sound.detach(leg)
            bridge.close()
            gc.collect()
            await trio.lowlevel.checkpoint()


if __name__ == "__main__":
    # The one who holds Python keeps it, so that it is given up only where C code gives it up.
    sys.setswitchinterval(10)
    trio.run(main, int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
