from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hardware.audio.call_sound import CallSound
from hardware.audio.frames import (
    FRAME,
    LEVEL_TAKES,
    MOST_FRAMES,
    ODD_SECONDS,
    PREBUFFER,
    SILENCE,
    FrameAssembler,
    FrameQueue,
)


@given(st.lists(st.integers(0, 2000)))
def test_reads_of_any_length_make_the_same_frames(cuts):
    sound = bytes(range(256)) * 10
    edges = [0, *sorted(cuts), len(sound)]
    assembler = FrameAssembler()
    frames = [frame for start, end in pairwise(edges) for frame in assembler.feed(sound[start:end], 0.0)]
    assert b"".join(frames) == sound
    assert {len(frame) for frame in frames} == {FRAME}


def test_lost_octet_shifts_nothing_after_the_next_read():
    samples = b"".join(value.to_bytes(2, "little") for value in range(1, 161))
    assembler = FrameAssembler()
    assembler.feed(samples[:-1], 0.0)
    frames = [frame for turn in range(1, 6) for frame in assembler.feed(samples, turn * 0.02)]
    joined = b"".join(frames)
    assert joined == (samples[:-2] + samples * 5)[: len(joined)]


def test_half_sample_that_follows_at_once_is_kept():
    assembler = FrameAssembler()
    assembler.feed(b"\1" * 319, 0.0)
    assert assembler.feed(b"\2", ODD_SECONDS / 2) == [b"\1" * 319 + b"\2"]


def test_queue_gathers_before_it_plays_and_again_after_it_ran_dry():
    queue = FrameQueue()
    queue.put(b"1")
    assert queue.take() is None
    queue.put(b"2")
    assert [queue.take() for _ in range(PREBUFFER + 1)] == [b"1", b"2", None]
    queue.put(b"3")
    assert queue.take() is None


def test_backlog_beyond_200_ms_is_dropped_from_its_old_end():
    queue = FrameQueue()
    for number in range(MOST_FRAMES + 5):
        queue.put(bytes((number,)))
    assert queue.take() == bytes((5,))


def test_delay_of_a_burst_goes_away_by_itself():
    queue = FrameQueue()
    for _ in range(MOST_FRAMES):
        queue.put(b"x")
    for _ in range(LEVEL_TAKES * MOST_FRAMES):
        queue.take()
        queue.put(b"x")
    waiting = 0
    while queue.take() is not None:
        waiting += 1
    assert waiting == PREBUFFER


def test_sound_of_no_call_is_silence_and_odd_frames_are_not_taken():
    voice = CallSound()
    voice.push(b"x")
    assert voice.pull() == SILENCE
