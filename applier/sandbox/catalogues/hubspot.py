"""HubSpot: contacts, companies, deals and static lists."""

from __future__ import annotations

from applier.sandbox.catalogues.common_fields import (
    REMOVE,
    SNAPSHOT,
    USUAL,
    choice,
    computed_field,
    email,
    flag,
    key,
    moment,
    number,
    reference,
)
from applier.sandbox.catalogues.types import EQUALITY, Catalogue, Creation, Field, Object, Property
from applier.sandbox.json_values import JsonObject, as_text

FLAGS = {"supports_target_filters": True, "supports_multiple_identities": True, "supports_field_creation": True}
STAMPS = {"createdate": True, "hs_lastmodifieddate": False}
AUDIT = (computed_field("createdate", "Create Date"), computed_field("hs_lastmodifieddate", "Last Modified Date"))
STAGES = ("lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "other")

COMPANIES = Object(
    "companies",
    "Companies",
    (
        key("hs_object_id", "Record ID"),
        Field("name", "Company name", identity=EQUALITY),
        Field("domain", "Company Domain Name", identity=("Equality", "DomainMatch")),
        choice("industry", "Industry", "COMPUTER_SOFTWARE", "BANKING", "EDUCATION_MANAGEMENT", "OIL_ENERGY"),
        number("numberofemployees", "Number of Employees"),
        *AUDIT,
    ),
    USUAL,
    key="hs_object_id",
    stamps=STAMPS,
    flags=FLAGS,
    rows=({"hs_object_id": "9001", "name": "Acme", "domain": "acme.example", "industry": "COMPUTER_SOFTWARE"},),
)
CONTACTS = Object(
    "contacts",
    "Contacts",
    (
        key("hs_object_id", "Record ID"),
        email(required=True),
        Field("firstname", "First Name"),
        Field("lastname", "Last Name"),
        Field("phone", "Phone Number", source_type="phonenumber"),
        choice("lifecyclestage", "Lifecycle Stage", *STAGES, source_type="enumeration"),
        flag("hs_email_optout", "Unsubscribed from all email", createable=False, updateable=False),
        reference("associatedcompanyid", "Primary Associated Company ID", "companies"),
        *AUDIT,
    ),
    (*USUAL, REMOVE),
    key="hs_object_id",
    stamps=STAMPS,
    flags=FLAGS,
    rows=(
        {"hs_object_id": "101", "email": "ada@example.com", "firstname": "Ada", "lifecyclestage": "lead",
         "associatedcompanyid": "9001"},
        {"hs_object_id": "102", "email": "hedy@example.com", "firstname": "Hedy", "lifecyclestage": "customer"},
    ),
)  # fmt: skip
DEALS = Object(
    "deals",
    "Deals",
    (
        key("hs_object_id", "Record ID"),
        Field("dealname", "Deal Name", required=True, identity=EQUALITY),
        choice("pipeline", "Pipeline", "default", required=True),
        choice("dealstage", "Deal Stage", "appointmentscheduled", "contractsent", "closedwon", "closedlost"),
        number("amount", "Amount"),
        moment("closedate", "Close Date"),
        reference("associatedcompanyid", "Company", "companies"),
        *AUDIT,
    ),
    USUAL,
    key="hs_object_id",
    stamps=STAMPS,
    flags=FLAGS,
)


def static_list(id: str, properties: JsonObject) -> Object:
    """Return a list of contacts, whose identity is their email address."""
    return Object(
        id,
        as_text(properties, "name"),
        (key(), email(required=True, filterable=False)),
        (SNAPSHOT, *USUAL[:1], REMOVE),
        flags={"optional_target_mappings": True, "target_creator": True},
        is_source=False,
    )


CATALOGUE = Catalogue(
    "hubspot", (CONTACTS, COMPANIES, DEALS), creation=Creation((Property("name", "List name"),), static_list)
)
