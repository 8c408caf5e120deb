"""The analog modem's engine against a simulated chip, exchange and person: every call, every release, every fault, and
the line on hook after all of them."""

import os
import random

import pytest

from hardware.modem.facts import Alerting, Answered, Dialing, Ended
from hardware.modem.fxo import Hook
from hardware.modem.fxo_facts import (
    CallerIdNoted,
    CallerIdTiming,
    EchoNoted,
    FxoFailed,
    FxoFault,
    FxoReady,
    FxoRinging,
    ToneNoted,
)
from hardware.modem.release import Limits, ReleasedBy
from hardware.simulators.exchange import Clearing, LineHabits, LineState, NumberComes
from hardware.simulators.far_end import Plan
from hardware.tones.generate import ToneSource
from hardware.tones.measure import find_tone
from hardware.tones.plans import plans
from tests.hardware.modem.fxo_bench import FxoBench

FAMILIES = ["conexant", "usr"]
COUNTRIES = list({plan: country for country, plan in sorted(plans().items(), reverse=True)}.values())
"""One for each plan that differs."""


@pytest.fixture
def ready() -> FxoBench:
    return FxoBench().start()


# Calls in.


@pytest.mark.parametrize("family", FAMILIES)
def test_call_in_is_offered_with_its_number_answered_and_heard_both_ways(family):
    bench = FxoBench(family=family).start()
    bench.far_end.play_tone(1000, level_db=-15)
    bench.exchange.call_in("29123456", "Anna")
    bench.wait_for(FxoRinging)
    assert bench.take() == [FxoRinging(number="29123456", name="Anna")]
    assert not bench.chip.is_off_hook
    bench.modem.call.answer()
    bench.wait_for(Answered)
    bench.sound.begin()
    bench.says = ToneSource(1500, level_db=-15)
    bench.wait(4)
    bench.modem.call.hang_up()
    released, took = bench.until_released()
    assert released.by is ReleasedBy.US
    assert took < 0.5
    here, there = find_tone(bytes(bench.heard[6400:]), 1000), find_tone(bench.far_end.heard[6400:], 1500)
    for report in (here, there):
        assert report.seconds > 3
        assert report.level_db == pytest.approx(-15, abs=1)
        assert report.longest_gap_ms <= 40
    assert bench.exchange.state is LineState.IDLE


@pytest.mark.parametrize(
    "comes, seconds, timing",
    [
        (NumberComes.BEFORE_RING, 1.2, CallerIdTiming.BEFORE_RING),
        (NumberComes.AFTER_RING, 2.0, CallerIdTiming.AFTER_RING),
        (NumberComes.NEVER, 6.0, CallerIdTiming.NEVER),
    ],
)
def test_number_may_come_before_the_first_ring_after_it_or_never(comes, seconds, timing):
    bench = FxoBench(habits=LineHabits(number_comes=comes)).start()
    bench.exchange.call_in("29123456")
    took = bench.until(lambda: any(isinstance(fact, FxoRinging) for fact in bench.facts))
    assert took < seconds
    bench.modem.call.answer()
    bench.wait_for(Answered)
    expected = "" if comes is NumberComes.NEVER else "29123456"
    assert bench.take(FxoRinging, CallerIdNoted) == [FxoRinging(number=expected), CallerIdNoted(timing)]


def test_line_that_never_brings_numbers_is_offered_at_the_first_ring():
    bench = FxoBench(habits=LineHabits(number_comes=NumberComes.NEVER)).start()
    bench.modem.call.id_timing = CallerIdTiming.NEVER
    bench.exchange.call_in("29123456")
    assert bench.until(lambda: any(isinstance(fact, FxoRinging) for fact in bench.facts)) < 0.1


def test_withheld_number_is_offered_without_one(ready):
    ready.exchange.call_in("")
    ready.wait_for(FxoRinging)
    assert ready.take() == [FxoRinging()]


def test_caller_who_gives_up_ends_the_call_and_the_next_one_is_another(ready):
    ready.exchange.call_in("29123456")
    ready.wait_for(FxoRinging)
    ready.exchange.hang_up()
    assert 3 < ready.until(lambda: any(isinstance(fact, Ended) for fact in ready.facts)) < 9
    ready.take()
    ready.exchange.call_in("26000000")
    ready.wait_for(FxoRinging)
    assert ready.take() == [FxoRinging(number="26000000")]


def test_rejected_call_rings_on_unheard_and_is_told_no_more(ready):
    ready.exchange.call_in("29123456")
    ready.wait_for(FxoRinging)
    ready.take()
    ready.modem.call.hang_up()
    ready.wait(12)
    assert ready.take() == []
    assert not ready.modem.is_free
    ready.exchange.hang_up()
    ready.wait_for(Ended)
    assert ready.modem.is_free


