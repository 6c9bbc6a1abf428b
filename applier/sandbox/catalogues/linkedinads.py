"""LinkedIn Ads: audiences of users or companies that syncs create in one of two ad accounts."""

from __future__ import annotations

from applier.sandbox.catalogues.common_fields import REMOVE, SNAPSHOT, USUAL, email, key
from applier.sandbox.catalogues.types import EQUALITY, Catalogue, Creation, Field, Object, Property
from applier.sandbox.json_values import JsonObject, as_text

ACCOUNTS = (("507001", "Sandbox Inc. (507001)"), ("507002", "Sandbox Europe (507002)"))
TYPES = (("user_audience", "User audience"), ("company_audience", "Company audience"))
USERS = (
    key(),
    email(required=True, filterable=False),
    Field("first_name", "First name", filterable=False),
    Field("last_name", "Last name", filterable=False),
    Field("country", "Country", filterable=False),
)
COMPANIES = (
    key(),
    Field("company_name", "Company name", required=True, filterable=False, identity=EQUALITY),
    Field("website", "Website", filterable=False, identity=("Equality", "DomainMatch")),
)


def audience(id: str, properties: JsonObject) -> Object:
    """Return the audience with the fields of its type."""
    fields = COMPANIES if properties.get("type") == "company_audience" else USERS
    return Object(id, as_text(properties, "name"), fields, MODES, flags=FLAGS, is_source=False)


MODES = (SNAPSHOT, *USUAL[:1], REMOVE)
FLAGS = {"target_creator": True, "does_not_report_operation_counts": True, "new_target_label": "New audience"}
EXISTING = audience("507001:newsletter", {"name": "Newsletter readers", "type": "user_audience"})
CATALOGUE = Catalogue(
    "linkedinads",
    (EXISTING,),
    creation=Creation(
        (Property("account", "Account", ACCOUNTS), Property("name", "Name"), Property("type", "Type", TYPES)), audience
    ),
)
