"""NetSuite: customers and subsidiaries."""

from __future__ import annotations

from applier.sandbox.catalogues.common_fields import USUAL, computed_field, email, key, number, reference
from applier.sandbox.catalogues.types import EQUALITY, Catalogue, Field, Object

CATALOGUE = Catalogue(
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
                computed_field("lastmodifieddate", "Last Modified"),
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