def test_number_of_an_earlier_call_is_not_taken_for_this_one(ready):
    ready.chip._out += b"\r\nNMBR = 111\r\n"
    ready.wait(20)
    ready.exchange.habits = LineHabits(number_comes=NumberComes.NEVER)
    ready.exchange.call_in("29123456")
    ready.wait_for(FxoRinging)
    assert ready.take() == [FxoRinging()]


# Calls out.


@pytest.mark.parametrize("country", COUNTRIES)
def test_dialled_call_rings_and_is_answered_by_a_voice(country):
    family = FAMILIES[COUNTRIES.index(country) % 2]
    bench = FxoBench(family=family, country=country, habits=LineHabits(country=country, noise_db=-55)).start()
    bench.far_end.plan = Plan(rings_after=1.0, answers_after=7.0)
    bench.far_end.play_tone(800, 1200, level_db=-20)
    bench.modem.call.dial("29123456")
    bench.wait_for(Alerting)
    assert bench.exchange.last_dialed == "29123456"
    assert bench.exchange.state is LineState.RINGBACK
    bench.until(lambda: bench.exchange.state is LineState.TALK)
    assert bench.until(lambda: bench.modem.call.state == "active") < 1.0
    assert bench.take() == [Dialing(), Alerting(), Answered()]
    bench.modem.call.hang_up()
    assert bench.until_released()[1] < 0.5


def test_silent_answer_is_noticed_when_the_ringback_stays_away(ready):
    ready.far_end.plan = Plan(rings_after=0.5, answers_after=6.0)
    ready.modem.call.dial("112")
    ready.wait_for(Alerting)
    ready.until(lambda: ready.exchange.state is LineState.TALK)
    assert ready.until(lambda: ready.modem.call.state == "active") < 7


@pytest.mark.parametrize("refuses_with, cause, by", [(17, 19, ReleasedBy.BUSY), (34, 42, ReleasedBy.CONGESTION)])
def test_dialled_call_that_fails_tells_why_and_frees_the_line(ready, refuses_with, cause, by):
    ready.far_end.plan = Plan(rings_after=0.5, answers_after=2.0, refuses_with=refuses_with)
    ready.modem.call.dial("112")
    released, _ = ready.until_released()
    assert released.by is by
    assert ready.take(Ended) == [Ended(cause)]
    assert ready.modem.is_free


def test_busy_number_that_never_rang_is_busy(ready):
    ready.far_end.plan = Plan(rings_after=None)
    ready.modem.call.dial("112")
    ready.until(lambda: ready.exchange.state is LineState.CONNECTING)
    ready.exchange.hang_up(17)
    ready.until_released()
    assert ready.take(Ended) == [Ended(17)]


def test_line_without_current_or_dial_tone_is_out_of_order_and_is_not_held():
    bench = FxoBench(habits=LineHabits(has_dial_tone=False, echo_loss_db=None)).start()
    bench.modem.call.dial("112")
    bench.until_released(8)
    assert bench.take(Ended) == [Ended(27)]


def test_line_whose_exchange_has_no_dial_tone_is_dialled_blindly_where_set():
    bench = FxoBench(habits=LineHabits(has_dial_tone=False), waits_for_dial_tone=False).start()
    bench.modem.call.dial("112")
    bench.until(lambda: bench.exchange.last_dialed == "112")


def test_pulses_and_pauses_reach_the_exchange():
    bench = FxoBench(pulse=True).start()
    bench.modem.call.dial("22334455")
    bench.until(lambda: bench.exchange.last_dialed == "22334455")
    bench.modem.call.hang_up()
    bench.until_released()
    bench = FxoBench().start()
    bench.modem.call.dial("9,112")
    began = bench.now
    bench.until(lambda: bench.exchange.last_dialed != "")
    assert bench.exchange.last_dialed in ("9", "9112")
    assert bench.now - began > 2.0


@pytest.mark.parametrize("number", ["", "+371", "112;AT", "x", "1 2"])
def test_number_no_exchange_knows_is_refused_and_the_line_stays_on_hook(ready, number):
    with pytest.raises(ValueError, match="analog line"):
        ready.modem.call.dial(number)
    ready.wait(1)
    assert not ready.chip.is_off_hook
    assert ready.modem.is_free


def test_keys_go_both_ways(ready):
    ready.answered_call()
    for key in "12#":
        ready.modem.call.send_digit(key)
    ready.until(lambda: ready.exchange.keys == "12#")
    ready.chip._out += b"\x10/\x105\x105\x10~"
    ready.until(lambda: ready.digits() == "5")


