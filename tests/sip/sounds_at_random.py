"""A program: twelve parties without RTP are played to, recorded, bridged and given music, and leave, at any instant.

Run under PYTHONMALLOC=debug, which ends the process when something is freed twice. Arguments: seconds, seed, a free
port, a folder. Prints how often each was done.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import trio

from appliance.calls.names import LegId
from appliance.calls.ports import Attachment, Recorded
from appliance.sip.endpoint import EndpointSettings, sip_endpoint
from appliance.sip.sound import BridgeSound, bridge_sound
from appliance.sip.wires import Wires
from tests.sip.stages import TestLibrary
from tests.sound import tone, write_wav

PARTIES = 12
NOTICE = Recorded("notice")


class Mute:
    def pull(self) -> bytes:
        return bytes(320)

    def push(self, frame: bytes) -> None:
        pass


async def come_and_go(sound: BridgeSound, number: int, fate: random.Random, folder: Path, done: Counter[str]) -> None:
    leg, other = LegId(f"leg-{number}"), LegId(f"leg-{(number + 1) % PARTIES}")
    path = str(folder / f"{leg}.wav")
    deeds: dict[str, Callable[[], Attachment]] = {
        "play": lambda: sound.play(leg, [NOTICE]),
        "record": lambda: sound.record([leg], path),
        "music": lambda: sound.music(leg),
        "bridge": lambda: sound.bridge(leg, other),
    }
    while True:
        sound.attach(leg, Mute())
        await trio.sleep(fate.random() * 0.05)
        chosen = fate.sample(sorted(deeds), fate.randint(0, len(deeds)))
        done.update(chosen)
        for attachment in [deeds[name]() for name in chosen]:
            await trio.sleep(fate.random() * 0.15)
            attachment.close()
        sound.detach(leg)


async def main(seconds: float, seed: int, port: int, folder: Path) -> None:
    settings = EndpointSettings(sip_port=port, edge_port=None, rtp_port=10_000 + port % 1000 * 20, rtp_ports=20)
    library, done = TestLibrary(), Counter[str]()
    library.recordings[NOTICE] = [write_wav(folder / "notice.wav", tone(500, 0.1))]
    async with sip_endpoint(settings), bridge_sound(Wires(), library, folder=folder) as sound:
        with trio.move_on_after(seconds):
            async with trio.open_nursery() as parties:
                for number in range(PARTIES):
                    fate = random.Random(f"{seed} {number}")
                    parties.start_soon(come_and_go, sound, number, fate, folder, done)
    print(*(f"{name}={times}" for name, times in sorted(done.items())))


if __name__ == "__main__":
    trio.run(main, float(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
