"""Every step a call can take has words in every language. They are found in the code, so no new one can lack them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import appliance
from appliance.calls.names import Outcome
from appliance.calls.story import StepBegan, StepEnded
from appliance.config.models import Language, TalkFeature
from appliance.flows.in_call import STEPS
from appliance.services.story import sentence, words_of_stories

SOURCE = Path(appliance.__file__).parent


def steps_named_in_the_code() -> Iterator[str]:
    """The first argument of every `Next(…)` and `….redirect(…)`, where it is a flow by its name."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id="Next") | ast.Attribute(attr="redirect"), args=[ast.Name(id=flow), *_]):
                    yield flow


FLOWS = sorted({*steps_named_in_the_code(), *(step.__name__ for step in STEPS.values())} - {"flow"})  # type: ignore[attr-defined]


def test_the_steps_are_found() -> None:
    assert {"talk", "reach", "wait_in_queue", "my_mail", "consult", "_after_person"} <= set(FLOWS)
    assert len(FLOWS) > 50


@pytest.mark.parametrize("flow", FLOWS)
def test_every_step_is_told_in_words_of_every_language(flow: str) -> None:
    assert f"flow.{flow}" in words_of_stories().words
    for fact in (StepBegan(flow), StepEnded(flow, Outcome.NO_ANSWER)):
        told = {sentence(fact, language, {}) for language in Language}
        assert len(told) == len(Language) and not any(flow in said for said in told if "_" in flow)


@pytest.mark.parametrize("feature", list(TalkFeature))
def test_every_code_of_a_talk_has_words(feature: TalkFeature) -> None:
    assert f"codes.{feature}" in words_of_stories().words
