"""Catalogues: the objects of services that are no databases, one file per service, and the store of their records."""

from __future__ import annotations

from collections.abc import Mapping

from applier.sandbox.catalogues import (
    airtable,
    apollo,
    file_storage,
    hubspot,
    linkedinads,
    mongodb,
    netsuite,
    salesforce,
    stripe,
    webhook,
)
from applier.sandbox.catalogues.types import Catalogue, Creation, Enrichment, Field, Object, Property

__all__ = ["CATALOGUES", "Catalogue", "Creation", "Enrichment", "Field", "Object", "Property", "catalogue_of"]

CATALOGUES: Mapping[str, Catalogue] = {
    catalogue.type_id: catalogue
    for catalogue in (
        salesforce.CATALOGUE,
        hubspot.CATALOGUE,
        linkedinads.CATALOGUE,
        airtable.CATALOGUE,
        mongodb.CATALOGUE,
        stripe.CATALOGUE,
        netsuite.CATALOGUE,
        webhook.CATALOGUE,
        apollo.CATALOGUE,
        *file_storage.CATALOGUES,
    )
}


def catalogue_of(type_id: str) -> Catalogue | None:
    """Return the catalogue of a connection type; None for databases and for types without a catalogue."""
    return CATALOGUES.get(type_id)
