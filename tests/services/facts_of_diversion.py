"""One of each fact about diversions, for the tests of stories."""

from appliance.calls.story import AnyStoryFact, DiversionRefused, DiversionSet, Diverted, DoNotDisturbSet, HoursSwitched
from tests.flows.offices import MOBILE

ONE_OF_EACH: list[AnyStoryFact] = [
    Diverted("203", "no_answer", f"outside:{MOBILE}"),
    DiversionSet("203", "always", f"outside:{MOBILE}"),
    DiversionSet("203", "no_answer", f"outside:{MOBILE}", 20.0),
    DiversionSet("203", "all"),
    DiversionRefused("203", "112", "no-number"),
    DoNotDisturbSet("203", True),
    DoNotDisturbSet("203", False),
    HoursSwitched("", True, "203"),
    HoursSwitched("", False, "203"),
    HoursSwitched("office", True, "203"),
    HoursSwitched("office", False, "203"),
]
