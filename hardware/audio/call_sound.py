"""The sound of one call between a bridge's clock thread and a device's 20 ms clock, with its level and its echo."""

from __future__ import annotations

from collections.abc import Callable

from hardware.audio.echo import EchoCanceller
from hardware.audio.frames import FRAME, SILENCE, FrameQueue
from hardware.audio.level import Gain


class CallSound:
    """Implements `appliance.calls.ports.AudioFrames`: `pull` and `push` return at once and never fail, from any thread,
    also before and after a call. A device takes what is to be said with `next_said` and hands what it heard to `hear`.

    Args:
        heard_db: Gain of what the party says.
        said_db: Gain of what the party hears.
        echo: Takes what was said out of what is heard; None: the device has no echo.

    Attributes:
        is_paused: The device takes nothing for now: what is to be said is dropped, so that it does not come late.
        on_frame: Called with each frame the party said, without echo, on the device's thread.
    """

    def __init__(self, *, heard_db: float = 0.0, said_db: float = 0.0, echo: EchoCanceller | None = None) -> None:
        self.on_frame: Callable[[bytes], None] = _nobody_listens
        self._heard = FrameQueue()
        self._to_say = FrameQueue()
        self._heard_gain, self._said_gain = Gain(heard_db), Gain(said_db)
        self._echo = echo
        self.is_talking = False
        self.is_paused = False

    # The bridge's side.

    def pull(self) -> bytes:
        """The next 20 ms the party said; silence when there is none."""
        return self._heard.take() or SILENCE

    def push(self, frame: bytes) -> None:
        """20 ms for the party to hear; 320 octets."""
        if len(frame) == FRAME and self.is_talking:
            self._to_say.put(frame)

    # The device's side.

    def begin(self) -> None:
        """A call has sound from now on."""
        self._heard.clear()
        self._to_say.clear()
        if self._echo is not None:
            self._echo.reset()
        self.is_paused = False
        self.is_talking = True

    def end(self) -> None:
        """The call is over; what the device still brings is dropped."""
        self.is_talking = False
        self._heard.clear()

    def next_said(self) -> bytes:
        """The frame for the device to play now: silence when there is none."""
        waiting = self._to_say.take()
        frame = SILENCE if waiting is None else self._said_gain(waiting)
        if self._echo is not None:
            self._echo.say(frame)
        return frame

    def hear(self, frame: bytes) -> bytes:
        """The device brought a frame; what of it the party said."""
        if self._echo is not None:
            frame = self._echo.hear(frame)
        frame = self._heard_gain(frame)
        if self.is_talking:
            self._heard.put(frame)
            self.on_frame(frame)
        return frame


def _nobody_listens(_: bytes) -> None:
    """The default of `CallSound.on_frame`."""
