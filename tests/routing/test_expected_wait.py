"""The expected wait, against what can be reckoned by hand, and against queues played through."""

import random

import pytest

from appliance.routing.expected_wait import Ahead, Seen, expected_wait

MINUTE = Seen(handling=(60.0, 30.0, 90.0))


@pytest.mark.parametrize(
    ("seen", "ahead", "expected"),
    [
        (Seen(), Ahead(waiting=0, agents=2, free=1), 0.0),
        (Seen(), Ahead(waiting=1, agents=2, free=1), None),
        (Seen(handling=(60.0, 60.0)), Ahead(waiting=0, agents=1, free=0), None),
        (MINUTE, Ahead(waiting=0, agents=0, free=0), None),
        (MINUTE, Ahead(waiting=0, agents=1, free=0), 60.0),
        (MINUTE, Ahead(waiting=0, agents=4, free=0), 15.0),
        (MINUTE, Ahead(waiting=9, agents=10, free=0), 60.0),
        (MINUTE, Ahead(waiting=2, agents=10, free=2), 6.0),
        (Seen(handling=(0.0, 0.0, 0.0)), Ahead(waiting=0, agents=1, free=0), 1.0),
        (Seen(handling=MINUTE.handling, waits=(30.0, 90.0), given_up=2), Ahead(waiting=1, agents=1, free=0), 90.0),
    ],
)
def test_the_expected_wait(seen: Seen, ahead: Ahead, expected: float | None) -> None:
    assert expected_wait(seen, ahead) == (pytest.approx(expected) if expected is not None else None)


@pytest.mark.parametrize(("agents", "waiting"), [(1, 0), (1, 5), (5, 0), (5, 20), (10, 27)])
def test_it_is_right_on_the_average_where_talks_are_as_the_model_has_them(agents: int, waiting: int) -> None:
    """Talks of exponential lengths, all agents busy, nobody gives up."""
    chance = random.Random(20261127)
    waits = []
    for _ in range(3000):
        free_at = [chance.expovariate(1 / 60) for _ in range(agents)]
        for _ in range(waiting):
            first = min(range(agents), key=free_at.__getitem__)
            free_at[first] += chance.expovariate(1 / 60)
        waits.append(min(free_at))
    expected = expected_wait(Seen(handling=(60.0,) * 100), Ahead(waiting=waiting, agents=agents, free=0))
    assert expected == pytest.approx(sum(waits) / len(waits), rel=0.06)
