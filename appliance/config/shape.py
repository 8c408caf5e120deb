"""Plain data as the typed models: a walk along the types that collects every mistake, where msgspec stops at the first.

Texts stand for numbers and truth values too, since YAML's own guesses are not wanted: there `10:30` is 630, `no` is
false and `0123` is 83. What type a scalar has is decided by the model alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, NamedTuple, TypeGuard, TypeVar

import msgspec
from msgspec import inspect

from appliance.config.mistakes import Mistake, below, closest

Model = TypeVar("Model", bound=msgspec.Struct)

_INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
_REAL = re.compile(r"[-+]?(?:[0-9]{1,15}(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_TRUE, _FALSE = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})
_LONGEST_TEXT = 500
_INVISIBLE = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Unicode categories no text here may hold: names end up in SIP headers, where a line break would start a new one."""


class _Wrong(Exception):
    """A scalar is not what it should be; the text completes the sentence and holds nothing secret."""


class Shaped(NamedTuple, Generic[Model]):
    """What plain data became."""

    value: Model
    """Only to be used when there are no mistakes: where something did not fit, something harmless of the right type
    stands in, so that the rest can still be checked."""
    mistakes: list[Mistake]
    stand_ins: set[str]
    """Where something stands in."""


def shape(model: type[Model], data: object) -> Shaped[Model]:
    """A value of the model and all that did not fit."""
    walk = _Walk()
    value = walk.read(inspect.type_info(model), data, "")
    return Shaped(value, walk.mistakes, walk.stand_ins)


class _Walk:
    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self.stand_ins: set[str] = set()

    def wrong(self, path: str, cause: str, did_you_mean: str | None = None) -> None:
        self.stand_ins.add(path)
        self.mistakes.append(Mistake(path=path, cause=cause, did_you_mean=did_you_mean))

    def read(self, kind: inspect.Type, data: object, path: str) -> Any:
        match kind:
            case inspect.UnionType():
                return self.read_one_of(kind, data, path)
            case inspect.StructType():
                return self.read_struct(kind, data, path)
            case inspect.DictType():
                return self.read_table(kind, data, path)
            case inspect.VarTupleType():
                return self.read_list(kind, data, path)
            case _:
                return self.read_scalar(kind, data, path)

    def read_one_of(self, kind: inspect.UnionType, data: object, path: str) -> Any:
        if data is None and kind.includes_none:
            return None
        others = [option for option in kind.types if not isinstance(option, inspect.NoneType)]
        structs = {option.tag: option for option in others if isinstance(option, inspect.StructType)}
        if len(others) == 1 or not structs:
            fitting = (option for option in others if isinstance(option, inspect.DictType) == _is_table(data))
            return self.read(next(fitting, others[0]), data, path)
        chosen, field = next(iter(structs.values())), next(iter(structs.values())).tag_field or "type"
        if isinstance(data, Mapping):
            tag = data.get(field)
            if not isinstance(tag, str) or tag not in structs:
                self.wrong_tag(below(path, field), tag, [str(known) for known in structs])
                self.stand_ins.add(path)
                return stand_in(chosen)
            chosen = structs[tag]
        return self.read(chosen, data, path)

    def read_struct(self, kind: inspect.StructType, data: object, path: str) -> Any:
        entries = self.entries(data, path)
        fields = {field.encode_name: field for field in kind.fields}
        if kind.tag_field is not None:
            tag = entries.pop(kind.tag_field, None)
            if tag != kind.tag:
                self.wrong_tag(below(path, kind.tag_field), tag, [str(kind.tag)])
        meant = set()
        for key in [key for key in entries if key not in fields]:
            del entries[key]
            guess = closest(key, (name for name in fields if name not in entries))
            meant.add(guess)
            self.wrong(below(path, key), "There is no such setting.", guess)
        values = {}
        for name, field in fields.items():
            if name in entries:
                values[field.name] = self.read(field.type, entries[name], below(path, name))
                if not field.required and below(path, name) in self.stand_ins:
                    del values[field.name]  # its default stands in
            elif field.required:
                values[field.name] = stand_in(field.type)
                self.stand_ins.add(below(path, name))
                if name not in meant and _is_table(data):
                    self.wrong(below(path, name), f"This is needed: {_expected(field.type)}.")
        return kind.cls(**values)

    def wrong_tag(self, path: str, tag: object, known: list[str]) -> None:
        guess = closest(tag, known) if isinstance(tag, str) else None
        self.wrong(path, f"This is needed: {_listed(known)}.", guess)

    def read_table(self, kind: inspect.DictType, data: object, path: str) -> dict[str, Any]:
        values = {}
        for key, entry in self.entries(data, path).items():
            try:
                _read_scalar(kind.key_type, key)
            except _Wrong as wrong:
                self.wrong(below(path, key), f'"{key}" cannot be its name: {wrong}.')
            values[key] = self.read(kind.value_type, entry, below(path, key))
        return values

    def read_list(self, kind: inspect.VarTupleType, data: object, path: str) -> tuple[Any, ...]:
        if not isinstance(data, Sequence) or isinstance(data, str | bytes):
            self.wrong(path, f"A list is expected, not {_called(data)}.")
            return ()
        return tuple(self.read(kind.item_type, entry, below(path, at)) for at, entry in enumerate(data, 1))

    def entries(self, data: object, path: str) -> dict[str, object]:
        if not _is_table(data):
            self.wrong(path, f"A table of settings is expected, not {_called(data)}.")
            return {}
        entries: dict[str, object] = {}
        for key, entry in data.items():
            if isinstance(key, str):
                entries[key] = entry
            else:
                self.wrong(below(path, key), f"The name {key!r} is {_called(key)}; write it in quotes.")
        return entries

    def read_scalar(self, kind: inspect.Type, data: object, path: str) -> Any:
        try:
            return _read_scalar(kind, data)
        except _Wrong as wrong:
            said = f", not {data!r}" if isinstance(data, str | int | float) and not _is_secret(kind) else ""
            known = _words(kind)
            guess = closest(data, known) if isinstance(data, str) else None
            self.wrong(path, f"It must be {wrong}{_shortened(said)}.", guess)
            return stand_in(kind)


