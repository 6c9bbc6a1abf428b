"""Stripe: customers and their subscriptions, a source only."""

from __future__ import annotations

from applier.sandbox.catalogues.common_fields import choice, email, flag, key, moment, number, reference
from applier.sandbox.catalogues.types import Catalogue, Field, Object

CATALOGUE = Catalogue(
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
