"""`docs/reference/spec.md` lists every member that the schema of the spec has; UPDATE_DOCS=1 writes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from tests.pages import FENCED, ROOT, check_or_write
from tests.spec_page import Schema, spec_page

PAGE = ROOT / "docs/reference/spec.md"
SCHEMA: Schema = json.loads((ROOT / "schemas/spec.schema.json").read_text(encoding="utf-8"))


def members(schema: Schema) -> Iterator[str]:
    """Yield the names of all members, at every depth."""
    for group in (schema, *schema.get("$defs", {}).values()):
        for name, member in group.get("properties", {}).items():
            yield name
            yield from members(member)
        for inner in ("items", "additionalProperties"):
            if isinstance(group.get(inner), dict):
                yield from members(group[inner])


def test_the_page_of_the_spec_is_the_schema() -> None:
    check_or_write(PAGE, spec_page(SCHEMA))


def test_the_page_has_every_member() -> None:
    page = FENCED.sub("", PAGE.read_text(encoding="utf-8"))
    shown = set(re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`]+)`", page))))
    assert set(members(SCHEMA)) - shown == set()