def _is_table(data: object) -> TypeGuard[Mapping[object, object]]:
    return isinstance(data, Mapping)


def stand_in(kind: inspect.Type) -> Any:
    """Something of that type, for checks to go on with."""
    match kind:
        case inspect.Metadata():
            return stand_in(kind.type)
        case inspect.UnionType():
            return None if kind.includes_none else stand_in(kind.types[0])
        case inspect.StructType():
            return kind.cls(**{field.name: stand_in(field.type) for field in kind.fields if field.required})
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.EnumType():
            return next(iter(kind.cls))
        case inspect.DictType():
            return {}
        case inspect.VarTupleType():
            return ()
        case _:
            return _SCALARS[type(kind)][1]


def _read_scalar(kind: inspect.Type, data: object) -> Any:
    if isinstance(kind, inspect.Metadata):
        try:
            return _read_scalar(kind.type, data)
        except _Wrong as wrong:
            raise _Wrong((kind.extra_json_schema or {}).get("description", str(wrong))) from None
    words = _words(kind)
    if words:
        if not isinstance(data, str) or data not in words:
            raise _Wrong(_listed(words))
        return kind.cls(data) if isinstance(kind, inspect.EnumType) else data
    return _SCALARS[type(kind)][0](kind, data)


def _text(kind: inspect.StrType, data: object) -> str:
    if not isinstance(data, str):
        raise _Wrong("a text; write it in quotes")
    if any(unicodedata.category(character) in _INVISIBLE for character in data):
        raise _Wrong("a text without line breaks and control characters")
    if not (kind.min_length or 0) <= len(data) <= (kind.max_length or _LONGEST_TEXT):
        raise _Wrong(f"a text of {kind.min_length or 0} to {kind.max_length or _LONGEST_TEXT} characters")
    if kind.pattern is not None and re.search(kind.pattern, data) is None:
        raise _Wrong(f"a text like {kind.pattern}")
    return data


def _integer(kind: inspect.IntType, data: object) -> int:
    if isinstance(data, str) and _INTEGER.fullmatch(data):
        data = int(data)
    if not isinstance(data, int) or isinstance(data, bool) or not _is_within(kind, data):
        raise _Wrong("a whole number")
    return data


def _real(kind: inspect.FloatType, data: object) -> float:
    if isinstance(data, str) and _REAL.fullmatch(data):
        data = float(data)
    if not isinstance(data, int | float) or isinstance(data, bool) or not _is_within(kind, data):
        raise _Wrong("a number")
    return float(data)


def _truth(_kind: inspect.BoolType, data: object) -> bool:
    if isinstance(data, bool):
        return data
    if isinstance(data, str) and data.lower() in _TRUE | _FALSE:
        return data.lower() in _TRUE
    raise _Wrong("yes or no")


_SCALARS: dict[type, tuple[Callable[[Any, object], Any], object]] = {
    inspect.StrType: (_text, ""),
    inspect.IntType: (_integer, 0),
    inspect.FloatType: (_real, 0.0),
    inspect.BoolType: (_truth, False),
}
"""How each scalar type is read, and what stands in for it."""


def _is_within(kind: inspect.IntType | inspect.FloatType, number: float) -> bool:
    """Written so that NaN is within nothing."""
    return (
        abs(number) < float("inf")
        and (kind.gt is None or number > kind.gt)
        and (kind.ge is None or number >= kind.ge)
        and (kind.lt is None or number < kind.lt)
        and (kind.le is None or number <= kind.le)
    )


def _words(kind: inspect.Type) -> list[str]:
    """The words a choice allows; empty for everything else."""
    match kind:
        case inspect.LiteralType():
            return [str(value) for value in kind.values]
        case inspect.EnumType():
            return [str(member.value) for member in kind.cls]
        case _:
            return []


def _expected(kind: inspect.Type) -> str:
    """What a setting wants, to complete "This is needed: "."""
    match kind:
        case inspect.Metadata():
            return str((kind.extra_json_schema or {}).get("description") or _expected(kind.type))
        case inspect.VarTupleType():
            return "a list"
        case inspect.DictType() | inspect.StructType():
            return "a table of settings"
        case inspect.StrType():
            return "a text"
        case _:
            return _listed(_words(kind)) if _words(kind) else "a value"


def _listed(words: Sequence[str]) -> str:
    quoted = [f'"{word}"' for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"


def _is_secret(kind: inspect.Type) -> bool:
    return isinstance(kind, inspect.Metadata) and bool((kind.extra or {}).get("secret"))


def _called(data: object) -> str:
    """What people call a piece of plain data; never its content."""
    match data:
        case None:
            return "nothing"
        case bool():
            return "a truth value"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case Mapping():
            return "a table"
        case Sequence():
            return "a list"
        case _:
            return f"a {type(data).__name__}"


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:76]}…'"
