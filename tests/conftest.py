"""Coroutine tests run under Trio: on the virtual clock, or on the real one where a test is marked `real`."""

import datetime
import functools
import inspect
import os

import pytest
import trio
import trio.testing


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    wanted = pyfuncitem._fixtureinfo.argnames
    test = functools.partial(pyfuncitem.obj, **{name: pyfuncitem.funcargs[name] for name in wanted})
    is_real = pyfuncitem.get_closest_marker("real") is not None
    trio.run(test, clock=None if is_real else trio.testing.MockClock(autojump_threshold=0))
    return True


@pytest.fixture
def long_seed() -> int:
    """The seed of a long campaign: PORTER_SEED to replay one, otherwise another every day."""
    return int(os.environ.get("PORTER_SEED") or datetime.date.today().toordinal())
