"""What `applier inspect` lists: the API's own enumerations of a connection, as tables (docs/api/discovery.md)."""

from applier.discovery.inspection.bulk import destination, schemas
from applier.discovery.inspection.sources import enrichment, source
from applier.discovery.inspection.tables import Table
from applier.discovery.inspection.targets import fields, target
from applier.discovery.inspection.types import type_schema

__all__ = ["Table", "destination", "enrichment", "fields", "schemas", "source", "target", "type_schema"]
