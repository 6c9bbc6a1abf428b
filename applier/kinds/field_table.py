"""The rows of a kind's table of fields: who decides over a field, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from applier.spec.resources import Pattern


class FieldClass(StrEnum):
    """Who decides over a field."""

    OWNED = "owned"  # leaving it out of the spec means the API's default
    OPTIONAL = "optional"  # compared and written only when the spec says it; else the live value is kept
    WRITE_ONLY = "write-only"  # sent with every write, never compared


@dataclass(frozen=True, slots=True)
class Field:
    """One row of a kind's table. In `path`, `*` stands for every key.

    `why` is the rule in a sentence, `source` the place in the documentation that says what the service does, empty
    where the rule is applier's own. With `loose`, false, zero and empty values count as absent, as they always do
    in optional fields.
    """

    path: Pattern
    rule: FieldClass
    why: str = ""
    source: str = ""
    loose: bool = False


def describe_field(path: str, rule: FieldClass, why: str, behaviour: str = "", *, loose: bool = False) -> Field:
    """Return a row for a dotted path; `behaviour` is an anchor (`#…`) of `docs/api/behaviours.md`."""
    source = f"docs/api/behaviours.md{behaviour}" if behaviour else ""
    return Field(tuple(path.split(".")), rule, why, source, loose)
