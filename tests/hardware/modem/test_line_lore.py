"""What calls teach of a line."""

import pytest

from hardware.modem.fxo_facts import CallerIdTiming
from hardware.modem.fxo_profiles import FXO_PROFILES
from hardware.modem.line_lore import CALLS_PER_MODE, LearnedTone, LineLore, plan_with, with_call, with_echo, with_tone
from hardware.tones.plans import ToneKind, TonePattern, plan_of
from hardware.tones.progress import ToneHeard


def test_same_tone_is_one_and_its_measures_are_the_mean():
    lore = LineLore()
    for ms in ((340, 360), (360, 340), (350, 350)):
        lore = with_tone(lore, ToneHeard(ToneKind.BUSY, (425.0,), ms))
    assert lore.tones == (LearnedTone(ToneKind.BUSY, (425.0,), (350, 350), times=3),)


def test_unknown_tone_is_a_busy_tone_from_then_on():
    lore = with_tone(LineLore(), ToneHeard(ToneKind.UNKNOWN, (520.3,), (260, 262)))
    assert TonePattern((520.3,), (260, 262)) in plan_with(lore, plan_of("LV")).busy


def test_tones_that_differ_are_kept_apart_and_not_without_end():
    lore = LineLore()
    for hz in range(300, 700, 20):
        lore = with_tone(lore, ToneHeard(ToneKind.UNKNOWN, (float(hz),), (300, 300)))
    assert len(lore.tones) == 12


def test_ways_of_caller_id_are_tried_in_turn_until_a_number_comes():
    lore, modes = LineLore(), [mode.name for mode in FXO_PROFILES["conexant"].caller_id]
    for _ in range(CALLS_PER_MODE):
        assert lore.caller_id_mode in ("", modes[0])
        lore = with_call(lore, FXO_PROFILES["conexant"], CallerIdTiming.NEVER)
    assert lore.caller_id_mode == modes[1]
    lore = with_call(lore, FXO_PROFILES["conexant"], CallerIdTiming.BEFORE_RING)
    for _ in range(20):
        lore = with_call(lore, FXO_PROFILES["conexant"], CallerIdTiming.NEVER)
    assert (lore.caller_id, lore.caller_id_mode) == (CallerIdTiming.BEFORE_RING, modes[1])


def test_line_without_numbers_is_known_after_every_way_was_tried():
    lore = LineLore()
    for _ in range(CALLS_PER_MODE * len(FXO_PROFILES["conexant"].caller_id)):
        assert lore.caller_id is CallerIdTiming.UNKNOWN
        lore = with_call(lore, FXO_PROFILES["conexant"], CallerIdTiming.NEVER)
    assert (lore.caller_id, lore.caller_id_mode) == (CallerIdTiming.NEVER, FXO_PROFILES["conexant"].caller_id[0].name)


def test_echo_is_a_mean_that_follows():
    lore = with_echo(with_echo(LineLore(), 10.0), 20.0)
    assert lore.echo_loss_db == pytest.approx(13.0)
