"""Specs as people write them: one meaning in many forms, for the laws of what changes files.

Values come from the resource, defaults, the overrides of `dev`, variables, the environment, anchors or included files;
in one file or several, of one document or several, with comments, byte order marks and line breaks of Windows.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from applier import pipeline
from applier.spec.documents.write import dump_yaml
from applier.spec.variables.given import Given
from tests.kinds.workspace import ENVIRONMENT

KINDS = ("connections", "models", "syncs", "bulk_syncs")
STYLES: tuple[Callable[[Any], str], ...] = (
    dump_yaml,
    dump_yaml,
    dump_yaml,
    json.dumps,
    lambda value: json.dumps(value, indent=1),
)
QUERY = ("models", "Queried", "configuration", "query")


@dataclass
class WrittenSpec:
    """The files of a spec below a folder; `dev` is an environment, `prod` another one."""

    folder: Path
    included: dict[str, str] = field(default_factory=dict)

    def load(self, environment: str | None = "dev", contents: Any = None) -> Any:
        return pipeline.load([self.folder], ENVIRONMENT, Given(environment, contents=contents or {}))

    def errors(self, environment: str | None) -> list[str]:
        return [one.detail for one in self.load(environment)[1] if one.severity == "error"]

    def write(self, documents: list[dict[str, Any]]) -> None:
        for name, text in self.included.items():
            (self.folder / name).write_bytes(text.encode())
        (self.folder / "spec.yaml").write_bytes("---\n".join(map(dump_yaml, documents)).encode())

    def bodies(self) -> dict[str, Any] | None:
        """What the spec says in `dev`; None if it is wrong in any environment."""
        if any(self.errors(name) for name in (None, "dev", "prod")):
            return None
        return {address: one.body for address, one in self.load()[0].resources.items()}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every scalar with its path."""
    if isinstance(value, dict | list):
        for key, member in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(member, (*path, key))
    else:
        yield path, value


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def as_variable(spec: Any, path: tuple[Any, ...], number: int) -> None:
    around = at(spec, path[:-1])
    value = around[path[-1]]
    if isinstance(value, str) and "${" not in value and value:
        spec.setdefault("variables", {})[f"v{number}"] = {"default": value}
        around[path[-1]] = f"${{var:v{number}}}"


def as_default_of_environment(spec: Any, path: tuple[Any, ...], number: int) -> None:
    around = at(spec, path[:-1])
    value = around[path[-1]]
    if isinstance(value, str) and "}" not in value and value:
        around[path[-1]] = f"${{env:UNSET_{number}:-{value}}}"


def as_override(spec: Any, path: tuple[Any, ...], number: int) -> None:
    """The member stands in `dev`, too, or only there."""
    kind, name, member, *_ = path
    overrides = spec.setdefault("environments", {}).setdefault("dev", {}).setdefault("overrides", {})
    overrides.setdefault(kind, {}).setdefault(name, {})[member] = copy.deepcopy(spec[kind][name][member])
    if number % 2:
        del spec[kind][name][member]


def as_default(spec: Any, path: tuple[Any, ...], number: int) -> None:
    kind, name, member, *_ = path
    spec.setdefault("defaults", {}).setdefault(kind, {})[member] = spec[kind][name].pop(member)


FORMS: tuple[Callable[[Any, tuple[Any, ...], int], None], ...] = (
    as_variable,
    as_default_of_environment,
    as_override,
    as_override,
    as_default,
)


def draw_spec(choose: Random, spec: dict[str, Any], folder: Path) -> WrittenSpec:
    """Write a spec in drawn forms that mean the same in `dev`."""
    written = WrittenSpec(folder)
    spec = {"version": 1, "environments": {"dev": {}, "prod": {}}, **copy.deepcopy(spec)}
    if choose.choice([True, False]):
        written.included["q.sql"] = at(spec, QUERY) + choose.choice(["", "\n"])
        at(spec, QUERY[:-1])["query"] = "${file:q.sql}"
    written.write([spec])
    wanted = written.bodies()
    assert wanted is not None, written.errors("dev")
    for number in range(choose.randint(0, 6)):
        path = choose.choice([one for one, _ in leaves({kind: spec[kind] for kind in KINDS}) if len(one) > 2])
        changed = copy.deepcopy(spec)
        choose.choice(FORMS)(changed, path, number)
        written.write([changed])
        if written.bodies() == wanted:
            spec = changed
    (folder / "spec.yaml").unlink()
    write_files(choose, written, spec)
    assert written.bodies() == wanted
    return written


def write_files(choose: Random, written: WrittenSpec, spec: dict[str, Any]) -> None:
    """Write the sections in one or several documents of one or several files."""
    style = choose.choice(STYLES)
    texts: dict[str, list[str]] = {}
    for key, section in spec.items():
        if key != "version":
            name = choose.choice(["a.yaml", "b.yaml"])
            alone = choose.choice([True, False]) or name not in texts or style is not dump_yaml
            text = style({"version": 1, key: section} if alone else {key: section})
            if alone:
                texts.setdefault(name, []).append(text)
            else:
                texts[name][-1] += "\n" + text
    for name, documents in texts.items():
        text = "\n---\n".join(documents)
        if style is dump_yaml:
            text = add_anchor(choose, add_comments(choose, text))
        windows, mark = choose.choice([True, False]), choose.choice(["", "\ufeff"])
        (written.folder / name).write_bytes((mark + (text.replace("\n", "\r\n") if windows else text)).encode())
    for name, text in written.included.items():
        windows, mark = choose.choice([True, False]), choose.choice(["", "\ufeff"])
        (written.folder / name).write_bytes((mark + (text.replace("\n", "\r\n") if windows else text)).encode())


def add_comments(choose: Random, text: str) -> str:
    """Add comments above lines and beside them, each with a number of its own."""
    lines: list[str] = []
    block = -1
    for number, line in enumerate(text.split("\n")):
        indent = len(line) - len(line.lstrip())
        inside = block >= 0 and (not line or indent > block)
        block = block if inside else -1
        what = choose.choice(["", "", "", "above", "beside"]) if line.strip() and not inside else ""
        if what == "above" and line != "---":
            lines.append(f"{' ' * indent}# above {number}")
        lines.append(f"{line}  # beside {number}" if what == "beside" else line)
        if not inside and re.search(r"\|\d?-?$", line):
            block = indent
    return "\n".join(lines)


def add_anchor(choose: Random, text: str) -> str:
    """Make an anchor of a short mapping or list that stands in one line twice, and an alias of its second place."""
    found = re.findall(r"(?m)^ +[\w]+: ([{\[].*[}\]])$", text)
    repeated = [one for one in dict.fromkeys(found) if found.count(one) > 1]
    if not repeated or not choose.choice([True, False]) or "---" in text:
        return text
    value = choose.choice(repeated)
    first, second, *rest = text.split(f": {value}\n")
    return f"{first}: &shared {value}\n{second}: *shared\n" + f": {value}\n".join(rest)


def block_of(lines: list[str], line: int) -> str:
    """The lines of a resource whose key stands in a line, counted from 1."""
    rest = lines[line:]
    ends = [number for number, one in enumerate(rest) if one.strip() and len(one) - len(one.lstrip()) <= 2]
    return "".join(lines[line - 1 : line + (ends[0] if ends else len(rest))])
