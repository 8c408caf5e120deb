"""One of each fact about callers, for the tests of stories."""

from appliance.calls.story import (
    AnyStoryFact,
    BlockListChanged,
    CallerKnown,
    CameBack,
    CustomerNumberAsked,
    Greeted,
    KeyAsked,
    NameAsked,
    NightCaller,
    OwnNumberCalled,
    Redirected,
    ResponsibleFirst,
    Screened,
    WentRound,
)
from appliance.routing.screening import Verdict
from tests.flows.offices import CUSTOMER, MOBILE

ONE_OF_EACH: list[AnyStoryFact] = [
    CallerKnown("Anna Berzina"),
    CallerKnown("Anna Berzina", is_vip=True),
    Redirected(MOBILE),
    *(Screened(verdict, "unknown") for verdict in Verdict),
    NightCaller(CUSTOMER),
    KeyAsked(True),
    KeyAsked(False),
    NameAsked(True),
    NameAsked(False),
    CustomerNumberAsked("4711", "Anna Berzina"),
    CustomerNumberAsked("4712"),
    CustomerNumberAsked(""),
    Greeted("Anna Berzina"),
    ResponsibleFirst("202", "contacts"),
    ResponsibleFirst("202", "last_talk"),
    ResponsibleFirst("202", "help"),
    OwnNumberCalled("+37160000000", "gsm1"),
    WentRound(("extension:201", "extension:202", "extension:201")),
    CameBack("gsm1"),
    BlockListChanged(CUSTOMER, True),
    BlockListChanged(CUSTOMER, False),
]
