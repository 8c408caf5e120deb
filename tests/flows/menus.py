"""An office with an auto attendant, for tests of menus and scripts."""

import msgspec

from appliance.config.models import (
    Ask,
    Branch,
    Collect,
    Configuration,
    Confirm,
    Go,
    InboundRoute,
    Language,
    Menu,
    Say,
    Survey,
)
from tests.flows.offices import MOBILE, small_office

MAIN = Menu(
    name="Main menu",
    number="800",
    greeting={
        Language.EN: "For sales press 1, for Boris 2, for more 3, to spell a name 9.",
        Language.LV: "Pārdošanai spiediet 1, Borisam 2, vairāk 3, vārdam 9.",
    },
    keys={"1": "ring_group:sales", "2": "extension:202", "3": "menu:more", "0": "hang_up"},
    dial_by_name="9",
    repeat="*",
    languages={"8": Language.LV},
    silence="extension:201",
    invalid="voicemail:201",
)
MORE = Menu(
    name="More",
    greeting={Language.EN: "For Dace press 1, to go back press star."},
    keys={"1": "extension:203"},
    dial_extensions=False,
    back="*",
    tries=2,
)
EN = Language.EN
MENUS = {"main": MAIN, "more": MORE}

ERP = "http://erp.example/orders"

ORDER = (
    Collect(
        label="number",
        text={EN: "Your order number."},
        into="order",
        least=4,
        most=4,
        otherwise="extension:202",
    ),
    Confirm(text={EN: "{order:digits}. Right: 1, wrong: 2."}, no="step:number"),
    Ask(url=f"{ERP}/{{order}}?from={{caller}}", answers=("state", "due"), failed="extension:203"),
    Branch(value="state", cases={"paid": "step:paid", "late": "ring_group:sales"}),
    Say(text={EN: "It is due on {due}."}),
    Go(to="hang_up"),
    Say(label="paid", text={EN: "It is paid."}),
)
SURVEY = Survey(name="Satisfaction", question={Language.EN: "How was it, 1 to 5?"}, alert=(MOBILE,))


def office_with_menus(main: dict[str, object] | None = None, **changes: object) -> Configuration:
    """The small office, whose callers hear a menu.

    Args:
        main: What is different about the first menu.
    """
    menus = {**MENUS, "main": msgspec.structs.replace(MAIN, **(main or {}))}
    routes = (InboundRoute(name="Main", line="gsm1", to="menu:main"),)
    return small_office(**{"menus": menus, "inbound_routes": routes, **changes})
