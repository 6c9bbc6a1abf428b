"""Ids by name and names by id: of what is live, and of what a run creates."""

from __future__ import annotations

from dataclasses import dataclass, field

from applier.live.objects import MissingObject

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Names:
    """Ids by kind and name, of which an ambiguous name has several; names by kind and id."""

    ids: dict[Key, tuple[str, ...]] = field(default_factory=dict)
    names: dict[Key, str] = field(default_factory=dict)

    def learn(self, kind: str, name: str, identifier: str) -> None:
        """Remember the id of an object that this run has created."""
        self.ids[kind, name] = (identifier,)
        self.names[kind, identifier] = name

    def id_of(self, kind: str, name: str) -> str:
        """Return the id of a name; the plan guarantees that there is exactly one."""
        return self.ids[kind, name][0]

    def find_id(self, kind: str, name: str) -> str | None:
        """Return the id of a name, None when no object has the name yet, or several have it."""
        ids = self.ids.get((kind, name), ())
        return ids[0] if len(ids) == 1 else None

    def resolve_name(self, kind: str, identifier: str) -> str:
        """Return the name of an id, or a `MissingObject` where no object has the id."""
        return self.names.get((kind, identifier)) or MissingObject.describe(kind, identifier)
