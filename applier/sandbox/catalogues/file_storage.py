"""Object stores and SFTP: every file is a table of rows, and a sync can make new files."""

from __future__ import annotations

from applier.sandbox.catalogues.common_fields import APPEND, REPLACE, SNAPSHOT, moment, number
from applier.sandbox.catalogues.types import Catalogue, Creation, Field, Object, Property
from applier.sandbox.json_values import JsonObject, as_text

TYPES = ("s3", "gcs", "azureblob", "cloudflare_r2", "sftp")
FLAGS = {"supports_field_creation": True, "requires_configuration": True, "use_field_names_as_labels": True}
ORDERS = Object(
    "exports/orders.csv",
    "exports/orders.csv",
    (
        Field("order_id", "order_id"),
        Field("email", "email"),
        number("total", "total"),
        moment("ordered_at", "ordered_at"),
    ),
    (APPEND, REPLACE, SNAPSHOT),
    key="",
    flags=FLAGS,
    rows=(
        {"order_id": "o-1", "email": "ada@example.com", "total": 12.5, "ordered_at": "2024-01-15T09:30:00Z"},
        {"order_id": "o-2", "email": "grace@example.com", "total": 99, "ordered_at": "2024-02-01T00:00:00Z"},
    ),
)


def new_file(id: str, properties: JsonObject) -> Object:
    """Return an empty file; its columns are those of the sync that writes it."""
    name = as_text(properties, "name")
    return Object(name, name, (), (APPEND, REPLACE, SNAPSHOT), key="", flags=FLAGS)


CATALOGUES = tuple(
    Catalogue(type_id, (ORDERS,), levels=("path",), creation=Creation((Property("name", "Path"),), new_file))
    for type_id in TYPES
)
