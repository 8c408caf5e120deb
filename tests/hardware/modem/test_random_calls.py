"""Random lives of a modem: wishes, people and faults at any instant. What must hold: a call that began ends once
before the next begins, and when all is quiet the engine and the stick agree that there is none."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.modem.facts import Alerting, Answered, Dialing, Ended, Ringing, SmsFailed, SmsSent
from hardware.modem.gsm import ModemState
from hardware.simulators.kinds import KINDS

NUMBER = "+37120000001"


def live(bench, rng: random.Random, steps: int) -> set[str]:
    """A random life; the ids of the SMS asked for."""
    asked: set[str] = set()

    def dial() -> None:
        if bench.modem.is_ready and bench.modem.is_free:
            bench.modem.call.dial(NUMBER)

    def call_in() -> None:
        if not bench.stick.has_call and bench.stick.registration == 1:
            bench.stick.call_in(NUMBER, bench.now)

    def send() -> None:
        asked.add(str(len(asked)))
        bench.send_sms(str(len(asked) - 1), NUMBER, "x" * rng.choice((5, 150)))

    def replug() -> None:
        bench.modem.close(bench.now)
        bench.stick.restart()
        bench.stick.take_events()
        bench.modem.start(bench.now)

    def deaf() -> None:
        bench.cut = True
        bench.wait(rng.choice((0.5, 3.0, 8.0)))
        bench.cut = False

    world = [
        *(dial, dial, call_in, call_in, send, bench.modem.call.answer, bench.modem.call.answer),
        *(bench.modem.call.hang_up, bench.stick.remote_rings, bench.stick.remote_answers),
        *(bench.stick.remote_ends, lambda: bench.stick.remote_ends(17), replug, deaf),
        *(lambda: bench.stick.set_registration(2), lambda: bench.stick.set_registration(1)),
        lambda: bench.modem.call.send_digit("5"),
    ]
    for _ in range(steps):
        rng.choice(world)()
        for _ in range(rng.randrange(3)):
            rng.choice(world)()
        if rng.random() < 0.7:
            bench.settle()
        if rng.random() < 0.5:
            bench.wait(rng.choice((0.01, 0.3, 1.0, 2.5, 7.0)))
        if bench.modem.state is ModemState.FAILED:
            bench.modem.start(bench.now)
    return asked


def assert_calls_in_order(facts) -> None:
    phase = "free"
    after = {
        ("free", Ringing): "ringing",
        ("free", Dialing): "dialing",
        ("dialing", Alerting): "dialing",
        ("dialing", Answered): "up",
        ("ringing", Answered): "up",
    }
    for fact in facts:
        if isinstance(fact, Ended):
            phase = "free"
        elif isinstance(fact, Ringing | Dialing | Alerting | Answered):
            assert (phase, type(fact)) in after, f"{type(fact).__name__} while {phase}: {facts}"
            phase = after[phase, type(fact)]
    assert phase == "free"


def check(bench, seed: int, steps: int) -> None:
    rng = random.Random(seed)
    bench.start()
    asked = live(bench, rng, steps)
    bench.cut = False
    bench.stick.registration = 1
    bench.modem.call.hang_up()
    bench.stick.remote_ends()
    bench.wait(60.0)
    if bench.modem.state is ModemState.FAILED:
        bench.start()
    bench.wait(90.0)
    assert bench.modem.is_ready
    assert bench.modem.is_free
    assert not bench.stick.has_call
    assert_calls_in_order(bench.facts)
    done = [fact.id for fact in bench.facts if isinstance(fact, SmsSent | SmsFailed)]
    assert sorted(done) == sorted(asked)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(KINDS)), st.integers(0, 2**32), st.integers(1, 60))
def test_random_lives_end_with_engine_and_stick_agreeing(new_bench, kind, seed, steps):
    check(new_bench(kind=kind, most=7, seed=seed), seed, steps)


@pytest.mark.long
def test_many_random_lives(new_bench, long_seed):
    kinds = sorted(KINDS)
    for seed in range(long_seed, long_seed + 1000):
        check(new_bench(kind=kinds[seed % len(kinds)], most=7, seed=seed), seed, 60)
