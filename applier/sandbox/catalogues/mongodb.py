"""MongoDB: a database with one collection."""

from __future__ import annotations

from applier.sandbox.catalogues.common_fields import USUAL, key, moment
from applier.sandbox.catalogues.types import EQUALITY, Catalogue, Field, Object

CATALOGUE = Catalogue(
    "mongodb",
    (
        Object(
            "app.signups",
            "app.signups",
            (
                key("_id", "_id"),
                Field("email", identity=EQUALITY),
                Field("first_name"),
                Field("last_name"),
                Field("company"),
                Field("plan"),
                moment("signed_up_at", "signed_up_at"),
            ),
            USUAL,
            key="_id",
            path=("app", "signups"),
            flags={"supports_field_creation": True},
            rows=(
                {"_id": "65a1f0", "email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace",
                 "company": "Acme", "plan": "business", "signed_up_at": "2024-01-15T09:30:00Z"},
                {"_id": "65a1f1", "email": "grace@example.com", "first_name": "Grace", "last_name": "Hopper",
                 "company": "Globex", "plan": "trial", "signed_up_at": "2024-02-01T00:00:00Z"},
                {"_id": "65a1f2", "email": "alan@example.com", "first_name": "Alan", "last_name": "Turing",
                 "plan": "trial", "signed_up_at": "2024-02-20T16:45:00Z"},
                {"_id": "65a1f3", "email": "edsger@example.com", "first_name": "Edsger", "last_name": "Dijkstra",
                 "company": "Initech", "plan": "free", "signed_up_at": "2024-03-05T11:00:00Z"},
            ),
        ),
    ),
    levels=("database", "collection"),
)  # fmt: skip
