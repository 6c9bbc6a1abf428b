"""Turns broken schema keywords into diagnostics in the words of a person, never showing what could be a secret."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from applier.diagnostics import Diagnostic, Place, suggestions
from applier.diagnostics.suggestions import suggest
from applier.resources import address_of
from applier.secrets import Secret
from applier.spec.schema.lookup import Steps, schemas_at
from applier.spec.schema.violations import Violation
from applier.spec.variables.filled_document import FilledDocument

TYPE_WORDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "empty",
}
LONGEST_SHOWN = 40
MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Subject:
    """What is being talked about: a part of a document that starts at `base` (a resource, its configuration)."""

    document: FilledDocument
    base: Steps

    def place(self, path: Steps, key: bool = False) -> Place:
        return self.document.place((*self.base, *path), key)

    def address(self) -> str | None:
        return address_of(str(self.base[0]), str(self.base[1])) if len(self.base) > 1 else None

    def phrase(self, path: Steps) -> str:
        """`"target.object" of syncs/Orders`, `syncs/Orders`, `"version"` or `the spec`."""
        inside = dotted_path((*self.base, *path)[2 if len(self.base) > 1 else 0 :])
        address = self.address()
        if address is None:
            return f'"{inside}"' if inside else "the spec"
        return f'"{inside}" of {address}' if inside else address

    def diagnostic(self, code: str, summary: str, detail: str, place: Place, hint: str | None) -> Diagnostic:
        return Diagnostic(code, summary, detail, place, hint, address=self.address())


def describe_violations(subject: Subject, found: Iterable[Violation]) -> list[Diagnostic]:
    """A diagnostic for each violation; what follows from another one, or from an unfilled placeholder, is left out."""
    violations = [one for one in found if not subject.document.failed(*subject.base, *one.path)]
    diagnostics = [
        diagnostic
        for one in violations
        for diagnostic in _explain(subject, one, [other for other in violations if other.path == one.path])
    ]
    return list(dict.fromkeys(diagnostics))


def dotted_path(path: Steps) -> str:
    """A path as people write it: `filters[0].function`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def missing_key(subject: Subject, path: Steps, name: str) -> Diagnostic:
    """The diagnostic for a key that has to be there."""
    return subject.diagnostic(
        "missing-key",
        "Missing key",
        f'{subject.phrase(path)} needs "{name}".',
        subject.place(path, key=True),
        _suggestion(subject, path, name),
    )


def list_texts(words: Iterable[object]) -> str:
    """`a, b, c` as they are written in a spec, cut when there are very many."""
    texts = (word if isinstance(word, str) else "true" if word is True else str(word) for word in words)
    return suggestions.join_words(texts, MOST_LISTED)


def _explain(subject: Subject, one: Violation, here: list[Violation]) -> Iterator[Diagnostic]:
    """The diagnostics of one violation, less what a more telling one of the same mapping (`here`) says already."""
    unknown = [key for other in here if other.keyword == "additionalProperties" for key in _extra(other)]
    if one.of_key:
        if one.value not in unknown:
            yield _bad_key(subject, one)
    elif one.keyword == "additionalProperties":
        yield from (_unknown_key(subject, one, key) for key in _extra(one))
    elif one.keyword in ("required", "dependentRequired"):
        yield from (missing_key(subject, one.path, name) for name in _missing(one) if not _misspelt(name, unknown))
    elif one.keyword == "anyOf":
        if all(other.keyword != "dependentRequired" for other in here):
            yield _none_of(subject, one)
    else:
        if one.keyword in ("enum", "const") and any(other.keyword == "type" for other in here):
            return
        about = {"type": _wrong_type, "enum": _not_allowed, "const": _not_allowed}.get(one.keyword, _out_of_bounds)
        yield about(subject, one)


def _missing(one: Violation) -> list[str]:
    """The keys that are not there, of those that are needed at all or by another key."""
    if one.keyword == "required":
        return [name for name in one.demand if name not in one.value]
    needed = [name for given, names in one.demand.items() if given in one.value for name in names]
    return [name for name in needed if name not in one.value]


def _misspelt(name: str, unknown: Iterable[str]) -> bool:
    """True when one of the unknown keys is so near that it must have been meant as this one."""
    return any(suggest(key, [name]) for key in unknown)


def _extra(one: Violation) -> list[str]:
    known = one.schema.get("properties", {})
    prefixes = tuple(pattern.removeprefix("^") for pattern in one.schema.get("patternProperties", {}))
    return [key for key in one.value if key not in known and not (prefixes and key.startswith(prefixes))]


def _unknown_key(subject: Subject, one: Violation, key: str) -> Diagnostic:
    known = list(one.schema.get("properties", {}))
    where = subject.phrase(one.path)
    where = "at the top level of a spec" if where == "the spec" else f"in {where}"
    return subject.diagnostic(
        "unknown-key",
        "Unknown key",
        f'There is no key "{key}" {where}.',
        subject.place((*one.path, key), key=True),
        suggest(key, known) or f"known are {list_texts(known)}",
    )


