"""Taking out of what a microphone or a line hears what was just said into it: the adaptive filter of libspeexdsp, by
cffi, as it has no maintained Python package (DESIGN: §4, HARDWARE: §10)."""

from __future__ import annotations

from collections import deque
from typing import Any

import cffi

from hardware.audio.frames import FRAME, SILENCE

_LIBRARY = "libspeexdsp.so.1"
_RATE = 8000
_SET_SAMPLING_RATE = 24
"""SPEEX_ECHO_SET_SAMPLING_RATE"""
_SET_NOISE_SUPPRESS, _SET_ECHO_STATE = 18, 24
"""SPEEX_PREPROCESS_SET_NOISE_SUPPRESS, SPEEX_PREPROCESS_SET_ECHO_STATE"""
MOST_APART = 2
"""Frames said that wait for the frame heard at the same time; more means that frames heard got lost. With a frame said
too early the filter still finds its echo later in its tail; one said too late it could never."""

LINE_TAIL_MS = 256
"""The echo of a telephone line's hybrid is over after 30 ms; the buffers of a modem come before it."""
ROOM_TAIL_MS = 256
"""A room, and the buffers of the sound card before it."""

_ffi = cffi.FFI()
_ffi.cdef(
    """
    typedef struct SpeexEchoState_ SpeexEchoState;
    typedef struct SpeexPreprocessState_ SpeexPreprocessState;
    SpeexEchoState *speex_echo_state_init(int frame_size, int filter_length);
    void speex_echo_state_destroy(SpeexEchoState *st);
    void speex_echo_cancellation(SpeexEchoState *st, const int16_t *rec, const int16_t *play, int16_t *out);
    void speex_echo_state_reset(SpeexEchoState *st);
    int speex_echo_ctl(SpeexEchoState *st, int request, void *ptr);
    SpeexPreprocessState *speex_preprocess_state_init(int frame_size, int sampling_rate);
    void speex_preprocess_state_destroy(SpeexPreprocessState *st);
    int speex_preprocess_ctl(SpeexPreprocessState *st, int request, void *ptr);
    int speex_preprocess_run(SpeexPreprocessState *st, int16_t *x);
    """
)
_loaded: Any = None


class CancellerMissing(OSError):
    """libspeexdsp is not installed."""


def _speexdsp() -> Any:
    global _loaded  # noqa: PLW0603 - the library is opened once a process
    if _loaded is None:
        try:
            _loaded = _ffi.dlopen(_LIBRARY)
        except OSError as error:
            raise CancellerMissing(f"{_LIBRARY} is missing; install the package libspeexdsp1 ({error})") from error
    return _loaded


class EchoCanceller:
    """The echo path of one microphone and loudspeaker, or of one line. It adapts within seconds of speech and goes on
    adapting; frames must come in the order of their time, from one thread.

    Args:
        tail_ms: The longest echo, from the frame said to its last reflection heard.
        suppress: Also push down what the filter leaves over while only the far side talks.

    Raises CancellerMissing where libspeexdsp is not installed.
    """

    def __init__(self, *, tail_ms: int = LINE_TAIL_MS, suppress: bool = True) -> None:
        speex = self._speex = _speexdsp()
        samples = FRAME // 2
        state = speex.speex_echo_state_init(samples, _RATE * tail_ms // 1000)
        self._state = _ffi.gc(state, speex.speex_echo_state_destroy)
        rate = _ffi.new("int *", _RATE)
        speex.speex_echo_ctl(self._state, _SET_SAMPLING_RATE, rate)
        self._after = None
        if suppress:
            self._after = _ffi.gc(
                speex.speex_preprocess_state_init(samples, _RATE), speex.speex_preprocess_state_destroy
            )
            # Its noise suppression would take whistles and tones for noise.
            speex.speex_preprocess_ctl(self._after, _SET_NOISE_SUPPRESS, _ffi.new("int *", 0))
            speex.speex_preprocess_ctl(self._after, _SET_ECHO_STATE, self._state)
        self._out = _ffi.new(f"int16_t[{samples}]")
        self._said: deque[bytes] = deque(maxlen=MOST_APART)

    def say(self, frame: bytes) -> None:
        """A frame goes to the loudspeaker."""
        self._said.append(frame)

    def hear(self, frame: bytes) -> bytes:
        """What of a frame from the microphone is no echo. It is paired with the oldest frame said that has none yet."""
        said = self._said.popleft() if self._said else SILENCE
        heard, played = _ffi.from_buffer("int16_t[]", frame), _ffi.from_buffer("int16_t[]", said)
        self._speex.speex_echo_cancellation(self._state, heard, played, self._out)
        if self._after is not None:
            self._speex.speex_preprocess_run(self._after, self._out)
        return bytes(_ffi.buffer(self._out))

    def reset(self) -> None:
        """Another call: what was said before makes no echo any more. What was learned of the path stays."""
        self._said.clear()
