"""The types of the HTTP side: the request, the call of an endpoint with it, the answer, and the endpoint."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from applier.sandbox.app.strict_json import parse_json
from applier.sandbox.json_values import Document
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
    document: object = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None

    def encode(self) -> bytes:
        """Return the content of the response."""
        if self.content is not None:
            return self.content
        return b"" if self.document is None else json.dumps(self.document, separators=(",", ":")).encode()


@dataclass(frozen=True)
class Call:
    """A request that passed authentication, with its context."""

    context: Context
    version: str
    incoming: Incoming

    @property
    def address(self) -> str:
        """The address of this server, as the client has it."""
        return f"{self.incoming.scheme}://{self.incoming.headers.get('host', 'localhost')}"

    def parameter(self, name: str) -> str:
        return self.incoming.parameters[name]

    def query(self, name: str) -> str | None:
        """Return the last value of a query parameter; None when it is missing."""
        return next((value for key, value in reversed(self.incoming.query) if key == name), None)

    def flag(self, name: str) -> bool | None:
        value = self.query(name)
        return None if value in (None, "") else str(value).lower() in ("true", "1", "t")

    def organizations(self) -> list[object]:
        """Return the organizations that the request names in its query or body."""
        named: list[object] = [value for key, value in self.incoming.query if key == "organization_id"]
        try:
            document = parse_json(self.incoming.body) if self.incoming.body.strip() else None
        except ValueError:
            return named
        return [*named, document.get("organization_id")] if isinstance(document, dict) else named

    def choices(self) -> dict[str, str]:
        """Return the query parameters that form a configuration: `table=x` as well as `params[table]=x`."""
        chosen: dict[str, str] = {}
        for key, value in self.incoming.query:
            name = key[len("params[") : -1] if key.startswith("params[") and key.endswith("]") else key
            chosen.setdefault(name, value)
        return chosen

    def members(self, name: str) -> dict[str, str]:
        """Return the map `name[key]=value` of the query."""
        opening = f"{name}["
        return {
            key[len(opening) : -1]: value
            for key, value in self.incoming.query
            if key.startswith(opening) and key.endswith("]")
        }

    def body(self) -> Document:
        """Return the JSON object of the body; an empty body and null are an empty object."""
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
    """A method and a path, the function that answers them, and the versions in which they exist."""

    method: str
    path: str
    action: Callable[[Call], Answer]
    versions: tuple[str, ...] = VERSIONS
    reach: str = "organization"
    """Which credentials it is for: those of an organization, `partner`, `sandbox` (its own endpoints) or `any`.

    `signed` endpoints take a token of the object that the path names instead, so that a link works by itself.
    """


def data(document: object, **beside: object) -> Answer:
    """Return an answer with the document in the `data` envelope, and further members beside it."""
    return Answer(document={"data": document, **beside})


DONE = Answer()
"""The answer of success without a body."""
