"""What can be wrong with a script or a survey."""

from typing import Any

import pytest

from appliance.config.loading import check, export, find_warnings, from_plain, parse, to_plain
from appliance.config.mistakes import ConfigurationInvalid
from tests.flows.test_scripts import office


def test_a_script_is_read_and_written_the_same() -> None:
    whole = office()
    assert check(whole) == () and find_warnings(whole) == ()
    assert parse(export(whole)) == whole


def wrong(*steps: dict[str, Any], **settings: Any) -> dict[str, str | None]:
    """Path below the script → "did you mean", of all that is wrong with it."""
    data = to_plain(office())
    data["scripts"]["order"] |= {"steps": list(steps), **settings}
    try:
        from_plain(data)
    except ConfigurationInvalid as refused:
        return {mistake.path.removeprefix("scripts.order."): mistake.did_you_mean for mistake in refused.mistakes}
    return {}


SAY = {"do": "say", "text": {"en": "Hello."}}
COLLECT = {"do": "collect", "text": {"en": "Your order."}, "into": "order"}
ASK = {"do": "ask", "url": "http://erp/x"}


@pytest.mark.parametrize(
    ("steps", "mistakes"),
    [
        ([], {"steps": None}),
        ([{"do": "sya", "text": {"en": "Hello."}}], {"steps.1.do": "say"}),
        ([{"text": {"en": "Hello."}}], {"steps.1.do": None}),
        ([{"do": "say", "text": {}}], {"steps.1.text": None}),
        ([{"do": "say", "text": {"en": "{ordre}"}}, COLLECT], {"steps.1.text.en": "order"}),
        ([COLLECT | {"least": 5, "most": 4}], {"steps.1.least": None}),
        ([COLLECT | {"otherwise": "step:gone"}], {"steps.1.otherwise": None}),
        ([COLLECT | {"otherwise": "extension:999"}], {"steps.1.otherwise": None}),
        ([COLLECT | {"label": "a"}, SAY | {"label": "a"}], {"steps.2.label": None}),
        ([COLLECT | {"label": "number"}, {"do": "go", "to": "step:numbr"}], {"steps.2.to": "step:number"}),
        ([ASK | {"url": "ftp://erp/x"}], {"steps.1.url": None}),
        ([ASK | {"url": "http://{caller}/x"}], {"steps.1.url": None}),
        ([ASK | {"url": "http://erp/{ordr}"}, COLLECT], {"steps.1.url": "order"}),
        ([ASK | {"send": ["pin"]}], {"steps.1.send.1": None}),
        ([{"do": "branch", "value": "state", "cases": {}}, ASK | {"answers": ["state"]}], {}),
        ([{"do": "branch", "value": "sate", "cases": {}}, ASK | {"answers": ["state"]}], {"steps.1.value": "state"}),
        ([{"do": "rate", "survey": "satisfation"}], {"steps.1.survey": "satisfaction"}),
        ([{"do": "confirm", "text": {"en": "Right?"}, "no": "script:ordr"}], {"steps.1.no": "script:order"}),
    ],
)
def test_every_mistake_is_told_with_its_place(steps: list[dict[str, Any]], mistakes: dict[str, str | None]) -> None:
    assert wrong(*steps) == mistakes


def test_a_script_that_leads_to_itself_is_a_circle() -> None:
    assert wrong(SAY, then="script:order") == {"then": None}


def test_a_team_asks_a_survey_that_exists_and_asks_something() -> None:
    data = to_plain(office())
    data["ring_groups"]["sales"]["rating"] = "satisfation"
    data["surveys"]["satisfaction"]["question"] = {}
    with pytest.raises(ConfigurationInvalid) as refused:
        from_plain(data)
    found = {mistake.path: mistake.did_you_mean for mistake in refused.value.mistakes}
    assert found == {"ring_groups.sales.rating": "satisfaction", "surveys.satisfaction.question": None}
