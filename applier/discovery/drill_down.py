"""Finds the level of a configuration below which no source is found (docs/api/discovery.md#model-sources)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from applier.discovery.offerings import ConfigurationProblem, IncompleteChoice, Unavailable, UnknownChoice
from applier.discovery.query import QueryParameters
from applier.kinds.base import mapping, sequence


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice: its values, if they are listed, and the choices of which one is required next, if any."""

    values: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """The choices of one level by name, and those of which exactly one is required."""

    choices: Mapping[str, Choice]
    required: tuple[str, ...]


def decode_level(data: Mapping[str, object]) -> Level:
    """Return the level of an answer."""
    choices = {name: _choice(mapping(entry)) for name, entry in mapping(data.get("items")).items()}
    return Level(choices, tuple(map(str, sequence(data.get("requires_one_of")))))


def _choice(entry: Mapping[str, object]) -> Choice:
    values = tuple(str(one) for one in sequence(entry.get("items")))
    return Choice(values, tuple(map(str, sequence(entry.get("requires_one_of")))))


def find_problem(
    choices: QueryParameters, read_level: Callable[[QueryParameters], Level | Unavailable]
) -> ConfigurationProblem | None:
    """Return what is wrong with the choices, None if each level offers one of them.

    Only the required choices of a level are compared: the listed ones change from level to level
    (docs/api/behaviours.md#drill-down-levels).
    """
    selected: QueryParameters = {}
    level = read_level(selected)
    required = level.required if isinstance(level, Level) else ()
    while isinstance(level, Level) and required:
        given = [name for name in required if choices.get(name) not in (None, "")]
        if len(given) != 1:
            return IncompleteChoice(required, tuple(given))
        name = given[0]
        if name in selected:  # an answer that requires again what is chosen already leads nowhere
            return None
        choice = level.choices.get(name, Choice())
        if choice.values and str(choices[name]) not in choice.values:
            return UnknownChoice(name, str(choices[name]), choice.values)
        selected[name], required = choices[name], choice.required
        if required:
            level = read_level(dict(selected))
    return None
