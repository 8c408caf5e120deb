"""Coroutine tests run under Trio: on the virtual clock, or on the real one where a test is marked `real`."""

import datetime
import functools
import inspect
import os
from collections.abc import Awaitable, Callable

import hypothesis
import pytest
import trio
import trio.testing

hypothesis.settings.register_profile("porter", deadline=None)
hypothesis.settings.load_profile("porter")
# How long an example takes says more of the other work on the machine than of the code.

REAL_SECONDS = 240.0
"""Longer no test with real phones and servers takes, long campaigns of the edge apart, which are no coroutines."""


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = pyfuncitem._fixtureinfo.argnames
    test = functools.partial(pyfuncitem.obj, **{name: pyfuncitem.funcargs[name] for name in wanted})
    if pyfuncitem.get_closest_marker("real") is not None:
        trio.run(within_deadline, test)
    else:
        trio.run(test, clock=trio.testing.MockClock(autojump_threshold=0))
    return True


async def within_deadline(test: Callable[[], Awaitable[None]]) -> None:
    """A test that waits for what never comes fails, rather than holding all others up."""
    with trio.fail_after(REAL_SECONDS):
        await test()


@pytest.fixture
def long_seed() -> int:
    """The seed of a long campaign: PORTER_SEED to replay one, otherwise another every day."""
    return int(os.environ.get("PORTER_SEED") or datetime.date.today().toordinal())
