"""Airtable: a base with two tables."""

from __future__ import annotations

from applier.sandbox.catalogues.common_fields import USUAL, choice, computed_field, key
from applier.sandbox.catalogues.types import EQUALITY, Catalogue, Field, Object

CATALOGUE = Catalogue(
    "airtable",
    (
        Object(
            "appSandboxCRM/tblPeople",
            "CRM: People",
            (
                key(),
                Field("Name", identity=EQUALITY, source_type="singleLineText"),
                Field("Email", source_type="email", identity=EQUALITY),
                choice("Status", "", "Todo", "In progress", "Done", source_type="singleSelect"),
                Field("Companies", source_type="multipleRecordLinks", reference="appSandboxCRM/tblCompanies"),
                computed_field("Created", "", "datetime"),
            ),
            USUAL,
            stamps={"Created": True},
            path=("appSandboxCRM", "appSandboxCRM/tblPeople"),
            flags={"supports_field_creation": True},
            rows=({"id": "recAda", "Name": "Ada", "Email": "ada@example.com", "Status": "Todo"},),
        ),
        Object(
            "appSandboxCRM/tblCompanies",
            "CRM: Companies",
            (key(), Field("Name", identity=EQUALITY, source_type="singleLineText")),
            USUAL,
            path=("appSandboxCRM", "appSandboxCRM/tblCompanies"),
            flags={"supports_field_creation": True},
            rows=({"id": "recAcme", "Name": "Acme"},),
        ),
    ),
    levels=("base", "table"),
)
