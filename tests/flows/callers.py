"""An office that knows its callers, for tests of screening and of the contact manager."""

import msgspec

from appliance.config.models import (
    Configuration,
    Contact,
    ContactManager,
    GsmLine,
    InboundRoute,
    Language,
    Screening,
)
from tests.flows.offices import small_office

BERZINA = "+37126000001"
IVANOV = "+37126000002"
PEST = "+37126666666"
SPAMMER = "+37190000001"
OWN = "+37160000000"

CONTACTS = {
    "berzina": Contact(
        name="Anna Berzina",
        numbers=(BERZINA,),
        vip=True,
        responsible="202",
        customer_number="4711",
        lists=("key-accounts",),
        rings_at_night=True,
    ),
    "ivanov": Contact(name="Ivan Ivanov", numbers=(IVANOV,), language=Language.RU, customer_number="4712"),
    "pest": Contact(name="A Pest", numbers=(PEST,), blocked=True),
}


def office_with_contacts(
    *, manager: ContactManager | None = None, routes: tuple[InboundRoute, ...] | None = None, **screening: object
) -> Configuration:
    """The small office with contacts, a line that knows its number, and doubtful callers."""
    changes: dict[str, object] = {"inbound_routes": routes} if routes is not None else {}
    return small_office(
        contacts=CONTACTS,
        contact_lists=("key-accounts",),
        regions={"riga": ("+3716",)},
        contact_manager=manager or ContactManager(),
        screening=msgspec.convert({"spam": ("+37190*",), **screening}, Screening),
        lines={"gsm1": GsmLine(number=OWN, simulated=True), "gsm2": GsmLine(simulated=True)},
        **changes,
    )
