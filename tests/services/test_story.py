"""Stories in sentences: every fact, in every language."""

import re
import typing

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.calls.names import CallId, Cause, Outcome
from appliance.calls.story import (
    AcceptAsked,
    AgentSwitched,
    Announced,
    Answered,
    AnyStoryFact,
    Briefed,
    Broke,
    CallbackBegan,
    CallbackExpired,
    CallbackInVain,
    CallbackKept,
    CallbackPromised,
    CallbackRefused,
    CallbackWished,
    CallBegan,
    CameTooFar,
    ConsultBegan,
    ConsultFailed,
    DoorAsked,
    EnteredRoom,
    ForwardedMessage,
    ForwardTried,
    GreetingChanged,
    HoursLooked,
    HungUp,
    HuntBegan,
    Joined,
    KeptInside,
    LeftMessage,
    LeftRoom,
    LegFailed,
    Lifted,
    ListenedToMail,
    MailboxFull,
    NoAgent,
    NoAnswer,
    NobodyToRing,
    NoMessage,
    NotRung,
    OffHold,
    OnHold,
    Paged,
    Parked,
    ParkEnded,
    PartyAdded,
    PartyLeft,
    PromptRecorded,
    PromptRestored,
    PutThroughFailed,
    QueueEntered,
    QueueKeyPressed,
    QueueLeft,
    QueueServed,
    RecordingBegan,
    RecordingEnded,
    RecordingRefused,
    Ringing,
    RouteTaken,
    StepBegan,
    StepEnded,
    Supervised,
    Talked,
    TookBack,
    TransferBegan,
    TransferFailed,
    WentOver,
)
from appliance.config.models import Language, Mailbox
from appliance.routing.supervision import Mode
from appliance.services.story import names_of, sentence, sentences, words_of_stories
from tests.flows.offices import CUSTOMER, small_office
from tests.services import (
    facts_of_attendant,
    facts_of_callers,
    facts_of_diversion,
    facts_of_doors,
    facts_of_explanations,
    facts_of_scripts,
    facts_of_ways_out,
)

EN, LV, UK, RU = Language.EN, Language.LV, Language.UK, Language.RU
NAMES = names_of(small_office())

