"""Puts `${env:…}` placeholders in place of the secrets of an export, and lists the variables to set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from applier.diagnostics.characters import escape_unprintable
from applier.export.entry import Entry, short_digest
from applier.kinds.base import mapping
from applier.secrets import Secret
from applier.secrets.urls import url_secrets
from applier.spec.resources import Path
from applier.spec.variables.escaping import escape


@dataclass(frozen=True, slots=True)
class SecretVariable:
    """An environment variable that has to hold a secret of a resource, which stands at `path` in its body."""

    variable: str
    address: str
    path: Path

    @property
    def label(self) -> str:
        """The path as people write it: `configuration.passwd`."""
        return ".".join(map(str, self.path))


def replace_secrets(entries: Collection[Entry]) -> tuple[list[Entry], tuple[SecretVariable, ...]]:
    """Return the entries with a placeholder for each secret, and the variables. Every literal `${` is escaped."""
    variables = secret_variables(entries)
    names = {(one.address, one.path): one.variable for one in variables}
    replaced = [replace(one, body=mapping(_with_placeholders(one.body, names, one.address, ()))) for one in entries]
    return replaced, variables


def secret_variables(entries: Collection[Entry]) -> tuple[SecretVariable, ...]:
    """Return a variable of its own for each secret of the entries."""
    places = [(one.address, path) for one in entries for path in _secret_paths(one.body, ())]
    names = [_variable_name(address, path) for address, path in places]
    counts = Counter(names)
    return tuple(
        SecretVariable(f"{name}_{short_digest(repr(place)).upper()}" if counts[name] > 1 else name, *place)
        for name, place in zip(names, places, strict=True)
    )


def _secret_paths(value: object, path: Path) -> Iterator[Path]:
    if _is_secret(value):
        yield path
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from _secret_paths(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _secret_paths(member, (*path, index))


def _is_secret(value: object) -> bool:
    """Return whether a value is a secret as a whole: also a text with a URL that has a password or a token in it."""
    return isinstance(value, Secret) or (isinstance(value, str) and bool(url_secrets(value)))


def _variable_name(address: str, path: Path) -> str:
    """Return a name made of the name of the resource and the path of the secret, in capitals."""
    kind, _, name = address.partition("/")
    subject = _capitals(name) or f"{_capitals(kind)}_{short_digest(name).upper()}"
    steps = [_capitals(str(one)) for one in path if one != "configuration"]
    variable = "_".join(one for one in (subject, *steps) if one)
    return f"_{variable}" if variable[0].isdigit() else variable


def _capitals(text: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")


def _with_placeholders(value: object, names: Mapping[tuple[str, Path], str], address: str, path: Path) -> object:
    if _is_secret(value):
        return f"${{env:{names[address, path]}}}"
    if isinstance(value, Mapping):
        return {key: _with_placeholders(member, names, address, (*path, key)) for key, member in value.items()}
    if isinstance(value, list):
        return [_with_placeholders(member, names, address, (*path, index)) for index, member in enumerate(value)]
    return escape(value)


def environment_file(variables: Collection[SecretVariable]) -> str:
    """Return the content of `.env.example`: a line for each variable, below a comment that says what it is for."""
    lines = ["# Set these where applier runs. Keep the values out of version control.", ""]
    for one in variables:
        comment = f"# {escape_unprintable(f'{one.address}: {one.label}')}"
        lines += [comment, f"{one.variable}=", ""]
    return "\n".join(lines[:-1]) + "\n"