def test_echo_of_the_line_is_measured_while_dialling_and_cancelled_in_talk():
    bench = FxoBench(habits=LineHabits(echo_loss_db=9.0)).start()
    bench.far_end.plan = Plan(rings_after=None)
    bench.modem.call.dial("29123456")
    bench.wait_for(Dialing)
    noted = bench.take(EchoNoted)
    assert len(noted) == 1
    assert noted[0].loss_db == pytest.approx(9.0, abs=1.5)


# What was learned.


def test_own_tone_of_an_exchange_is_told_with_its_measures():
    bench = FxoBench(habits=LineHabits(clearing=Clearing.OWN_TONE)).start()
    bench.answered_call()
    bench.exchange.hang_up()
    released, _ = bench.until_released()
    assert released.by is ReleasedBy.UNKNOWN_TONE
    noted = bench.take(ToneNoted)
    assert noted[-1].tone.hz[0] == pytest.approx(520, abs=5)
    assert noted[-1].tone.ms == pytest.approx((260, 260), abs=20)


# Every way a line is released.


@pytest.mark.parametrize(
    "clearing, by, within",
    [
        (Clearing.BUSY, ReleasedBy.BUSY, 5),
        (Clearing.CONGESTION, ReleasedBy.CONGESTION, 5),
        (Clearing.DIAL_TONE, ReleasedBy.DIAL_TONE, 5),
        (Clearing.LOOP, ReleasedBy.LOOP, 1),
        (Clearing.OWN_TONE, ReleasedBy.UNKNOWN_TONE, 6),
        (Clearing.SILENCE, ReleasedBy.SILENCE, 62),
    ],
)
@pytest.mark.parametrize("family", FAMILIES)
def test_line_is_released_however_the_exchange_tells_the_end(family, clearing, by, within):
    bench = FxoBench(family=family, habits=LineHabits(clearing=clearing)).start()
    bench.answered_call()
    bench.far_end.play_tone(800, 1200, level_db=-20)
    bench.wait(2)
    bench.exchange.hang_up()
    released, took = bench.until_released(90)
    assert released.by is by
    assert took < within
    assert bench.take(Ended) == [Ended(16)]
    assert bench.modem.is_free


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize(
    "clearing, by",
    [
        (Clearing.BUSY, ReleasedBy.BUSY),
        (Clearing.CONGESTION, ReleasedBy.CONGESTION),
        (Clearing.DIAL_TONE, ReleasedBy.DIAL_TONE),
    ],
)
def test_line_is_released_within_five_seconds_by_each_plan_with_noise_20_db_below(country, clearing, by):
    habits = LineHabits(country=country, clearing=clearing, level_db=-18.0, noise_db=-18.0 - 3.0 - 20.0)
    bench = FxoBench(country=country, habits=habits).start()
    bench.answered_call()
    bench.far_end.play_tone(800, 1200, level_db=-20)
    bench.wait(1)
    bench.exchange.hang_up()
    released, took = bench.until_released(10)
    assert released.by is by
    assert took < 5.0


def test_line_is_released_after_its_longest_talk():
    bench = FxoBench(limits=Limits(most_seconds=30.0)).start()
    bench.answered_call()
    bench.far_end.play_tone(800, 1200, level_db=-20)
    released, took = bench.until_released(40)
    assert released.by is ReleasedBy.LENGTH
    assert took == pytest.approx(30, abs=1)


def test_line_whose_caller_is_gone_is_released_although_we_play_music():
    bench = FxoBench(
        limits=Limits(quiet_seconds=20.0), habits=LineHabits(clearing=Clearing.SILENCE, echo_loss_db=None)
    ).start()
    bench.answered_call()
    bench.says = ToneSource(900, 1300, level_db=-18)
    bench.exchange.hang_up()
    assert bench.until_released(40)[0].by is ReleasedBy.SILENCE


def test_our_own_busy_tone_coming_back_as_echo_releases_nothing(ready):
    """A colleague's telephone may play one to us; the far side must decide by itself."""
    ready.answered_call()
    ready.far_end.play_tone(800, 1200, level_db=-20)
    for _ in range(12):
        ready.says = ToneSource(425, level_db=-18)
        ready.wait(0.36)
        ready.says = None
        ready.wait(0.36)
    assert ready.modem.call.state == "active"


def test_busy_tone_the_modem_itself_hears_counts_when_it_tells_again_and_again(ready):
    ready.answered_call()
    ready.far_end.play_tone(800, 1200, level_db=-20)
    for _ in range(3):
        assert ready.modem.call.state == "active"
        ready.chip._out += b"\x10b"
        ready.wait(1)
    assert ready.until_released()[0].by is ReleasedBy.MODEM_HEARD


