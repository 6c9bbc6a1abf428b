"""The words of the HTTP side: what comes in, what an endpoint is called with, what goes out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from applier.sandbox.app.strict_json import parse_json
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import bad_request

V1 = "2024-02-08"
V2 = "2025-09-18"
VERSIONS = (V1, V2)


@dataclass(frozen=True)
class Incoming:
    """A request as it arrived."""

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    """Header names are in lower case."""
    body: bytes
    parameters: Mapping[str, str] = field(default_factory=dict)
    """What the path template names, such as an id."""
    scheme: str = "http"


@dataclass(frozen=True)
class Answer:
    """A response: a JSON document, raw content, or no body at all."""

    status: int = 200
    document: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None

    def encode(self) -> bytes:
        if self.content is not None:
            return self.content
        return b"" if self.document is None else json.dumps(self.document, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Call:
    """One request, known to be allowed, on its way to a rule."""

    context: Context
    version: str
    incoming: Incoming

    @property
    def address(self) -> str:
        """Where this server was reached."""
        return f"{self.incoming.scheme}://{self.incoming.headers.get('host', 'localhost')}"

    def parameter(self, name: str) -> str:
        return self.incoming.parameters[name]

    def query(self, name: str) -> str | None:
        """The last value of a query parameter; None when it is not there."""
        return next((value for key, value in reversed(self.incoming.query) if key == name), None)

    def flag(self, name: str) -> bool | None:
        value = self.query(name)
        return None if value in (None, "") else str(value).lower() in ("true", "1", "t")

    def organizations(self) -> list[Any]:
        """The organizations that the request names in its query or body, if it names any."""
        named = [value for key, value in self.incoming.query if key == "organization_id"]
        try:
            document = parse_json(self.incoming.body) if self.incoming.body.strip() else None
        except ValueError:
            return named
        return [*named, document.get("organization_id")] if isinstance(document, dict) else named

    def choices(self) -> dict[str, str]:
        """Query parameters that make up a configuration: `table=x` as well as `params[table]=x`."""
        chosen: dict[str, str] = {}
        for key, value in self.incoming.query:
            name = key[len("params[") : -1] if key.startswith("params[") and key.endswith("]") else key
            chosen.setdefault(name, value)
        return chosen

    def members(self, name: str) -> dict[str, str]:
        """A map in the query: `name[key]=value`."""
        opening = f"{name}["
        return {
            key[len(opening) : -1]: value
            for key, value in self.incoming.query
            if key.startswith(opening) and key.endswith("]")
        }

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent; nothing sent counts as an empty one."""
        if not self.incoming.body.strip():
            return {}
        try:
            document = parse_json(self.incoming.body)
        except ValueError as error:
            raise bad_request(f"request body is not valid JSON: {error}") from error
        if document is None:
            return {}
        if not isinstance(document, dict):
            raise bad_request("request body must be a JSON object")
        return document


@dataclass(frozen=True)
class Endpoint:
    """A method and a path, what answers them, and in which versions they exist."""

    method: str
    path: str
    action: Callable[[Call], Answer]
    versions: tuple[str, ...] = VERSIONS
    reach: str = "organization"
    """Which credentials it is for: those of an organization, `partner`, `sandbox` (its own endpoints) or `any`.

    `signed` endpoints take a token of the object that the path names instead, so that a link works by itself.
    """


def data(document: Any, **beside: Any) -> Answer:
    """The usual envelope."""
    return Answer(document={"data": document, **beside})


DONE = Answer()
"""Success without a body."""
