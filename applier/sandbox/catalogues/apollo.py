"""Apollo: people, and the enrichment that finds them."""

from __future__ import annotations

from applier.sandbox.catalogues.common_fields import email, key, number
from applier.sandbox.catalogues.types import Catalogue, Enrichment, Field, Object

PERSON = (
    Field("title", "Title"),
    Field("linkedin_url", "LinkedIn URL"),
    Field("organization_name", "Company"),
    number("organization_employees", "Company size"),
)
CATALOGUE = Catalogue(
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
