"""Know the connection types: read each type's JSON Schema file and answer what it says about members."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FACTS = "x-polytomic"
CAPABILITIES = ("source", "destination", "enrichment", "orchestration", "logging")
UNKNOWN_CAPABILITIES = {"source": True, "destination": True}
"""Of a type that nobody has described: nothing is refused that it may well be able to do."""


@dataclass(frozen=True)
class ConnectionType:
    """What the service knows of one type."""

    id: str
    name: str
    oauth: bool = False
    capabilities: Mapping[str, bool] = field(default_factory=lambda: UNKNOWN_CAPABILITIES)
    schema: Mapping[str, Any] = field(default_factory=dict)

    @property
    def properties(self) -> Mapping[str, Mapping[str, Any]]:
        found: Mapping[str, Mapping[str, Any]] = self.schema.get("properties") or {}
        return found

    def sensitive(self) -> set[str]:
        return {name for name, schema in self.properties.items() if schema.get("sensitive")}

    def secrets(self) -> set[str]:
        """The secrets that a request can set."""
        return self.sensitive() - self.computed_members() - self.without_effect()

    def computed_members(self) -> set[str]:
        return {name for name, schema in self.properties.items() if schema.get("readOnly") or schema.get("readonly")}

    def without_effect(self) -> set[str]:
        return {
            name for name, schema in self.properties.items() if schema.get("hidden") and not schema.get("api_field")
        }

    def defaults(self) -> dict[str, Any]:
        return {name: schema["default"] for name, schema in self.properties.items() if "default" in schema}

    def required_members(self) -> list[str]:
        """What a request has to give: not what the service computes, hides or gets by OAuth."""
        if self.oauth:
            return []
        spared = self.computed_members() | {name for name, schema in self.properties.items() if schema.get("hidden")}
        return [name for name in self.schema.get("required") or [] if name not in spared]


def schema_folder() -> Path | None:
    """Where the type schemas are: inside an installed wheel, or at the root of the repository."""
    here = Path(__file__).resolve()
    for folder in (here.parents[1] / "_schemas" / "connections", here.parents[2] / "schemas" / "connections"):
        if folder.is_dir():
            return folder
    return None


@cache
def connection_types() -> Mapping[str, ConnectionType]:
    """Every known type by id, those without a schema file included."""
    folder = schema_folder()
    if folder is None:
        return {}
    types = {
        id: ConnectionType(id, str(facts.get("name") or id), bool(facts.get("oauth"))) for id, facts in _index(folder)
    }
    for path in sorted(folder.glob("*.json")):
        if path.name != "index.json":
            known = _from_schema(path.stem, json.loads(path.read_text(encoding="utf-8")))
            types[known.id] = known
    return dict(sorted(types.items()))


def public_schema(known: ConnectionType) -> dict[str, Any]:
    """The schema as the API gives it out, without what only this repository needs."""
    shown = {name: value for name, value in known.schema.items() if name != FACTS}
    identifier = f"https://github.com/polytomic/app/services/polytomic/backend/{known.id}/connection-conf"
    return {**shown, "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": identifier, "type": "object"}


def _index(folder: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    path = folder / "index.json"
    if path.is_file():
        yield from json.loads(path.read_text(encoding="utf-8"))["types"].items()


def _from_schema(stem: str, schema: Mapping[str, Any]) -> ConnectionType:
    facts = schema.get(FACTS) or {}
    capabilities = facts.get("capabilities") or UNKNOWN_CAPABILITIES
    return ConnectionType(
        id=str(facts.get("id") or stem),
        name=str(facts.get("name") or stem),
        oauth=bool(facts.get("oauth")),
        capabilities={name: bool(capabilities.get(name)) for name in CAPABILITIES},
        schema=schema,
    )
