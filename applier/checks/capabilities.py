"""Checks whether connections of a type can be read, be written to, or enrich records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from applier.checks.context import CheckContext
from applier.checks.results import PASSED, CheckResult, finding
from applier.diagnostics.suggestions import suggest
from applier.discovery.offerings import Capabilities, Unavailable
from applier.kinds.base import text
from applier.resolve import Declared
from applier.spec.resources import Path


@dataclass(frozen=True, slots=True)
class Capability:
    """A way to use connections: `use` and `inability` are the verbs of its finding."""

    is_offered: Callable[[Capabilities], bool | None]
    code: str
    use: str
    inability: str
    hint: str


SOURCE = Capability(
    lambda offered: offered.source,
    "not-a-source",
    "reads from",
    "cannot be read",
    "use a connection that can be read",
)
DESTINATION = Capability(
    lambda offered: offered.destination,
    "not-a-destination",
    "writes to",
    "cannot be written to",
    "use a connection that can be written to",
)
ENRICHMENT = Capability(
    lambda offered: offered.enrichment,
    "not-an-enrichment",
    "is enriched by",
    "cannot enrich records",
    "use a connection that can enrich records",
)


def check_capability(
    declared: Declared, context: CheckContext, capability: Capability, connection: str, path: Path
) -> CheckResult:
    """Check that the type of a connection, named at a path, has a capability."""
    type_id, types = connection_type(connection, context), context.catalog.types()
    if isinstance(types, Unavailable) or type_id not in types:
        return Unavailable.UNKNOWN
    if capability.is_offered(types[type_id]) is not False:
        return PASSED
    detail = (
        f'{declared.resource.address} {capability.use} the connection "{connection}", '
        f"but {type_id} connections {capability.inability}."
    )
    return finding(declared, capability.code, detail, path, capability.hint)


def check_connection(declared: Declared, context: CheckContext) -> Iterator[CheckResult]:
    """Check that the workspace offers the type of a declared connection."""
    types, type_id = context.catalog.types(), connection_type(declared.resource.name, context)
    if isinstance(types, Unavailable) or not type_id:
        yield Unavailable.UNKNOWN
        return
    live = context.live(declared.resource.address)
    has_type_already = live is not None and live.canonical.get("type") == type_id  # it may be of a retired type
    if type_id in types or has_type_already:
        yield PASSED
        return
    detail = f'{declared.resource.address} has the type "{type_id}", which the workspace does not offer.'
    yield finding(declared, "connection-type-not-offered", detail, ("type",), suggest(type_id, types))


def connection_type(name: str, context: CheckContext) -> str:
    """Return the type of a connection as it is declared, or else as it is live; "" if neither is known."""
    declared, live = context.connection(name)
    type_id = text(declared.resource.body.get("type")) if declared else ""
    return type_id or (text(live.canonical.get("type")) if live else "")