ONE_OF_EACH: list[AnyStoryFact] = [
    CallBegan("", "gsm1", "gsm1"),
    CallBegan("201", "202"),
    RouteTaken("ring_group:sales", "Main", ("voicemail:201",)),
    RouteTaken("outside:+37120000001", "Main"),
    RouteTaken("extension:201", "default"),
    RouteTaken("hang_up", "number-unknown"),
    HoursLooked("office", True),
    HoursLooked("office", False),
    HoursLooked("office", True, why="no_clock"),
    HoursLooked("office", True, why="special"),
    HoursLooked("office", False, why="special"),
    HoursLooked("office", False, why="date"),
    HoursLooked("office", False, why="holiday", name="Līgo diena"),
    HoursLooked("office", False, why="calendar", name="Summer party"),
    HoursLooked("office", True, why="hand"),
    HoursLooked("office", False, why="hand"),
    HoursLooked("office", True, why="hand", until="2026-11-30 09:00"),
    HoursLooked("office", False, why="hand", until="2026-11-30 09:00"),
    *facts_of_callers.ONE_OF_EACH,
    *facts_of_diversion.ONE_OF_EACH,
    *facts_of_doors.ONE_OF_EACH,
    *facts_of_ways_out.ONE_OF_EACH,
    EnteredRoom("Monday", 3),
    LeftRoom("Monday", 65.0),
    Paged("Sales", 2),
    Paged("Sales", 0),
    *facts_of_attendant.ONE_OF_EACH,
    *facts_of_scripts.ONE_OF_EACH,
    *facts_of_explanations.ONE_OF_EACH,
    StepBegan("ring_group"),
    StepEnded("ring_group", Outcome.NO_ANSWER),
    Ringing("202", 2),
    Ringing("202", 0),
    NotRung("202", "do not disturb"),
    LegFailed("202", Cause.BUSY),
    Answered("202", 5.4),
    NoAnswer("Sales", 25.0),
    Talked("Boris", 65.0),
    CallbackWished("202"),
    OnHold("Boris"),
    OffHold("Boris"),
    TransferBegan("Anna", "203"),
    TransferBegan("Anna", "Boris", attended=True),
    TransferFailed("203", Outcome.BUSY),
    Joined("Anna", CallId("7")),
    WentOver("Anna", CallId("7")),
    Parked("71", "201"),
    ParkEnded("71", 90.0),
    LeftMessage("201", 3725.0),
    NoMessage("201"),
    MailboxFull("201"),
    ForwardedMessage("201", "202"),
    GreetingChanged("201", "busy"),
    ListenedToMail("201", 2),
    PromptRecorded("welcome", "lv", 12.0),
    PromptRestored("welcome", "lv"),
    ForwardTried("+37120000001", "gsm1"),
    AcceptAsked("+37120000001", True),
    AcceptAsked("+37120000001", False),
    DoorAsked("front", "201", True),
    DoorAsked("front", "201", False, "too many tries"),
    Announced("goodbye"),
    ConsultBegan("Anna", "202"),
    ConsultFailed("202", Outcome.BUSY),
    TookBack("Anna"),
    PartyAdded("Anna", "Boris"),
    PartyLeft("Anna"),
    *(Supervised("Dace", "Anna", mode) for mode in Mode),
    RecordingBegan("Anna"),
    RecordingBegan(""),
    RecordingEnded("7.1", 65.0),
    RecordingRefused("Anna", "never recorded"),
    RecordingRefused("", "The disk is full."),
    PutThroughFailed("+37120000001", ("gsm1", "gsm2")),
    PutThroughFailed("+37120000001", ()),
    HuntBegan("Sales", "round_robin", ("202", "+37120000001")),
    NobodyToRing("Sales", "logged out"),
    QueueEntered("Sales", 3),
    QueueEntered("Sales", 3, 95.0),
    QueueServed("Sales", 95.0),
    KeptInside(f"outside:{CUSTOMER}"),
    *(QueueLeft("Sales", why, 95.0) for why in ("full", "too_long", "no_agents", "waited", "removed")),
    QueueKeyPressed("Sales", "9", 95.0),
    CallbackPromised("Sales", "+37120000001", 95.0),
    CallbackRefused("112"),
    CallbackBegan("Sales", "+37120000001", 95.0),
    CallbackKept("Sales", "+37120000001"),
    CallbackInVain("+37120000001", Outcome.BUSY, 2),
    CallbackExpired("Sales", "+37120000001"),
    Lifted("Sales", 2),
    Lifted("Sales", 2, "202"),
    Lifted("Sales", 3, "202", "the invoice is wrong"),
    Lifted("Sales", 2, "202", is_spoken=True),
    Briefed("203"),
    AgentSwitched("202", "logged-in", ("Sales", "Support")),
    AgentSwitched("202", "logged-out", ("Sales",)),
    AgentSwitched("202", "paused"),
    AgentSwitched("202", "paused", reason="Lunch"),
    AgentSwitched("202", "unpaused"),
    NoAgent("202"),
    Broke("ValueError('x')"),
    CameTooFar(10),
    HungUp("porter", Cause.NORMAL),
    HungUp("porter", Cause.BUSY),
    HungUp(CUSTOMER, Cause.NORMAL),
    HungUp(CUSTOMER, Cause.OUT_OF_ORDER),
]


def test_the_list_above_has_every_fact_and_every_variant() -> None:
    assert {type(fact) for fact in ONE_OF_EACH} == set(typing.get_args(AnyStoryFact))
    rendered = {sentence(fact, EN, NAMES) for fact in ONE_OF_EACH}
    assert len(rendered) == len(ONE_OF_EACH) == len(words_of_stories().sentences)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("fact", ONE_OF_EACH, ids=lambda fact: type(fact).__name__)
def test_every_fact_is_one_whole_sentence_in_every_language(fact: AnyStoryFact, language: Language) -> None:
    said = sentence(fact, language, NAMES)
    assert not re.search(r"[{}]|None|True|False", said)
    assert said[-1] in ".”»" and said[0].upper() == said[0]
    assert said not in {sentence(fact, other, NAMES) for other in Language if other is not language}


