"""Who am I: the check of a key."""

from __future__ import annotations

from applier.sandbox.app.credentials import EVERYWHERE
from applier.sandbox.app.messages import V2, Answer, Call, Endpoint, data


def me(call: Call) -> Answer:
    context = call.context
    user = context.session.get("user", context.actor["id"], context.organization) or {}
    organization = context.session.get("organization", context.organization, EVERYWHERE) or {}
    told = {
        "id": context.actor["id"],
        "email": user.get("email", ""),
        "organization_id": context.organization,
        "organization_name": organization.get("name", ""),
        "role": user.get("role", ""),
        "is_user": True,
        "is_organization": False,
        "is_partner": False,
        "is_system": False,
    }
    return data({**told, "credential": {"type": "user"}} if call.version == V2 else told)


ENDPOINTS = (Endpoint("GET", "/api/me", me),)
