"""Checks of a model that need nothing but the spec."""

from __future__ import annotations

from collections.abc import Iterator

from applier.diagnostics import Diagnostic
from applier.spec.body import items
from applier.spec.kinds import Declaration
from applier.spec.validation.duplicates import find_repeated_entries


def check_model(declaration: Declaration) -> Iterator[Diagnostic]:
    """Return an error for each additional field whose name an earlier one has."""
    resource = declaration.resource
    yield from find_repeated_entries(
        resource, ("additional_fields",), items(resource.body, "additional_fields"), "name"
    )
