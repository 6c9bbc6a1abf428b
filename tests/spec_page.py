"""Generate `docs/reference/spec.md`, the reference of every member of a spec, from `schemas/spec.schema.json`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import yaml

Schema = Mapping[str, Any]

HEAD = """\
# The spec

This page lists every member of a spec. It is generated from
[`schemas/spec.schema.json`](../../schemas/spec.schema.json), the schema that `applier validate` and editors use.
`make docs` writes this page; `tests/test_spec_page.py` compares it with the schema.

A path in capitals stands for a name of your choice: `connections.NAME.type` is the member `type` of every connection.
`[]` stands for every entry of a list. A member without a default is omitted from the request, or keeps its live
value, as its description states. Settings inside `configuration` depend on the connection; `schemas/connections/`
holds the schemas of connection types.

| key | describes |
|---|---|
"""
WORDS = {"object": "mapping", "array": "list", "integer": "integer", "null": "null"}
# What stands for the name of a member that the user chooses, by the key that contains it.
PLACEHOLDERS = {"fields": "TARGET", "mappings": "FIELD", "create": "PROPERTY", "schemas": "SCHEMA"}
PLACEHOLDERS |= {"environments": "ENV", "checks": "RULE"}
ALIKE = 3  # so many members of one definition are described in one row
MANY = 8  # a longer list of values is shown once in a section


@dataclass
class Section:
    """The table of one top-level key while it grows; `seen` holds the path at which a definition is described."""

    definitions: Schema
    rows: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)

    def resolve(self, schema: Schema) -> tuple[Schema, str]:
        """Return what a reference refers to and the name of the definition, or the schema itself and nothing."""
        name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
        return (self.definitions[name], name) if name else (schema, "")

    def add(self, path: str, schema: Schema, required: str) -> None:
        """Add the row of one member, and the rows of what it contains unless an earlier row describes that."""
        described, name = self.resolve(schema)
        earlier = self.seen.get(name, "")
        long = described.get("properties") or len(described.get("enum", ())) > MANY
        if name and long:
            self.seen.setdefault(name, path)
        same_as = earlier if long else ""
        cells = (f"`{path}`", self.type_of(described), required, default_of(described))
        self.rows.append(f"| {' | '.join(cells)} | {' '.join(description_of(described, same_as))} |")
        if not same_as:
            self.add_members(path, described)

    def add_members(self, path: str, schema: Schema) -> None:
        """Add what a mapping or a list contains."""
        members: Schema = schema.get("properties", {})
        references = {str(one.get("$ref", "")) for one in members.values()}
        if len(members) >= ALIKE and len(references) == 1 and "" not in references:
            word = PLACEHOLDERS.get(path, "KIND")
            self.notes.append(f"`{word}` is one of {listed(members)}.")
            self.add(f"{path}.{word}", next(iter(members.values())), "")
        else:
            for name, member in members.items():
                self.add(f"{path}.{name}", member, required(schema, name))
        self.notes += [f"In `{path}`, {one}" for one in conditions(schema)]
        free = schema.get("additionalProperties")
        if isinstance(free, Mapping):
            self.add(f"{path}.{PLACEHOLDERS.get(path.rsplit('.', 1)[-1], 'NAME')}", free, "")
        items, _ = self.resolve(schema.get("items", {}))
        if "properties" in items or len(items.get("enum", ())) > MANY:
            self.add(f"{path}[]", schema["items"], "")

    def type_of(self, schema: Schema) -> str:
        """Return the type of a value in the words of YAML."""
        types = schema.get("type", ())
        names = [types] if isinstance(types, str) else list(types)
        if not names:
            return "constant" if "const" in schema else "any"
        items, _ = self.resolve(schema.get("items", {}))
        inner = items.get("type")
        of = f" of {WORDS.get(inner, inner)}s" if isinstance(inner, str) else ""
        return " or ".join("list" + of if one == "array" else WORDS.get(one, one) for one in names)


def required(schema: Schema, name: str) -> str:
    """Return whether a mapping needs a member, and under which condition."""
    if name in schema.get("required", ()):
        return "yes"
    if name in schema.get("else", {}).get("required", ()):
        condition = schema["if"]["properties"]
        return "unless " + ", ".join(f"`{key}: {json.dumps(one['const'])}`" for key, one in condition.items())
    if name in schema.get("then", {}).get("required", ()) and schema["if"] == {"type": "object"}:
        return "in a mapping"
    return ""


def conditions(schema: Schema) -> Iterator[str]:
    """Yield what a mapping demands of its members beyond `required`, as sentences."""
    for one, others in schema.get("dependentRequired", {}).items():
        yield f"`{one}` requires {listed(others)}."
    for choice in (schema, schema.get("then", {})):
        if "anyOf" in choice:
            yield f"at least one of {listed(one['required'][0] for one in choice['anyOf'])} is required."
    for rule in schema.get("allOf", ()):
        for key, one in rule["if"]["properties"].items():
            when = f"`{key}` {listed(one.get('enum', [one.get('const')]))}"
            needed = rule["then"].get("required", [])
            allowed = [n for n in rule["then"].get("propertyNames", {}).get("enum", ()) if n not in (key, *needed)]
            says = [f"requires {listed(needed)}"] if needed else []
            says += [f"allows {listed(allowed)}"] if allowed else [] if needed else ["allows no other member"]
            yield f"{when} {' and '.join(says)}."


def description_of(schema: Schema, same_as: str) -> Iterator[str]:
    """Yield the sentences of a row."""
    yield escaped(schema.get("description", ""))
    if same_as:
        yield f"Same as `{same_as}`."
        return
    if "enum" in schema:
        yield f"One of {listed(schema['enum'])}."
    reference = schema.get("x-reference") or schema.get("items", {}).get("x-reference")
    if reference:
        yield f"Refers to {reference.replace('_', ' ')} by name."
    if "pattern" in schema and "x-hint" in schema:
        hint = str(schema["x-hint"])
        yield f"{escaped(hint[0].upper() + hint[1:])}."
    elif "enum" not in schema:
        simple = [one for one in schema.get("examples", ()) if not isinstance(one, Mapping | list | bool | None)]
        if simple and "properties" not in schema:
            yield f"Example: `{escaped(text_of(simple[0]))}`."


def default_of(schema: Schema) -> str:
    return f"`{text_of(schema['default'])}`" if "default" in schema else ""


def text_of(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def escaped(text: str) -> str:
    return text.replace("|", "\\|")


def listed(values: Any) -> str:
    return ", ".join(f"`{text_of(one)}`" for one in values)


def example_of(key: str, schema: Schema) -> str:
    text = yaml.safe_dump({key: schema["examples"][0]}, sort_keys=False, allow_unicode=True, width=110)
    return f"```yaml\n{text}```\n"


def sections(schema: Schema) -> Iterator[tuple[str, Schema, Section]]:
    """Yield every top-level key with its schema and its table."""
    for key, member in schema["properties"].items():
        section = Section(schema["$defs"])
        if "properties" not in member and isinstance(member.get("additionalProperties"), Mapping):
            section.add(f"{key}.{PLACEHOLDERS.get(key, 'NAME')}", member["additionalProperties"], "")
        else:
            section.add_members(key, member)
        yield key, member, section


def spec_page(schema: Schema) -> str:
    """Return the page."""
    own = schema["patternProperties"]["^x-"]
    page = HEAD
    for key, member in schema["properties"].items():
        page += f"| [`{key}`](#{key}) | {escaped(member['description'])} |\n"
    page += f"| `x-NAME` | {escaped(own['description'])} |\n"
    for key, member, section in sections(schema):
        page += f"\n## {key}\n\n{member['description']}"
        page += f" Default: {default_of(member)}." if "default" in member else ""
        page += f"\n\n{example_of(key, member)}"
        if section.rows:
            page += "\n| member | type | required | default | description |\n|---|---|---|---|---|\n"
            page += "".join(f"{row}\n" for row in section.rows)
        page += _notes(section.notes)
    return page


def _notes(notes: Sequence[str]) -> str:
    return "\n" + "".join(f"- {one}\n" for one in notes) if notes else ""
