"""One of each fact about calls that leave the house, for the tests of stories."""

from appliance.calls.story import AnyStoryFact, LimitEnded, LineSpent, WayOutChosen, WayOutRefused
from appliance.routing.outbound import WhyNot
from tests.flows.offices import CUSTOMER

ONE_OF_EACH: list[AnyStoryFact] = [
    WayOutChosen(CUSTOMER, "Mobiles", ("gsm2", "gsm1")),
    *(WayOutRefused(CUSTOMER, why, "extension:201") for why in WhyNot if why is not WhyNot.NO_ROUTE),
    LineSpent("gsm1", "minutes"),
    LimitEnded(CUSTOMER, "office", "money"),
]