@pytest.mark.parametrize(
    ("fact", "language", "said"),
    [
        (ONE_OF_EACH[0], EN, "A withheld number calls gsm1 over line gsm1."),
        (ONE_OF_EACH[2], EN, 'Rule "Main" sends the call to: Sales (otherwise: voicemail of Anna (201)).'),
        (ONE_OF_EACH[2], RU, "Правило «Main» направляет звонок: Sales (иначе: голосовая почта, Anna (201))."),
        (Ringing("202", 1), EN, "Boris (202) is rung (1 phone)."),
        (Ringing("202", 2), LV, "Zvana: Boris (202) (2 telefoni)."),
        (Ringing("202", 5), RU, "Звонит у: Boris (202) (5 телефонов)."),
        (Ringing("202", 3), UK, "Дзвонить у: Boris (202) (3 телефони)."),
        (NotRung("202", "gsm1: offline"), LV, "Nezvana: Boris (202) (gsm1: nav pieslēgta)."),
        (LeftMessage("201", 3725), EN, "The caller leaves a voicemail of 1 h 2 min 5 s: Anna (201)."),
        (Answered("202", 0.2), UK, "Boris (202) відповідає через 0 с."),
        (LegFailed(CUSTOMER, Cause.NO_ANSWER), EN, f"{CUSTOMER} did not take the call: no answer."),
    ],
)
def test_sentences_read_as_people_write(fact: AnyStoryFact, language: Language, said: str) -> None:
    assert sentence(fact, language, NAMES) == said


@pytest.mark.parametrize("cause", list(Cause))
@pytest.mark.parametrize("language", list(Language))
def test_every_cause_has_words(cause: Cause, language: Language) -> None:
    assert str(int(cause)) not in sentence(LegFailed("Anna", cause), language, {})


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_has_words(outcome: Outcome) -> None:
    assert f"outcome.{outcome}" in words_of_stories().words


def test_counted_words_have_the_forms_of_their_language() -> None:
    for language in Language:
        for count in (*range(1, 130), 1000):
            assert str(count) in sentence(Ringing("x", count), language, {})
            assert str(count) in sentence(ListenedToMail("x", count), language, {})


def test_a_box_of_several_people_is_told_by_its_own_name_and_not_a_teams() -> None:
    office = small_office()
    boxes = {"sales": Mailbox(name="Orders", number="619", members=("201",))}
    names = names_of(msgspec.structs.replace(office, mailboxes=boxes))
    assert "sales" in office.ring_groups

    def told(fact: AnyStoryFact) -> str:
        return sentence(fact, Language.EN, names)

    assert told(ListenedToMail("sales", 1)) == "Voicemail of Orders: 1 message heard."
    assert told(RouteTaken("voicemail:sales", "Main")) == 'Rule "Main" sends the call to: voicemail of Orders.'
    assert "Orders" in told(ForwardedMessage("201", "sales"))
    assert told(NoAnswer("sales", 5)) == "Nobody answers within 5 s: Sales."


def test_details_are_told_only_when_asked_for() -> None:
    facts: list[AnyStoryFact] = [StepBegan("reach"), NoAnswer("Sales", 25), StepEnded("reach", Outcome.NO_ANSWER)]
    assert len(sentences(facts, EN, NAMES)) == 1
    assert len(sentences(facts, EN, NAMES, details=True)) == 3


@given(st.text(), st.text(), st.sampled_from(list(Language)))
def test_any_text_within_a_fact_is_shown_as_it_is(name: str, reason: str, language: Language) -> None:
    said = sentence(DoorAsked(door="front", by="201", granted=False, reason=f"{name}{{x}}"), language, {})
    assert "{x}" in said
    assert sentence(NotRung(name, reason), language, {})


def test_stories_survive_the_store() -> None:
    for fact in ONE_OF_EACH:
        again = msgspec.json.decode(msgspec.json.encode(fact), type=AnyStoryFact)
        assert sentence(again, EN, NAMES) == sentence(fact, EN, NAMES)
