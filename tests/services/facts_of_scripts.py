"""One of each fact about scripts and surveys, for the tests of stories."""

from appliance.calls.story import (
    AnyStoryFact,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentFailed,
    Branched,
    DigitsCollected,
    LowMarkTold,
    NothingCollected,
    NotRated,
    Rated,
    ReadBack,
    ScriptBegan,
    ScriptLeft,
    ServiceAsked,
)
from tests.flows.offices import MOBILE

ONE_OF_EACH: list[AnyStoryFact] = [
    ScriptBegan("Order"),
    DigitsCollected("order", "4711"),
    DigitsCollected("pin", ""),
    NothingCollected("order"),
    ServiceAsked("erp.example", 0.4),
    ServiceAsked("erp.example", 5.0, "too slow"),
    ReadBack(True),
    ReadBack(False),
    Branched("state", "paid"),
    Branched("state", "", ("step:late", "hang_up")),
    ScriptLeft("Order", "extension:201"),
    Rated("Satisfaction", 4),
    Rated("Satisfaction", 1, "Boris"),
    NotRated("Satisfaction"),
    LowMarkTold(MOBILE),
    AppointmentBooked("doctor", "2026-11-30 09:00"),
    AppointmentCancelled("doctor", "2026-11-30 09:00"),
    *(AppointmentFailed("doctor", why) for why in ("taken", "none free", "none chosen", "clock", "store")),
]
