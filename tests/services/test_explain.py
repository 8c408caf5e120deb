"""What would happen if: the same office and flows, told in sentences."""

import time

import msgspec
import pytest

from appliance.calls.names import Cause
from appliance.calls.story import (
    AcceptAsked,
    Answered,
    Branched,
    CodesOpen,
    HoursLooked,
    HungUp,
    KeyAsked,
    KeysOffered,
    LeftMessage,
    NoAnswer,
    NotRated,
    NotRung,
    Redirected,
    Ringing,
    RouteTaken,
    ScriptLeft,
    ServiceAsked,
    ServiceNotAsked,
    TalkImagined,
    TransferBegan,
    WentRound,
    WrapsUp,
)
from appliance.config.models import (
    Ask,
    Configuration,
    Diversion,
    Go,
    GsmLine,
    HuntStrategy,
    InboundRoute,
    Language,
    RingGroup,
    Script,
)
from appliance.control.team_messages import LiveAgent
from appliance.services.explain import Answer, CannotExplain, Explained, explain, known_agents, parse_answer
from tests.flows.callers import BERZINA, OWN, office_with_contacts
from tests.flows.menus import ORDER, SURVEY, office_with_menus
from tests.flows.offices import CUSTOMER, MOBILE, TUESDAY_NIGHT, TUESDAY_NOON, person, small_office
from tests.flows.test_queue import office_with, queue_of


def facts(explained: Explained) -> list[object]:
    return [told.fact for told in explained.facts]


def test_nobody_answers_and_the_caller_ends_in_voicemail() -> None:
    explained = explain(small_office(), caller=CUSTOMER, line="gsm1", at=TUESDAY_NOON)
    assert explained.sentences == (
        "+37129999999 calls gsm1 over line gsm1.",
        'It is open by the hours "office".',
        'Rule "Main" sends the call to: Sales (otherwise: voicemail of Anna (201)).',
        "Anna (201) is rung (1 phone).",
        "Boris (202) is rung (1 phone).",
        "Dace (203) is rung (1 phone).",
        "Nobody answers within 25 s: Sales.",
        "The caller leaves a voicemail of 10 s: Anna (201).",
        f"{CUSTOMER} hangs up.",
    )
    assert any(isinstance(fact, LeftMessage) and fact.box == "201" for fact in facts(explained))


def test_the_call_arrives_on_the_number_of_its_line() -> None:
    office = msgspec.structs.replace(small_office(), lines={"gsm1": GsmLine(number=MOBILE, simulated=True)})
    explained = explain(office, caller=CUSTOMER, line="gsm1", at=TUESDAY_NOON)
    assert explained.sentences[0] == f"{CUSTOMER} calls {MOBILE} over line gsm1."


def test_after_hours_nobody_is_rung() -> None:
    told = facts(explain(small_office(), caller=CUSTOMER, line="gsm1", at=TUESDAY_NIGHT))
    assert HoursLooked(hours="office", is_open=False) in told
    assert not any(isinstance(fact, Ringing) for fact in told)


def test_without_a_time_the_story_says_that_the_clock_is_not_set() -> None:
    assert HoursLooked("office", True, why="no_clock") in facts(explain(small_office(), caller=CUSTOMER))


def test_somebody_answers_and_the_story_goes_on_to_the_end_of_the_talk() -> None:
    explained = explain(small_office(), caller=CUSTOMER, at=TUESDAY_NOON, answers=[parse_answer("202@8s")])
    assert explained.sentences[-5:] == (
        "Boris (202) answers after 8 s.",
        "The talk with Boris begins; if nothing else is done in it, Boris hangs up after 30 s, and the call is over.",
        "During the talk Boris may key in: ## transfer, *2 ask first and transfer, *3 talk of three, *1 record, "
        "*9 next line of help.",
        "Talk with Boris: 30 s.",
        "Boris hangs up.",
    )


@pytest.mark.parametrize("who", ["keys", "their_keys"])
def test_either_of_two_who_talk_can_be_taken_to_transfer_by_keys(who: str) -> None:
    answers = [Answer("202", 3), Answer("203", 4)]
    told = facts(explain(small_office(), caller="201", dialled="202", answers=answers, **{who: "##203"}))  # type: ignore[arg-type]
    sends = "Anna" if who == "keys" else "Boris"
    assert TransferBegan(sends, "203") in told and TalkImagined("Dace", 30.0) in told
    assert [fact.member for fact in told if isinstance(fact, CodesOpen)] == ["Anna", "Boris", "Dace"]


def test_a_customer_has_no_codes_and_his_keys_change_nothing() -> None:
    answers = [Answer("202", 3), Answer("203", 4)]
    told = facts(explain(small_office(), caller=CUSTOMER, at=TUESDAY_NOON, answers=answers, keys="##203"))
    assert [fact.member for fact in told if isinstance(fact, CodesOpen)] == ["Boris"]
    assert HungUp("Boris", Cause.NORMAL) in told


