"""What can be wrong with the prompts an office records itself."""

from appliance.config.loading import check, export, parse
from appliance.config.models import Configuration, Language, OfficePrompt
from appliance.routing.prompts import PromptSpoken, prompt_at
from tests.flows.menus import office_with_menus

WELCOME = OfficePrompt(numbers={Language.EN: "1", Language.LV: "2"})


def office(recorded: str = "welcome", **prompts: OfficePrompt) -> Configuration:
    return office_with_menus(main={"recorded": recorded}, prompts={"welcome": WELCOME, **prompts})


def test_prompts_are_read_and_written_the_same() -> None:
    assert check(office()) == () and parse(export(office())) == office()


def test_a_number_means_one_recording() -> None:
    (mistake,) = check(office(closed=OfficePrompt(numbers={Language.LV: "2"})))
    assert mistake.path == "prompts.closed.numbers.lv"
    assert mistake.cause == "2 is already the number of the prompt welcome in lv."


def test_a_menu_names_a_prompt_that_is_there() -> None:
    (mistake,) = check(office(recorded="welcom"))
    assert (mistake.path, mistake.did_you_mean) == ("menus.main.recorded", "welcome")


def test_a_number_is_a_prompt_in_one_language() -> None:
    assert prompt_at(office(), "2") == PromptSpoken("welcome", Language.LV)
    assert prompt_at(office(), "3") is None and prompt_at(office(), "") is None
