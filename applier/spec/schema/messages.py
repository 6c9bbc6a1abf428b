"""Turns violations of the schema into diagnostics in plain words, never showing what could be a secret."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from applier.diagnostics import Diagnostic, Place, diagnose, suggestions
from applier.diagnostics.suggestions import suggest
from applier.secrets import Secret
from applier.spec.body import as_mapping, items, mapping
from applier.spec.kinds import PlacedDocument
from applier.spec.resources import Path, address_of
from applier.spec.schema.lookup import schemas_at, value_at
from applier.spec.schema.type_words import TYPE_WORDS, describe_type, hint_on_filled, hint_on_type
from applier.spec.schema.violations import Violation

LONGEST_SHOWN = 40
MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Subject:
    """The part of a document that messages are about, which starts at `base`: a resource, its configuration."""

    document: PlacedDocument
    base: Path

    def place(self, path: Path, key: bool = False) -> Place:
        return self.document.place((*self.base, *path), key)

    def address(self) -> str | None:
        return address_of(str(self.base[0]), str(self.base[1])) if len(self.base) > 1 else None

    def phrase(self, path: Path) -> str:
        """Return `"target.object" of syncs/Orders`, `syncs/Orders`, `"version"` or `the spec`."""
        inside = format_path((*self.base, *path)[2 if len(self.base) > 1 else 0 :])
        address = self.address()
        if address is None:
            return f'"{inside}"' if inside else "the spec"
        return f'"{inside}" of {address}' if inside else address

    def diagnose(self, code: str, detail: str, place: Place, hint: str | None) -> Diagnostic:
        return diagnose(code, detail, place, hint, address=self.address())


def describe_violations(subject: Subject, found: Iterable[Violation]) -> list[Diagnostic]:
    """Return a diagnostic for each violation.

    What follows from another violation, or from a placeholder that could not be filled in, is left out.
    """
    violations = [one for one in found if not subject.document.is_unfilled(*subject.base, *one.path)]
    diagnostics = [
        diagnostic
        for one in violations
        for diagnostic in _describe(subject, one, [other for other in violations if other.path == one.path])
    ]
    return list(dict.fromkeys(diagnostics))


def format_path(path: Path) -> str:
    """Return a path as people write it: `filters[0].function`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def missing_key(subject: Subject, path: Path, name: str) -> Diagnostic:
    """Return the diagnostic for a key that has to be there."""
    return subject.diagnose(
        "missing-key",
        f'{subject.phrase(path)} needs "{name}".',
        subject.place(path, key=True),
        _example(subject, path, name),
    )


def list_texts(words: Iterable[object]) -> str:
    """Return `a, b, c` as they are written in a spec, cut when there are very many."""
    texts = (word if isinstance(word, str) else "true" if word is True else str(word) for word in words)
    return suggestions.join_words(texts, MOST_LISTED)


def _describe(subject: Subject, one: Violation, here: list[Violation]) -> Iterator[Diagnostic]:
    """Return the diagnostics of one violation, less what a clearer one of the same mapping (`here`) says already."""
    unknown = [key for other in here if other.keyword == "additionalProperties" for key in _unknown_keys(other)]
    if one.of_key:
        if one.value not in unknown:
            yield _bad_key(subject, one)
    elif one.keyword == "additionalProperties":
        yield from (_unknown_key(subject, one, key) for key in _unknown_keys(one))
    elif one.keyword in ("required", "dependentRequired"):
        missing = _missing_keys(one)
        yield from (missing_key(subject, one.path, name) for name in missing if not _is_misspelled(name, unknown))
    elif one.keyword == "anyOf":
        if all(other.keyword != "dependentRequired" for other in here):
            yield _none_of(subject, one)
    elif one.keyword == "type":
        yield _wrong_type(subject, one)
    elif one.keyword in ("enum", "const"):
        if all(other.keyword != "type" for other in here):
            yield _not_allowed(subject, one)
    else:
        yield _out_of_bounds(subject, one)


def _missing_keys(one: Violation) -> list[str]:
    """Return the keys that are missing, of those that are needed at all or by another key."""
    value = as_mapping(one.value)
    if one.keyword == "required":
        return [name for name in _words(one.demand) if name not in value]
    demand = as_mapping(one.demand)
    return [name for key in demand if key in value for name in _words(demand[key]) if name not in value]


def _words(value: object) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _is_misspelled(name: str, unknown: Iterable[str]) -> bool:
    """Return whether one of the unknown keys is so similar that it must have been meant as this one."""
    return any(suggest(key, [name]) for key in unknown)


def _unknown_keys(one: Violation) -> list[str]:
    known = mapping(one.schema, "properties")
    prefixes = tuple(pattern.removeprefix("^") for pattern in mapping(one.schema, "patternProperties"))
    keys = as_mapping(one.value)
    return [key for key in keys if key not in known and not (prefixes and key.startswith(prefixes))]


def _unknown_key(subject: Subject, one: Violation, key: str) -> Diagnostic:
    known = list(mapping(one.schema, "properties"))
    where = subject.phrase(one.path)
    where = "at the top level of a spec" if where == "the spec" else f"in {where}"
    return subject.diagnose(
        "unknown-key",
        f'Unknown key "{key}" {where}.',
        subject.place((*one.path, key), key=True),
        suggest(key, known) or f"known keys: {list_texts(known)}",
    )


