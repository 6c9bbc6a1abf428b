"""The identity of the caller."""

from __future__ import annotations

from applier.sandbox.app.http_messages import V2, Answer, Call, Endpoint, data
from applier.sandbox.rules.access.organizations import EVERYWHERE


def me(call: Call) -> Answer:
    context = call.context
    user = context.session.get("user", context.actor["id"], context.organization)
    organization = context.session.get("organization", context.organization, EVERYWHERE) or {}
    is_partner = context.actor["type"] == "partner"
    told = {
        **({"id": user["id"], "email": user["email"], "role": user["role"]} if user else {}),
        "organization_id": context.organization,
        "organization_name": organization.get("name", ""),
        "is_user": user is not None,
        "is_organization": False,
        "is_partner": is_partner,
        "is_system": False,
    }
    method = {"method": "partner_key" if is_partner else "api_key"}
    return data({**told, "credential": method} if call.version == V2 else told)


ENDPOINTS = (Endpoint("GET", "/api/me", me, reach="any"),)
