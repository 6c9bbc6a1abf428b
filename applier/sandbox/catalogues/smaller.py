"""Catalogues with an object or two: Airtable, MongoDB, Stripe, NetSuite, webhooks, Apollo."""

from __future__ import annotations

from applier.sandbox.catalogues.common import USUAL, choice, computed, email, flag, key, moment, number, reference
from applier.sandbox.catalogues.nouns import EQUALITY, Catalogue, Enrichment, Field, Object

AIRTABLE = Catalogue(
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
                computed("Created", "", "datetime"),
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
MONGODB = Catalogue(
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
STRIPE = Catalogue(
    "stripe",
    (
        Object(
            "customers",
            "Customers",
            (key(), email(), Field("name", "Name"), flag("delinquent", "Delinquent"), moment("created", "Created")),
            rows=(
                {"id": "cus_Ada", "email": "ada@example.com", "name": "Ada Lovelace", "delinquent": False},
                {"id": "cus_Grace", "email": "grace@example.com", "name": "Grace Hopper", "delinquent": True},
            ),
        ),
        Object(
            "subscriptions",
            "Subscriptions",
            (
                key(),
                reference("customer", "Customer", "customers"),
                choice("status", "Status", "active", "canceled", "past_due", "trialing"),
                number("amount", "Amount"),
                moment("current_period_end", "Current period end"),
            ),
            rows=(
                {"id": "sub_1", "customer": "cus_Ada", "status": "active", "amount": 4900},
                {"id": "sub_2", "customer": "cus_Grace", "status": "past_due", "amount": 900},
            ),
        ),
    ),
)
NETSUITE = Catalogue(
    "netsuite",
    (
        Object(
            "customer",
            "Customer",
            (
                key("internalid", "Internal ID"),
                Field("externalid", "External ID", identity=EQUALITY),
                Field("companyname", "Company Name", required=True),
                email(),
                reference("subsidiary", "Primary Subsidiary", "subsidiary", required=True, updateable=False),
                number("creditlimit", "Credit Limit", source_type="currency"),
                computed("lastmodifieddate", "Last Modified"),
            ),
            USUAL,
            key="internalid",
            stamps={"lastmodifieddate": False},
            flags={"supports_target_filters": True},
            rows=({"internalid": "501", "externalid": "c-1", "companyname": "Acme", "subsidiary": "1"},),
        ),
        Object(
            "subsidiary",
            "Subsidiary",
            (key("internalid", "Internal ID"), Field("name", "Name")),
            key="internalid",
            rows=({"internalid": "1", "name": "Parent Company"},),
        ),
    ),
)
WEBHOOK = Catalogue(
    "webhook",
    (
        Object(
            "webhook",
            "Webhook",
            (Field("key", "Key", identity=EQUALITY),),
            USUAL,
            key="record_id",
            flags={"supports_field_creation": True, "optional_target_mappings": True},
            is_source=False,
        ),
    ),
)
PERSON = (
    Field("title", "Title"),
    Field("linkedin_url", "LinkedIn URL"),
    Field("organization_name", "Company"),
    number("organization_employees", "Company size"),
)
APOLLO = Catalogue(
    "apollo",
    (
        Object(
            "people",
            "People",
            (key(), email(), Field("first_name", "First name"), Field("company", "Company"), *PERSON),
            rows=(
                {"id": "ap_1", "email": "ada@example.com", "first_name": "Ada", "company": "Acme",
                 "title": "Countess", "linkedin_url": "https://linkedin.example/ada",
                 "organization_name": "Acme", "organization_employees": 120},
            ),
        ),
    ),
    enrichments=(Enrichment("people", (("email",), ("first_name", "company")), PERSON),),
)  # fmt: skip