def _bad_key(subject: Subject, one: Violation) -> Diagnostic:
    key = one.value if isinstance(one.value, str) else str(one.value)
    place = subject.place((*one.path, key), key=True)
    if one.keyword == "pattern":
        return subject.diagnose("bad-name", f"Invalid name {json.dumps(key, ensure_ascii=False)}.", place, _hint(one))
    if one.keyword != "enum":
        return subject.diagnose("empty-name", "A name cannot be empty.", place, "give it the name it has in Polytomic")
    return subject.diagnose(
        "key-not-used",
        f'"{key}" is not used in {subject.phrase(one.path)}{_deciding_value(subject, one)}.',
        place,
        f"allowed keys: {list_texts(_words(one.demand))}",
    )


def _deciding_value(subject: Subject, one: Violation) -> str:
    """Return the member that decides which keys are allowed, as words: ` with frequency "daily"`.

    It is the first of the allowed keys.
    """
    name = next(iter(_words(one.demand)), "")
    value = value_at(subject.document.value, (*subject.base, *one.path, name))
    return f' with {name} "{value}"' if isinstance(value, str) and not isinstance(value, Secret) else ""


def _none_of(subject: Subject, one: Violation) -> Diagnostic:
    branches = map(as_mapping, one.demand) if isinstance(one.demand, list) else ()
    names = [f'"{name}"' for branch in branches for name in items(branch, "required")]
    return subject.diagnose(
        "missing-key",
        f"{subject.phrase(one.path)} needs {' or '.join(names)}.",
        subject.place(one.path, key=True),
        None,
    )


def _wrong_type(subject: Subject, one: Violation) -> Diagnostic:
    expected = [one.demand] if isinstance(one.demand, str) else _words(one.demand)
    words = " or ".join(TYPE_WORDS[name] for name in expected if name != "null")
    return subject.diagnose(
        "wrong-type",
        f"{subject.phrase(one.path)} must be {words}, but is {describe_type(one.value)}.",
        subject.place(one.path),
        _type_hint(subject, one, expected),
    )


def _type_hint(subject: Subject, one: Violation, expected: list[str]) -> str | None:
    whole = (*subject.base, *one.path)
    if one.value is not None and any(subject.document.is_filled(*whole[:length]) for length in range(len(whole) + 1)):
        return hint_on_filled(one.value, expected, is_whole=subject.document.is_filled(*whole))
    return hint_on_type(one.value, expected)


def _not_allowed(subject: Subject, one: Violation) -> Diagnostic:
    words: list[object] = [one.demand]
    if one.keyword == "enum" and isinstance(one.demand, list):
        words = one.demand
    phrase = subject.phrase(one.path)
    detail, suggestion = f"The value of {phrase} is not allowed.", None
    if isinstance(one.value, str) and not isinstance(one.value, Secret) and len(one.value) <= LONGEST_SHOWN:
        detail, suggestion = f'{phrase} cannot be "{one.value}".', suggest(one.value, _words(words))
    hint = (
        suggestion
        or _own_hint(one)
        or (f"allowed values: {list_texts(words)}" if len(words) > 1 else f"it must be {list_texts(words)}")
    )
    return subject.diagnose("value-not-allowed", detail, subject.place(one.path), hint)


def _out_of_bounds(subject: Subject, one: Violation) -> Diagnostic:
    phrase = subject.phrase(one.path)
    code, problem, hint = "value-out-of-range", "is out of range", _hint(one)
    if one.keyword in ("minLength", "minItems", "minProperties"):
        code, problem, hint = "empty-value", "cannot be empty", "give it a value"
        if isinstance(one.demand, int) and one.demand > 1:
            code, problem = "value-too-short", f"needs at least {one.demand} items"
    elif one.keyword == "pattern" and "x-hint" in one.schema:
        code, problem = "malformed-value", "does not have the expected form"
    elif one.keyword == "uniqueItems":
        code, problem, hint = "item-twice", "names something twice", "remove one of them"
    return subject.diagnose(code, f"{phrase} {problem}.", subject.place(one.path), hint)


def _hint(one: Violation) -> str | None:
    """Return the hint of the schema, or the bounds of a number."""
    schema = one.schema
    if own := _own_hint(one):
        return own
    if "minimum" in schema and "maximum" in schema:
        return f"it must be between {schema['minimum']} and {schema['maximum']}"
    return f"it must be at least {schema['minimum']}" if "minimum" in schema else None


def _own_hint(one: Violation) -> str | None:
    return str(one.schema["x-hint"]) if "x-hint" in one.schema else None


def _example(subject: Subject, path: Path, name: str) -> str | None:
    """Return a hint on what can stand under a key: its words, an example, or what it is for."""
    for schema in schemas_at((*subject.base, *path, name), subject.document.value, subject.document.kinds):
        if "enum" in schema:
            return f"one of {list_texts(items(schema, 'enum'))}"
        example = next(iter(items(schema, "examples")), None)
        if isinstance(example, str | int) and not isinstance(example, bool):
            return f"for example {name}: {example}"
        if "description" in schema:
            return str(schema["description"]).split(". ")[0].rstrip(".")
    return None
