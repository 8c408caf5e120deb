"""Whether scripts make sense: labels that exist, values that are known, surveys that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from appliance.config.mistakes import Mistake, below, closest
from appliance.config.models import AnyStep, Ask, Book, Branch, Collect, Configuration, Confirm, Go, Rate, Say, Script
from appliance.config.opening_hours import event_mistakes
from appliance.config.teams import named_teams
from appliance.routing.scripts import CALLER, STEP_PREFIX, WAYS, names_in, ways_in


def targets_of(step: AnyStep) -> Iterator[tuple[str, str]]:
    """(path below the step, target) of everywhere a step may go on but to the next one."""
    match step:
        case Branch(cases=cases, otherwise=otherwise):
            yield from ((f"cases.{value}", to) for value, to in cases.items())
            named = {"otherwise": otherwise}
        case Collect(otherwise=otherwise):
            named = {"otherwise": otherwise}
        case Ask(failed=failed) | Book(failed=failed):
            named = {"failed": failed}
        case Confirm(no=no):
            named = {"no": no}
        case Go(to=to):
            named = {"to": to}
        case _:
            named = {}
    yield from ((field, to) for field, to in named.items() if to is not None)


def script_destinations(configuration: Configuration) -> Iterator[tuple[str, str]]:
    """(path, text) of every destination that scripts name."""
    for name, script in configuration.scripts.items():
        for at, step in enumerate(script.steps, 1):
            for field, to in targets_of(step):
                if not to.startswith(STEP_PREFIX):
                    yield f"scripts.{name}.steps.{at}.{field}", to
        if script.then is not None:
            yield f"scripts.{name}.then", script.then


def check_scripts(configuration: Configuration) -> Iterator[Mistake]:
    """Every script has steps, whose labels and values exist."""
    for name, script in configuration.scripts.items():
        path = f"scripts.{name}.steps"
        if not script.steps:
            yield Mistake(path=path, cause="A script needs at least one step.")
        yield from _check_labels(path, script)
        yield from _check_values(path, script)
        for at, step in enumerate(script.steps, 1):
            here = below(path, at)
            if isinstance(step, Rate) and step.survey not in configuration.surveys:
                yield _unknown(f"{here}.survey", "survey", step.survey, configuration.surveys)
            if isinstance(step, Book) and step.calendar not in configuration.calendars:
                yield _unknown(f"{here}.calendar", "calendar", step.calendar, configuration.calendars)
            if isinstance(step, Collect) and step.least > step.most:
                yield Mistake(path=f"{here}.least", cause=f"{step.least} is more than `most`, {step.most}.")
            if isinstance(step, Say | Collect | Confirm) and not step.text:
                yield Mistake(path=f"{here}.text", cause="This step must say something.")


def check_surveys(configuration: Configuration) -> Iterator[Mistake]:
    """Surveys ask something, and those that teams name exist."""
    for name, survey in configuration.surveys.items():
        if not survey.question:
            yield Mistake(path=f"surveys.{name}.question", cause="A survey must ask something.")
    for path, team in named_teams(configuration):
        if team.rating is not None and team.rating not in configuration.surveys:
            yield _unknown(f"{path}.rating", "survey", team.rating, configuration.surveys)


def check_calendars(configuration: Configuration) -> Iterator[Mistake]:
    """Calendars lie in opening hours that exist, and what was imported for them can be read."""
    for name, calendar in configuration.calendars.items():
        if calendar.hours not in configuration.opening_hours:
            yield _unknown(f"calendars.{name}.hours", "opening hours", calendar.hours, configuration.opening_hours)
        yield from event_mistakes(f"calendars.{name}.calendars", calendar.calendars)


def _check_labels(path: str, script: Script) -> Iterator[Mistake]:
    labels: list[str] = []
    for at, step in enumerate(script.steps, 1):
        if step.label in labels:
            cause = f'Another step is called "{step.label}" already.'
            yield Mistake(path=f"{path}.{at}.label", cause=cause)
        if step.label is not None:
            labels.append(step.label)
    for at, step in enumerate(script.steps, 1):
        for field, to in targets_of(step):
            label = to.removeprefix(STEP_PREFIX)
            if label != to and label not in labels:
                yield _unknown(f"{path}.{at}.{field}", "step", label, labels, STEP_PREFIX)


def _check_values(path: str, script: Script) -> Iterator[Mistake]:
    """What a step mentions is collected or answered by some step; the order cannot be known where steps branch."""
    known = {CALLER}
    for step in script.steps:
        match step:
            case Collect(into=into):
                known.add(into)
            case Ask(answers=answers):
                known.update(answers)
    for at, step in enumerate(script.steps, 1):
        for field, name in _mentioned(step):
            if name not in known:
                yield _unknown(f"{path}.{at}.{field}", "value", name, known)
        for language, text in step.text.items() if isinstance(step, Say | Collect | Confirm) else ():
            for way in ways_in(text):
                if way not in WAYS:
                    yield _unknown(f"{path}.{at}.text.{language}", "way to say a value", way, WAYS)


def _mentioned(step: AnyStep) -> Iterator[tuple[str, str]]:
    """(path below the step, value) of every value that a step uses."""
    match step:
        case Say(text=text) | Collect(text=text) | Confirm(text=text):
            yield from ((f"text.{language}", name) for language, said in text.items() for name in names_in(said))
        case Ask(url=url, send=send):
            yield from (("url", name) for name in names_in(url))
            yield from ((f"send.{position}", name) for position, name in enumerate(send, 1))
        case Branch(value=value):
            yield "value", value


def _unknown(path: str, what: str, name: str, known: Iterable[str], prefix: str = "") -> Mistake:
    guess = closest(name, known)
    meant = None if guess is None else f"{prefix}{guess}"
    return Mistake(path=path, cause=f'There is no {what} "{name}".', did_you_mean=meant)
