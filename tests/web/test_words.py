"""What the page calls things: nothing that happens in an office is without words."""

import importlib
import inspect
import pkgutil
import re

import appliance.flows
from appliance.calls.talk import talk
from web.words import STEPS

_BEGUN = re.compile(r"\bNext\((\w+)")


def steps() -> set[str]:
    """The flows that calls take as steps."""
    found = {talk.__name__}
    for module in pkgutil.iter_modules(appliance.flows.__path__, "appliance.flows."):
        names = vars(importlib.import_module(module.name))
        begun = _BEGUN.findall(inspect.getsource(importlib.import_module(module.name)))
        found |= {name for name in begun if inspect.iscoroutinefunction(names.get(name))}
    return found


def test_every_step_of_a_call_has_words() -> None:
    assert {"attendant", "wait_in_queue", "ring_group"} <= steps()
    assert steps() - set(STEPS) == set()