def _bad_key(subject: Subject, one: Violation) -> Diagnostic:
    place = subject.place((*one.path, one.value), key=True)
    if one.keyword == "pattern":
        return subject.diagnostic("bad-name", "Name not allowed", "This name cannot be used.", place, _hint(one))
    if one.keyword != "enum":
        return subject.diagnostic(
            "empty-name", "Empty name", "A name cannot be empty.", place, "give it the name it has in Polytomic"
        )
    return subject.diagnostic(
        "key-not-used",
        "Key not used here",
        f'"{one.value}" has no meaning in {subject.phrase(one.path)} as the rest of it stands.',
        place,
        f"used here are {list_texts(one.demand)}",
    )


def _none_of(subject: Subject, one: Violation) -> Diagnostic:
    names = [f'"{name}"' for branch in one.demand for name in branch["required"]]
    return subject.diagnostic(
        "missing-key",
        "Missing key",
        f"{subject.phrase(one.path)} needs {' or '.join(names)}.",
        subject.place(one.path, key=True),
        None,
    )


def _wrong_type(subject: Subject, one: Violation) -> Diagnostic:
    expected = [one.demand] if isinstance(one.demand, str) else list(one.demand)
    words = " or ".join(TYPE_WORDS[name] for name in expected if name != "null")
    return subject.diagnostic(
        "wrong-type",
        "Wrong type",
        f"{subject.phrase(one.path)} must be {words}, but is {_found(one.value)}.",
        subject.place(one.path),
        _type_hint(subject, one, expected),
    )


def _found(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    for kind, name in ((int, "integer"), (float, "number"), (str, "string"), (list, "array")):
        if isinstance(value, kind):
            return TYPE_WORDS[name]
    return TYPE_WORDS["object"]


def _type_hint(subject: Subject, one: Violation, expected: list[str]) -> str | None:
    if one.value is None:
        return "give it a value, or remove the key"
    if isinstance(one.value, str) and subject.document.touched(*subject.base, *one.path):
        return "check what is filled in for the placeholder"
    if "string" in expected and isinstance(one.value, bool | int | float):
        return "put it in quotes"
    if "boolean" in expected:
        return "write true or false, without quotes"
    if {"integer", "number"} & set(expected) and isinstance(one.value, str):
        return "write a number, without quotes"
    if "array" in expected:
        return 'write a list: each item on a line of its own after "- ", or [one, two]'
    if "object" in expected:
        return 'write "key: value" lines below it'
    return None


def _not_allowed(subject: Subject, one: Violation) -> Diagnostic:
    words = one.demand if one.keyword == "enum" else [one.demand]
    phrase = subject.phrase(one.path)
    harmless = isinstance(one.value, str) and not isinstance(one.value, Secret) and len(one.value) <= LONGEST_SHOWN
    detail = f'{phrase} cannot be "{one.value}".' if harmless else f"The value of {phrase} is not allowed."
    near = suggest(one.value, [word for word in words if isinstance(word, str)]) if harmless else None
    hint = near or (f"allowed are {list_texts(words)}" if len(words) > 1 else f"it must be {list_texts(words)}")
    return subject.diagnostic("value-not-allowed", "Value not allowed", detail, subject.place(one.path), hint)


def _out_of_bounds(subject: Subject, one: Violation) -> Diagnostic:
    phrase = subject.phrase(one.path)
    code, summary, said, hint = "value-out-of-range", "Value out of range", "is out of range", _hint(one)
    if one.keyword in ("minLength", "minItems", "minProperties"):
        code, summary, said, hint = "empty-value", "Empty value", "cannot be empty", "give it a value"
        if isinstance(one.demand, int) and one.demand > 1:
            code, summary, said = "value-too-short", "Value too short", f"needs at least {one.demand} items"
    elif one.keyword == "pattern" and "x-hint" in one.schema:
        code, summary, said = "malformed-value", "Malformed value", "is not written as it has to be"
    elif one.keyword == "uniqueItems":
        code, summary, said, hint = "item-twice", "Item given twice", "names something twice", "remove one of them"
    return subject.diagnostic(code, summary, f"{phrase} {said}.", subject.place(one.path), hint)


def _hint(one: Violation) -> str | None:
    """What the schema says to those who have it wrong, or between what a number has to be."""
    schema = one.schema
    if "x-hint" in schema:
        return str(schema["x-hint"])
    if "minimum" in schema and "maximum" in schema:
        return f"it must be between {schema['minimum']} and {schema['maximum']}"
    return f"it must be at least {schema['minimum']}" if "minimum" in schema else None


def _suggestion(subject: Subject, path: Steps, name: str) -> str | None:
    for schema in schemas_at((*subject.base, *path, name), subject.document.value):
        if "enum" in schema:
            return f"one of {list_texts(schema['enum'])}"
        example = next(iter(schema.get("examples", ())), None)
        if isinstance(example, str | int) and not isinstance(example, bool):
            return f"for example {name}: {example}"
        if "description" in schema:
            return str(schema["description"]).split(". ")[0].rstrip(".")
    return None
