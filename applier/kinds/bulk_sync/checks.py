"""Checks of a bulk sync that need nothing but the spec."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic
from applier.spec.body import items, mapping
from applier.spec.kinds import Declaration
from applier.spec.validation.duplicates import find_repeated_entries


def check_bulk_sync(declaration: Declaration) -> Iterator[Diagnostic]:
    """Return an error for each field of a schema whose id an earlier one has."""
    resource = declaration.resource
    for name, schema in mapping(resource.body, "schemas").items():
        if isinstance(schema, dict):
            yield from find_repeated_entries(resource, ("schemas", name, "fields"), items(schema, "fields"), "id")
