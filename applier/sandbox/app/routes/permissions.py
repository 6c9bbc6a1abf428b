"""Roles and policies."""

from __future__ import annotations

from applier.sandbox.app.http_messages import DONE, Answer, Call, Endpoint, data
from applier.sandbox.rules.access import policies, roles


def list_roles(call: Call) -> Answer:
    return data(roles.list_roles(call.context))


def create_role(call: Call) -> Answer:
    return data(roles.create(call.context, call.body()))


def read_role(call: Call) -> Answer:
    return data(roles.read(call.context, call.parameter("id")))


def replace_role(call: Call) -> Answer:
    return data(roles.replace(call.context, call.parameter("id"), call.body()))


def delete_role(call: Call) -> Answer:
    roles.delete(call.context, call.parameter("id"))
    return DONE


def list_policies(call: Call) -> Answer:
    return data(policies.list_policies(call.context))


def create_policy(call: Call) -> Answer:
    return data(policies.create(call.context, call.body()))


def read_policy(call: Call) -> Answer:
    return data(policies.read(call.context, call.parameter("id")))


def replace_policy(call: Call) -> Answer:
    return data(policies.replace(call.context, call.parameter("id"), call.body()))


def delete_policy(call: Call) -> Answer:
    policies.delete(call.context, call.parameter("id"))
    return DONE


ROLES = "/api/permissions/roles"
POLICIES = "/api/permissions/policies"
ENDPOINTS = (
    Endpoint("GET", ROLES, list_roles),
    Endpoint("POST", ROLES, create_role),
    Endpoint("GET", f"{ROLES}/{{id}}", read_role),
    Endpoint("PUT", f"{ROLES}/{{id}}", replace_role),
    Endpoint("DELETE", f"{ROLES}/{{id}}", delete_role),
    Endpoint("GET", POLICIES, list_policies),
    Endpoint("POST", POLICIES, create_policy),
    Endpoint("GET", f"{POLICIES}/{{id}}", read_policy),
    Endpoint("PUT", f"{POLICIES}/{{id}}", replace_policy),
    Endpoint("DELETE", f"{POLICIES}/{{id}}", delete_policy),
)
