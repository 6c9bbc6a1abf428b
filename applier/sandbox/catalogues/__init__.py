"""Small catalogues of services that are no databases: what their objects are, and a store of their records."""

from __future__ import annotations

from collections.abc import Mapping

from applier.sandbox.catalogues import files, hubspot, linkedinads, salesforce, smaller
from applier.sandbox.catalogues.nouns import Catalogue, Creation, Enrichment, Field, Object, Property

__all__ = ["CATALOGUES", "Catalogue", "Creation", "Enrichment", "Field", "Object", "Property", "catalogue_of"]

CATALOGUES: Mapping[str, Catalogue] = {
    catalogue.type_id: catalogue
    for catalogue in (
        salesforce.CATALOGUE,
        hubspot.CATALOGUE,
        linkedinads.CATALOGUE,
        smaller.AIRTABLE,
        smaller.MONGODB,
        smaller.STRIPE,
        smaller.NETSUITE,
        smaller.WEBHOOK,
        smaller.APOLLO,
        *files.CATALOGUES,
    )
}


def catalogue_of(type_id: str) -> Catalogue | None:
    """The catalogue of a connection type; None for databases and for types that the sandbox knows little of."""
    return CATALOGUES.get(type_id)