# Never left off hook.


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("in_stream", [True, False])
def test_line_that_an_earlier_life_left_off_hook_goes_on_hook_at_the_start(family, in_stream):
    bench = FxoBench(family=family)
    bench.chip.receive(b"AT+FCLASS=8\rAT+VSM=131,8000\rAT&D0\rAT+VLS=1\r" + (b"AT+VTR\r" if in_stream else b""))
    bench.chip.receive(b"\x55\x10" if in_stream else b"AT+V")
    bench.wait(1)
    assert bench.chip.is_off_hook
    bench.modem.start(bench.now)
    assert bench.until(lambda: not bench.chip.is_off_hook) < 4
    bench.wait_for(FxoReady)


@pytest.mark.parametrize("after", [0.0, 0.02, 0.06, 0.5, 2.0, 4.0, 9.0])
@pytest.mark.parametrize("outgoing", [True, False])
def test_hanging_up_at_any_moment_puts_the_line_on_hook(ready, outgoing, after):
    if outgoing:
        ready.modem.call.dial("29123456")
    else:
        ready.exchange.call_in("29123456")
        ready.wait_for(FxoRinging)
        ready.modem.call.answer()
    ready.wait(after)
    ready.modem.call.hang_up()
    ready.wait_for(Ended)
    assert not ready.chip.is_off_hook
    ready.exchange.hang_up()
    ready.until(lambda: ready.modem.is_free)


@pytest.mark.parametrize("refused", ["+FCLASS=8", "+VSM", "+VLS=1", "+VTR"])
def test_modem_that_refuses_to_seize_ends_the_call_on_hook_and_says_so_the_second_time(ready, refused):
    ready.chip.refuses = (refused,)
    ready.modem.call.dial("112")
    ready.wait_for(Ended)
    ready.until(lambda: ready.modem.is_free)
    assert not ready.chip.is_off_hook
    ready.modem.call.dial("112")
    failed = ready.wait_for(FxoFailed)
    assert (failed.fault, refused in failed.value) == (FxoFault.REFUSES, True)


def test_modem_that_falls_silent_in_a_call_ends_it_and_is_put_on_hook_as_soon_as_it_hears_again(ready):
    ready.answered_call()
    ready.cut = True
    ready.wait_for(Ended, 5)
    ready.wait_for(FxoFailed, 10)
    assert ready.modem.hook is Hook.FAILED
    assert ready.chip.is_off_hook
    ready.cut = False
    ready.modem.start(ready.now)  # as its owner does again and again
    assert ready.until(lambda: not ready.chip.is_off_hook) < 4


def test_stream_that_stops_is_started_over_on_hook(ready):
    ready.answered_call()
    ready.chip._is_stream = False  # the chip forgot its stream, and says nothing
    ready.wait_for(Ended, 5)
    ready.until(lambda: ready.modem.is_free, 10)
    assert not ready.chip.is_off_hook


def test_relay_that_sticks_is_told(ready):
    ready.answered_call()
    ready.chip.obeys_hooks = False
    ready.chip.refuses = ("H",)
    ready.modem.call.hang_up()
    failed = ready.wait_for(FxoFailed, 20)
    assert failed.fault is FxoFault.REFUSES
    assert ready.modem.hook is Hook.FAILED


def test_closed_port_ends_the_call_and_a_chip_that_follows_the_port_hangs_up(ready):
    ready.answered_call()
    ready.modem.close(ready.now)
    ready.chip.port_closed()
    ready.settle()
    assert ready.take(Ended) == [Ended(41)]
    assert not ready.chip.is_off_hook


def test_last_words_before_the_port_is_closed_put_the_line_on_hook(ready):
    ready.answered_call()
    ready.modem.reset(ready.now)
    ready.settle()
    assert not ready.chip.is_off_hook


def test_unplugged_and_plugged_in_again_works_again(ready):
    ready.answered_call()
    ready.modem.close(ready.now)
    ready.chip.power_on()
    ready.modem.start(ready.now)
    ready.wait_for(FxoReady)
    ready.exchange.on_hook()
    ready.answered_call()


def test_data_modem_without_voice_is_told():
    bench = FxoBench()
    bench.chip._do = lambda text, real=bench.chip._do: (  # a chip with other classes
        bench.chip._say("0,1,2") or "OK" if text == "+FCLASS=?" else real(text)
    )
    bench.modem.start(bench.now)
    assert bench.wait_for(FxoFailed) == FxoFailed(FxoFault.NO_VOICE)


