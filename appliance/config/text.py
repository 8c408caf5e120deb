"""The configuration as YAML text: reading with the line of every entry, and writing so that people can read it.

Only the structure is taken from YAML. Scalars stay texts, and the models decide what they are. Anchors and aliases are
refused: a configuration needs none, and a few of them can make a small text enormous.
"""

from __future__ import annotations

from typing import Any

import msgspec
import yaml

from appliance.config.mistakes import ConfigurationInvalid, Mistake, below

LONGEST_TEXT = 8_000_000
"""Characters; an office of a thousand people has about a quarter of a million."""

_DEEPEST = 16
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})

# Both parsers give the same nodes; the one in C is ten times as fast, and not in every build of PyYAML.
_Loader: Any = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader


class _Dumper(yaml.SafeDumper):
    """Writes lists of plain words on one line."""


def _short_list(dumper: yaml.SafeDumper, entries: list[object]) -> yaml.Node:
    is_short = all(not isinstance(entry, dict | list) for entry in entries)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", entries, flow_style=is_short)


_LINE_BREAKS = frozenset("\x85\u2028\u2029")
"""Characters that YAML 1.1 folds like a new line unless they are escaped, which PyYAML does only within quotes."""


def _quoted_where_needed(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = '"' if _LINE_BREAKS.intersection(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _quoted_where_needed)
_Dumper.add_representer(list, _short_list)


class Document(msgspec.Struct, frozen=True):
    """What a text says, and where."""

    data: object
    lines: dict[str, int]
    """Line of every entry by its path."""
    mistakes: tuple[Mistake, ...]
    """What YAML itself allows and a configuration does not, such as a name written twice."""


def read_yaml(text: str) -> Document:
    """The plain data of a text: tables, lists, texts and None.

    Raises:
        ConfigurationInvalid: It is not YAML at all, with line and column.
    """
    if len(text) > LONGEST_TEXT:
        raise _unreadable(f"The text is longer than {LONGEST_TEXT} characters.")
    try:
        text.encode()
        root = _Loader(text).get_single_node()
        reading = _Reading()
        data = {} if root is None else reading.plain(root, "", 0)
    except UnicodeEncodeError:
        raise _unreadable("The text holds half of a character pair, which no file can hold.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        said = ", ".join(part for part in (error.context, error.problem) if part)
        where = "" if mark is None else f" in column {mark.column + 1}"
        raise _unreadable(f"This is not YAML{where}: {said}.", None if mark is None else mark.line + 1) from None
    except yaml.YAMLError as error:
        raise _unreadable(f"This is not YAML: {str(error).splitlines()[0]}.") from None
    except RecursionError:
        raise _unreadable("The text is nested too deeply.") from None
    return Document(data, reading.lines, tuple(reading.mistakes))


def write_yaml(data: object) -> str:
    """Plain data as text; what `read_yaml` gives back has the same texts."""
    text: str = yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=110
    )
    return text


class _Reading:
    """One walk through the nodes of a document."""

    def __init__(self) -> None:
        self.lines: dict[str, int] = {}
        self.mistakes: list[Mistake] = []
        self._seen: set[int] = set()

    def plain(self, node: yaml.Node, path: str, depth: int) -> object:
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if id(node) in self._seen:
            self.mistakes.append(Mistake(path=path, cause="Write this out; aliases (*name) are not understood."))
            return None
        self._seen.add(id(node))
        if depth > _DEEPEST:
            raise _unreadable("The text is nested too deeply.", line)
        match node:
            case yaml.ScalarNode():
                return None if not node.style and node.value in _NOTHING else node.value
            case yaml.SequenceNode():
                return [self.plain(entry, below(path, at), depth + 1) for at, entry in enumerate(node.value, 1)]
            case yaml.MappingNode():
                return self._table(node, path, depth)
            case _:
                raise TypeError(f"YAML has no {type(node).__name__}")

    def _table(self, node: yaml.MappingNode, path: str, depth: int) -> dict[str, object]:
        table: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.mistakes.append(Mistake(path=path, cause="A name must be one word, not a list.", line=line))
                continue
            key = key_node.value
            entry = below(path, key)
            if key in table:
                first = self.lines.get(entry)
                self.mistakes.append(
                    Mistake(path=entry, cause=f"This is written twice, first in line {first}.", line=line)
                )
            self.lines.setdefault(entry, line)
            table[key] = self.plain(value_node, entry, depth + 1)
        return table


def _unreadable(cause: str, line: int | None = None) -> ConfigurationInvalid:
    return ConfigurationInvalid([Mistake(path="", cause=cause, line=line)])
