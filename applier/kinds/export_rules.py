"""What an export knows about a kind besides `to_spec`: which members are written in a form of their own."""

from __future__ import annotations

from dataclasses import dataclass

from applier.spec.resources import Pattern


@dataclass(frozen=True, slots=True)
class FieldSelection:
    """A member of the canonical form that selects fields of a source. Leaving it out selects all fields.

    `connection` has a reference to the connection of the source, `configuration` the choices made there.
    """

    member: str
    connection: str
    configuration: str


@dataclass(frozen=True, slots=True)
class ExportRules:
    """How an export writes the members of a kind.

    The mappings at the paths of `inline` are written in one line if they fit. `query` is the path of a text that may be
    written into a file of its own. A `field_selection` that has all fields of its source is left out.
    """

    inline: tuple[Pattern, ...] = ()
    query: Pattern = ()
    field_selection: FieldSelection | None = None


NO_RULES = ExportRules()
