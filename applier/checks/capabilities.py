"""What can be done with connections of a type at all: be read, be written to, enrich."""

from __future__ import annotations

from applier.checks.context import CheckContext, finding
from applier.discovery.model import Result, State
from applier.kinds.base import text
from applier.resolve import Declared
from applier.resources import Path

SAID = {
    "source": ("reads from", "can only be written to", "not-a-source"),
    "destination": ("writes to", "can only be read", "not-a-destination"),
    "enrichment": ("is enriched by", "cannot enrich", "not-an-enrichment"),
}


def check_capability(form: Declared, world: CheckContext, what: str, name: str, path: Path) -> Result:
    """Whether the type of a connection, mentioned at a path, can be a `source`, a `destination` or an `enrichment`."""
    type_id, types = type_of(name, world), world.offers.types()
    if isinstance(types, State) or type_id not in types:
        return State.SILENT
    if getattr(types[type_id], what) is not False:
        return State.PASSED
    does, cannot, code = SAID[what]
    said = f'{form.resource.address} {does} "{name}", but {type_id} connections {cannot}.'
    return finding(code, said, form.resource.locate(*path), form.resource.address)


def type_of(connection: str, world: CheckContext) -> str:
    """The type of a connection, declared or live; empty when it is not known."""
    form, live = world.forms.get(f"connections/{connection}"), world.live(f"connections/{connection}")
    declared = text(form.resource.body.get("type")) if form else ""
    return declared or (text(live.canonical.get("type")) if live else "")
