"""What a command is given beside the files: the environment to use, and values of variables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from os import PathLike
from pathlib import Path
from types import MappingProxyType

PREFIX = "APPLIER_VAR_"


class VariablesOrigin(Enum):
    """What gives variables as texts, in words, and how one of them is written there."""

    OPTION = "--var", "write --var NAME=VALUE"
    ENVIRONMENT = "APPLIER_VAR", "write NAME=VALUE, each on a line of its own"
    ARGUMENT = 'the argument "variables"', "give each variable the name that the spec declares"

    def __init__(self, words: str, hint: str) -> None:
        self.words, self.hint = words, hint


@dataclass(frozen=True, slots=True)
class Given:
    """Values from the command line: `variables` are texts as in `--var name=value`, `files` hold more.

    Of several values of one name the last counts. `origin` tells what gave the variables.

    Unless it is `strict`, variables and an environment that the spec does not know are no problem.

    `contents` has bytes that count in place of those of files of the spec and of included ones, by real path: what a
    change of files would mean can so be read before anything is written.
    """

    environment: str | None = None
    variables: tuple[str, ...] = field(default=(), repr=False)
    files: tuple[str | PathLike[str], ...] = ()
    strict: bool = True
    origin: VariablesOrigin = VariablesOrigin.OPTION
    contents: Mapping[Path, bytes] = field(default_factory=lambda: MappingProxyType({}), repr=False)


NOTHING_GIVEN = Given()


def environment_names(name: str) -> tuple[str, str]:
    """Return the environment variables that give a variable of the spec its value; the first that is set counts."""
    return PREFIX + name, PREFIX + name.upper().replace("-", "_")


def option_text(name: str, value: object) -> str:
    """Return the text that gives a variable a value of Python. Raises `TypeError` for a value that has none.

    A list that contains itself, or hundreds of lists, has none either. None is an empty text. A number has all of its
    digits; one that is none is written so that it is refused as such.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        try:
            return f"[{', '.join(_part_text(name, one) for one in value)}]"
        except RecursionError:
            raise TypeError(f'The variable "{name}" cannot be a list of so many levels.') from None
    return "" if value is None else _number_text(name, value, ".nan")


def _part_text(name: str, value: object) -> str:
    if value is None or isinstance(value, str):
        return json.dumps(value)
    return option_text(name, value) if isinstance(value, list | tuple) else _number_text(name, value, "NaN")


def _number_text(name: str, value: object, not_finite: str) -> str:
    if isinstance(value, bool):
        return json.dumps(value)
    if not isinstance(value, int | float | Decimal):
        expected = "give a text, a number, a boolean, None, or a list of these"
        raise TypeError(f'The variable "{name}" cannot be a {type(value).__name__}: {expected}.')
    if not Decimal(value).is_finite():
        return not_finite
    return repr(float(value)) if isinstance(value, float) else str(Decimal(value))  # str(int) refuses 4,301 digits
