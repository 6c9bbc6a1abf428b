"""The connection types: what the JSON Schema file of each says about its members."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from applier.sandbox.json_values import Document, JsonObject, as_document, as_list, as_mapping, as_texts

FACTS = "x-polytomic"
CAPABILITIES = ("source", "destination", "enrichment", "orchestration", "logging")
UNKNOWN_CAPABILITIES = {"source": True, "destination": True}
"""The capabilities of a type that nobody has described: nothing is refused that it may be able to do."""


@dataclass(frozen=True)
class ConnectionType:
    """One connection type with its schema."""

    id: str
    name: str
    oauth: bool = False
    capabilities: Mapping[str, bool] = field(default_factory=lambda: UNKNOWN_CAPABILITIES)
    schema: JsonObject = field(default_factory=dict)

    @property
    def properties(self) -> Mapping[str, JsonObject]:
        return {name: as_mapping(schema) for name, schema in as_mapping(self.schema.get("properties") or {}).items()}

    def sensitive(self) -> set[str]:
        return {name for name, schema in self.properties.items() if schema.get("sensitive")}

    def secrets(self) -> set[str]:
        """Return the secrets that a request can set."""
        return self.sensitive() - self.computed_members() - self.without_effect()

    def computed_members(self) -> set[str]:
        return {name for name, schema in self.properties.items() if schema.get("readOnly") or schema.get("readonly")}

    def without_effect(self) -> set[str]:
        return {
            name for name, schema in self.properties.items() if schema.get("hidden") and not schema.get("api_field")
        }

    def defaults(self) -> Document:
        return {name: schema["default"] for name, schema in self.properties.items() if "default" in schema}

    def required_members(self) -> list[str]:
        """Return the members that a request needs: without those that are computed, hidden or set by OAuth."""
        if self.oauth:
            return []
        spared = self.computed_members() | {name for name, schema in self.properties.items() if schema.get("hidden")}
        return [name for name in as_texts(self.schema.get("required") or []) if name not in spared]


def schema_folder() -> Path | None:
    """Return the folder of the schemas: inside an installed wheel, or at the root of the repository."""
    here = Path(__file__).resolve()
    for folder in (here.parents[1] / "_schemas" / "connections", here.parents[2] / "schemas" / "connections"):
        if folder.is_dir():
            return folder
    return None


@cache
def connection_types() -> Mapping[str, ConnectionType]:
    """Return every known type by id, including those without a schema file."""
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


def connection_type(id: str) -> ConnectionType:
    """Return the type with this id; a type that nobody has described is one without members."""
    return connection_types().get(id) or ConnectionType(id, id)


def enum_values(schema: JsonObject) -> list[object]:
    """Return the values that a member can take; none when it can take any. An entry can be a value with a label."""
    entries = as_list(schema.get("enum") or [])
    return [entry.get("value") if isinstance(entry, dict) else entry for entry in entries]


def public_schema(known: ConnectionType) -> Document:
    """Return the schema as the API answers it, without the members that only this repository needs."""
    shown = {name: value for name, value in known.schema.items() if name != FACTS}
    identifier = f"https://github.com/polytomic/app/services/polytomic/backend/{known.id}/connection-conf"
    return {**shown, "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": identifier, "type": "object"}


def _index(folder: Path) -> Iterator[tuple[str, JsonObject]]:
    path = folder / "index.json"
    if path.is_file():
        yield from json.loads(path.read_text(encoding="utf-8"))["types"].items()


def _from_schema(stem: str, schema: JsonObject) -> ConnectionType:
    facts = schema.get(FACTS) or {}
    capabilities = as_document(facts).get("capabilities") or UNKNOWN_CAPABILITIES
    return ConnectionType(
        id=str(as_document(facts).get("id") or stem),
        name=str(as_document(facts).get("name") or stem),
        oauth=bool(as_document(facts).get("oauth")),
        capabilities={name: bool(as_document(capabilities).get(name)) for name in CAPABILITIES},
        schema=schema,
    )