def test_modem_that_babbles_is_given_up(ready):
    for _ in range(60):
        ready.chip._out += b"\r\nrubbish\r\n" * 10
        ready.wait(0.1)
    assert FxoFailed(FxoFault.BABBLES) in ready.facts


def test_port_that_takes_nothing_drops_sound_and_keeps_its_delay_bounded(ready):
    ready.answered_call()
    ready.says = ToneSource(1500, level_db=-15)
    ready.stalls = True
    ready.wait(1.5)
    ready.stalls = False
    assert ready.modem.frames_dropped > 50
    ready.wait(1)
    assert len(ready.chip._sound) < 8000 * 0.4
    ready.modem.call.hang_up()
    assert ready.until_released()[1] < 1


# Any cut, any moment.


@pytest.mark.parametrize("most", [1, 2, 3, 7, 50])
def test_octets_cut_anywhere_make_the_same_call(most):
    bench = FxoBench(most=most).start()
    bench.far_end.play_tone(1000, level_db=-15)
    bench.exchange.call_in("29123456")
    bench.wait_for(FxoRinging)
    bench.modem.call.answer()
    bench.wait_for(Answered)
    bench.sound.begin()
    bench.says = ToneSource(1500, level_db=-15)
    bench.wait(2)
    bench.exchange.hang_up()
    released, _ = bench.until_released()
    assert released.by is ReleasedBy.BUSY
    assert bench.take() == [
        FxoRinging(number="29123456"),
        CallerIdNoted(CallerIdTiming.AFTER_RING),
        Answered(),
        released,
        Ended(16),
    ]
    assert find_tone(bytes(bench.heard[6400:]), 1000).longest_gap_ms <= 40
    assert find_tone(bench.far_end.heard[6400:], 1500).longest_gap_ms <= 40


def live(bench: FxoBench, rng: random.Random, steps: int) -> None:
    """A random life: wishes, people and faults at any instant."""

    def dial() -> None:
        if bench.modem.is_free:
            bench.modem.call.dial(rng.choice(("112", "9,29123456", "2w1")))

    def call_in() -> None:
        if bench.exchange.state is LineState.IDLE:
            bench.exchange.call_in(rng.choice(("29123456", "")))

    def replug() -> None:
        bench.modem.close(bench.now)
        bench.chip.power_on()
        bench.modem.start(bench.now)

    def kill() -> None:
        bench.modem.close(bench.now)
        bench.modem.start(bench.now)

    def deaf() -> None:
        bench.cut = True
        bench.wait(rng.choice((0.5, 3.0, 8.0)))
        bench.cut = False

    def refuse() -> None:
        bench.chip.refuses = rng.choice(((), (), ("+VTR",), ("+VLS=1",), ("H",)))

    world = [
        *(dial, dial, call_in, call_in, replug, kill, deaf, refuse),
        *(bench.modem.call.answer, bench.modem.call.answer, bench.modem.call.hang_up, bench.exchange.answer),
        *(bench.exchange.hang_up, lambda: bench.exchange.hang_up(17), bench.exchange.break_loop),
        *(lambda: bench.modem.call.send_digit("5"), lambda: setattr(bench, "stalls", rng.random() < 0.2)),
    ]
    for _ in range(steps):
        rng.choice(world)()
        bench.wait(rng.choice((0.0, 0.02, 0.3, 1.0, 2.5, 7.0)))
        if bench.modem.hook is Hook.FAILED:
            bench.modem.start(bench.now)


def check_life(seed: int, steps: int) -> None:
    rng = random.Random(seed)
    bench = FxoBench(seed=seed, most=rng.choice((3, 40, 400)), cancels_echo=False).start()
    live(bench, rng, steps)
    bench.chip.refuses, bench.stalls, bench.cut = (), False, False
    bench.exchange.hang_up()
    bench.modem.call.hang_up()
    for _ in range(3):
        if bench.modem.hook is Hook.FAILED:
            bench.modem.start(bench.now)
        bench.wait(12)
    assert bench.modem.is_free
    assert not bench.chip.is_off_hook
    begun = 0
    for fact in bench.facts:
        if isinstance(fact, Ended):
            begun = 0
        elif isinstance(fact, FxoRinging):
            assert not begun, "a call begins before the one before ended"
            begun = 1


@pytest.mark.parametrize("seed", range(6))
def test_after_any_life_the_line_is_on_hook(seed):
    check_life(seed, 25)


@pytest.mark.long
def test_after_many_lives_the_line_is_on_hook(long_seed):
    for life in range(300 if os.environ.get("PORTER_LONG") == "full" else 30):
        check_life(long_seed * 1000 + life, 40)
