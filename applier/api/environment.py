"""Finds the URL and the API key of the service in options, the spec's environment and environment variables."""

from __future__ import annotations

from collections.abc import Mapping

from applier.api.addresses import Address
from applier.api.client import DEFAULT_URL
from applier.api.errors import ApiError
from applier.diagnostics import Diagnostic, diagnose

URL_VARIABLE = "POLYTOMIC_DEPLOYMENT_URL"
KEY_VARIABLE = "POLYTOMIC_API_KEY"
SANDBOX_URL = "http://sandbox"
"""The URL of a sandbox in this process, to which no request leaves it."""


def service_url(option: Address | None, of_spec: Address, variables: Mapping[str, str]) -> Address:
    """Return the URL of the API: by option, by the environment of the spec, by POLYTOMIC_DEPLOYMENT_URL, or usual.

    A variable that is set to nothing counts as none. Raises `ApiError` for a blank one, and for an empty option, which
    is a variable of a script without a value: the usual URL would be another workspace.
    """
    variable = Address(variables.get(URL_VARIABLE, ""), URL_VARIABLE)
    for one in (option, variable if variable.url else None):
        if one is not None and not one.url.strip():
            raise ApiError(f"{one.source} is empty.", hint="give it a URL, or leave it out")
    given = (one for one in (option, of_spec, variable) if one and one.url.strip())
    return next(given, Address(DEFAULT_URL))


def api_key(key_variable: str | None, variables: Mapping[str, str]) -> str:
    """Return the API key, empty without one. The environment of the spec may name the variable to read it from."""
    return variables.get(key_variable or KEY_VARIABLE, "").strip()


def missing_key(environment: str | None, key_variable: str | None, alternative: str = "") -> Diagnostic:
    """Return the error for an API key that is not set; `alternative` says what to do without one."""
    if key_variable:
        detail = f"The API key is not set: the environment {environment} reads it from {key_variable}."
        return diagnose("no-api-key", detail, hint=f"set {key_variable} to an API key of the workspace")
    hint = f"set {KEY_VARIABLE} to an API key of the workspace" + (f", or {alternative}" if alternative else "")
    return diagnose("no-api-key", "The API key is not set.", hint=hint)
