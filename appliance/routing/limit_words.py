"""What the people of an office are told by SMS when much was called outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from appliance.config.models import Configuration, Language
from appliance.routing.limits import OFFICE, Reached, What

_USED_UP: Mapping[Language, str] = {
    Language.EN: "{name}: outside calls of {whose} are stopped, {used} of {most} {what} are used. Emergency calls go.",
    Language.LV: "{name}: ārējie zvani apturēti ({whose}), izlietots {used} no {most}, {what}. Ārkārtas zvani iet.",
    Language.UK: "{name}: зовнішні дзвінки зупинено ({whose}), використано {used} з {most}, {what}. Екстрені працюють.",
    Language.RU: "{name}: внешние звонки остановлены ({whose}), занято {used} из {most}, {what}. Экстренные идут.",
}
_HALF: Mapping[Language, str] = {
    Language.EN: "{name}: {used} of {most} {what} of outside calls are used ({whose}). Are these yours?",
    Language.LV: "{name}: ārējiem zvaniem izlietots {used} no {most}, {what} ({whose}). Vai tie ir jūsējie?",
    Language.UK: "{name}: на зовнішні дзвінки використано {used} з {most}, {what} ({whose}). Це ваші?",
    Language.RU: "{name}: на внешние звонки израсходовано {used} из {most}, {what} ({whose}). Это ваши?",
}
_WHAT: Mapping[What, Mapping[Language, str]] = {
    What.CALLS: {Language.EN: "calls", Language.LV: "zvani", Language.UK: "дзвінки", Language.RU: "звонки"},
    What.MINUTES: {Language.EN: "minutes", Language.LV: "minūtes", Language.UK: "хвилини", Language.RU: "минуты"},
    What.MONEY: {Language.EN: "money", Language.LV: "nauda", Language.UK: "гроші", Language.RU: "деньги"},
}
_WHOLE_OFFICE: Mapping[Language, str] = {
    Language.EN: "the whole office",
    Language.LV: "viss birojs",
    Language.UK: "увесь офіс",
    Language.RU: "весь офис",
}


def newly_reached(before: Iterable[Reached], after: Iterable[Reached]) -> Iterator[Reached]:
    """Limits of which half, or all, is used now and was not before."""
    known = {_about(one) for one in before}
    for one in after:
        if _about(one) not in known:
            yield one


def _about(limit: Reached) -> tuple[str, What, bool, bool, bool]:
    return limit.account, limit.what, limit.at_night, limit.in_month, limit.is_used_up


def limit_text(configuration: Configuration, limit: Reached) -> str:
    """The message, in the office's language."""
    language = configuration.language
    kind, _, name = limit.account.partition(":")
    person = configuration.extensions.get(name) if kind == "extension" else None
    whose = f"{person.name} ({name})" if person is not None else name
    return (_USED_UP if limit.is_used_up else _HALF)[language].format(
        name=configuration.name,
        whose=_WHOLE_OFFICE[language] if limit.account == OFFICE else whose,
        used=f"{limit.used:g}",
        most=f"{limit.most:g}",
        what=_WHAT[limit.what][language],
    )