def test_what_follows_the_talk_of_a_team_is_told_its_survey_and_the_time_to_wrap_up() -> None:
    queue = queue_of("202", wrap_up_seconds=20, rating="satisfaction")
    office = office_with(queue, surveys={"satisfaction": SURVEY})
    told = facts(explain(office, caller=CUSTOMER, at=TUESDAY_NOON, answers=[Answer("202", 3)]))
    assert TalkImagined("202", 30.0, flow="rate_talk") in told
    ends = [fact for fact in told if isinstance(fact, NotRated | HungUp | WrapsUp)]
    assert ends == [NotRated("Satisfaction"), HungUp("porter", Cause.NORMAL), WrapsUp("202", 20.0)]


def test_a_service_is_not_asked_and_both_ways_on_are_told() -> None:
    office = office_with_menus(
        scripts={"order": Script(name="Order", number="850", steps=ORDER, then="extension:201")},
    )
    explained = explain(office, caller="201", dialled="850", keys="47111", answers=[Answer("203", 2)])
    assert ServiceNotAsked("erp.example", answers=True) in facts(explained)
    assert Branched("state", "", otherwise=("step:paid", "ring_group:sales")) in facts(explained)
    (without,) = explained.branches
    assert without[0].fact == ServiceNotAsked("erp.example", answers=False)
    assert ScriptLeft("Order", "extension:203") in [told.fact for told in without]
    assert not any(isinstance(told.fact, ServiceAsked) for told in (*explained.facts, *without))
    assert "It goes on like this if the service erp.example does not answer as it should." in explained.sentences
    assert 'The script "Order" leads to: Dace (203).' in explained.sentences


def test_the_keys_of_a_menu_and_of_a_queue_are_told_once_with_where_they_lead() -> None:
    told = explain(office_with_menus(), caller=CUSTOMER, at=TUESDAY_NOON)
    assert told.sentences.count("Keys lead from here to: 1 → Sales, 2 → Boris (202), 3 → More, 0 → hang up.") == 1
    queue = office_with(queue_of("202", keys={"9": "voicemail:201"}))
    assert KeysOffered((("9", "voicemail:201"),)) in facts(explain(queue, caller=CUSTOMER, at=TUESDAY_NOON))


def test_of_several_services_each_is_told_as_missing_once() -> None:
    ask = Ask(url="http://a.example/", answers=("x",), failed="extension:202")
    steps = (ask, msgspec.structs.replace(ask, url="http://b.example/"), Go(to="extension:203"))
    office = small_office(scripts={"ask": Script(name="Ask", number="850", steps=steps)})
    explained = explain(office, caller="201", dialled="850")
    assert [branch[0].fact for branch in explained.branches] == [
        ServiceNotAsked("a.example", answers=False),
        ServiceNotAsked("b.example", answers=False),
    ]
    assert ServiceNotAsked("b.example", answers=True) not in [told.fact for told in explained.branches[0]]


@pytest.mark.parametrize("who", ["sales", "600"])
def test_a_group_answers_by_one_of_its_members(who: str) -> None:
    told = facts(explain(small_office(), caller=CUSTOMER, at=TUESDAY_NOON, answers=[Answer(who, 8)]))
    assert any(isinstance(fact, Answered) and fact.after_seconds == 8 for fact in told)


def test_a_group_that_rings_in_turn_is_told_in_turn() -> None:
    groups = {
        "sales": RingGroup(
            name="Sales", number="600", members=("201", "202"), strategy=HuntStrategy.LINEAR, ring_seconds=10
        )
    }
    explained = explain(small_office(ring_groups=groups), caller=CUSTOMER, at=TUESDAY_NOON, answers=[Answer("202", 3)])
    rung = [told.at for told in explained.facts if isinstance(told.fact, Ringing)]
    assert rung == [0, 10]
    assert Answered("202", 13) in facts(explained)


def test_who_is_paused_now_is_not_rung_in_the_explanation_either() -> None:
    state = {
        "name": "",
        "is_wrapping_up": False,
        "calls_today": 0,
        "paused_since": None,
        "teams": {"ring_group:sales": True},
    }
    agents = known_agents(
        [
            LiveAgent(**{**state, "number": "201", "pause_reason": "Lunch"}),  # type: ignore[arg-type]
            LiveAgent(**{**state, "number": "202", "pause_reason": None, "teams": {"ring_group:sales": False}}),  # type: ignore[arg-type]
        ]
    )
    told = facts(explain(small_office(), caller=CUSTOMER, at=TUESDAY_NOON, agents=agents))
    assert {fact for fact in told if isinstance(fact, NotRung)} == {
        NotRung("201", "paused"),
        NotRung("202", "logged out"),
    }
    assert [fact.member for fact in told if isinstance(fact, Ringing)] == ["203"]


def test_a_forward_outside_is_accepted_with_a_key() -> None:
    told = facts(explain(small_office(), caller="201", dialled="203", answers=[Answer(MOBILE, 5)]))
    assert AcceptAsked(member=MOBILE, accepted=True) in told
    assert NoAnswer(group="Dace", seconds=10) in told


