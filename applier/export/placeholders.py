"""Placeholders for what must not be written down, and literal texts that look like placeholders."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from applier.resources import Path
from applier.secrets import Secret
from applier.spec.variables.placeholders import MARK


@dataclass(frozen=True, slots=True)
class Filling:
    """A secret that a person has to provide: in which variable, for what."""

    variable: str
    address: str
    path: Path

    @property
    def label(self) -> str:
        """`configuration.passwd`"""
        return ".".join(map(str, self.path))


def secret_places(value: object, path: Path = ()) -> Iterator[Path]:
    """Where a body holds secrets."""
    if isinstance(value, Secret):
        yield path
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from secret_places(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from secret_places(member, (*path, index))


def fillings_for(bodies: Mapping[str, object]) -> tuple[Filling, ...]:
    """A variable for every secret of the bodies (by address), each with a name of its own."""
    places = [(address, path) for address, body in bodies.items() for path in secret_places(body)]
    names = [_variable(address, path) for address, path in places]
    shared = {name for name, number in Counter(names).items() if number > 1}
    return tuple(
        Filling(f"{name}_{short_digest(repr(place)).upper()}" if name in shared else name, *place)
        for name, place in zip(names, places, strict=True)
    )


def _variable(address: str, path: Path) -> str:
    kind, _, name = address.partition("/")
    steps = [str(one) for one in path if one != "configuration"]
    said = [_word(name) or f"{_word(kind)}_{short_digest(name).upper()}", *map(_word, steps)]
    variable = "_".join(one for one in said if one)
    return variable if not variable[0].isdigit() else f"_{variable}"


def _word(text: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")


def short_digest(text: str) -> str:
    """A few letters that tell texts apart, always the same."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:6]


def insert_placeholders(value: object, variables: Mapping[Path, str], path: Path = ()) -> object:
    """The value with placeholders for its secrets, and every literal `${` as it has to be written."""
    if isinstance(value, Secret):
        return f"${{env:{variables[path]}}}"
    if isinstance(value, str):
        return value.replace(MARK, f"${MARK}")
    if isinstance(value, Mapping):
        return {key: insert_placeholders(member, variables, (*path, key)) for key, member in value.items()}
    if isinstance(value, list):
        return [insert_placeholders(member, variables, (*path, index)) for index, member in enumerate(value)]
    return value


def environment_file(fillings: tuple[Filling, ...]) -> str:
    """What `.env.example` holds: a line for each variable, below what it is for."""
    lines = ["# Set these where applier runs; keep the values out of version control.", ""]
    for one in fillings:
        lines += [f"# {one.address}: {one.label}".encode("unicode_escape").decode("ascii"), f"{one.variable}=", ""]
    return "\n".join(lines[:-1]) + "\n"