def test_help_is_reached_unless_told_otherwise() -> None:
    office = small_office()
    assert Answered("112", 3) in facts(explain(office, caller="201", dialled="112"))
    assert Answered("112", 8) in facts(explain(office, caller="201", dialled="112", answers=[Answer("112", 8)]))


def test_phones_that_are_not_connected_can_be_assumed() -> None:
    told = facts(explain(small_office(), caller="201", dialled="202", phones={"201": 1}))
    assert Ringing("202", 0) in told


def test_the_story_is_told_in_the_language_asked_for() -> None:
    for language in Language:
        said = explain(small_office(), caller="", at=TUESDAY_NIGHT, language=language).sentences
        assert len(said) >= 4
    assert explain(small_office(language=Language.RU), caller="").sentences[0].startswith("Скрытый номер звонит")


def test_keys_reach_what_answered() -> None:
    told = explain(small_office(), caller=CUSTOMER, at=TUESDAY_NIGHT, keys="1###").sentences
    assert any("leaves no voicemail" in said for said in told)


def test_destinations_that_lead_to_each_other_end() -> None:
    office = small_office(
        extensions={
            "201": person("Anna", "201", divert=Diversion(always="extension:202")),
            "202": person("Boris", "202", divert=Diversion(always="extension:201")),
        }
    )
    round_trip = ("extension:202", "extension:201", "extension:202")
    assert WentRound(round_trip) in facts(explain(office, caller="201", dialled="202"))


def test_a_known_caller_is_explained_with_who_is_responsible() -> None:
    explained = explain(office_with_contacts(), caller=BERZINA, at=TUESDAY_NIGHT, answers=[Answer("201", 20)])
    assert explained.sentences[:6] == (
        f"{BERZINA} calls {OWN} over line gsm1.",
        "The caller is Anna Berzina, who matters especially.",
        'It is closed by the hours "office".',
        f"{BERZINA} may ring people although it is closed.",
        'Rule "Main" sends the call to: Sales (otherwise: voicemail of Anna (201)).',
        "Boris (202) is responsible for the caller and is rung first.",
    )
    assert Answered(member="201", after_seconds=20.0) in facts(explained)


def test_a_withheld_caller_is_explained_with_the_key_he_must_press() -> None:
    office = office_with_contacts(withheld="challenge")
    assert KeyAsked(passed=False) in facts(explain(office, caller="", at=TUESDAY_NOON))
    assert KeyAsked(passed=True) in facts(explain(office, caller="", at=TUESDAY_NOON, keys="5"))


def test_a_call_diverted_to_us_is_explained_with_where_it_comes_from() -> None:
    routes = (InboundRoute(name="For Boris", redirected_from=MOBILE, to="extension:202"),)
    told = facts(explain(office_with_contacts(routes=routes), caller=CUSTOMER, redirected_from=MOBILE))
    assert Redirected(redirected_from=MOBILE) in told and RouteTaken("extension:202", "For Boris") in told


def test_an_office_without_lines_can_be_asked_too() -> None:
    bare = Configuration(name="Bare", default_desk="extension:201", extensions={"201": person("Anna", "201")})
    assert RouteTaken("extension:201", "default") in facts(explain(bare, caller=CUSTOMER))


def test_questions_about_what_is_not_there_are_refused_with_what_there_is() -> None:
    with pytest.raises(CannotExplain, match="gsm1"):
        explain(small_office(), caller=CUSTOMER, line="gsm7")
    with pytest.raises(CannotExplain, match="sales"):
        explain(small_office(), caller=CUSTOMER, answers=[Answer("buyers", 1)])
    with pytest.raises(CannotExplain, match="201, 202"):
        explain(small_office(), caller="299", dialled="201")


@pytest.mark.parametrize("text", ["", "sales", "@8", "sales@", "sales@x", "sales@8m", "sales @8"])
def test_who_answers_when_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(CannotExplain, match="sales@8s"):
        parse_answer(text)


def test_asking_takes_no_time() -> None:
    explain(small_office(), caller=CUSTOMER)
    began = time.perf_counter()
    explain(small_office(), caller=CUSTOMER, at=TUESDAY_NOON)
    assert time.perf_counter() - began < 1


def test_asking_leaves_the_configuration_as_it_was_and_tells_the_same_again() -> None:
    office = small_office()
    first, again = (explain(office, caller=CUSTOMER, at=TUESDAY_NOON) for _ in range(2))
    assert first == again and office == small_office()


def test_the_way_out_of_a_dialled_number_is_told_with_its_route() -> None:
    told = explain(small_office(), caller="201", dialled="29999999").sentences
    assert f"{CUSTOMER} goes out by the route “All”: gsm1." in told


def test_a_number_that_may_not_be_dialled_is_told_with_the_setting_that_allows_it() -> None:
    told = explain(small_office(), caller="201", dialled="00442079460018").sentences
    assert "+442079460018 is not dialled: this extension may not call abroad (`may_dial: international`)." in told
