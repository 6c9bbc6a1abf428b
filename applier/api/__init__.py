"""HTTP to the Polytomic API, with errors that say what to do."""

from applier.api.client import Client, Settings
from applier.api.errors import (
    ApiError,
    BadAnswer,
    Conflicted,
    Missing,
    NotAllowed,
    Refused,
    ServerFailed,
    Throttled,
    Unreachable,
)

__all__ = [
    "ApiError",
    "BadAnswer",
    "Client",
    "Conflicted",
    "Missing",
    "NotAllowed",
    "Refused",
    "ServerFailed",
    "Settings",
    "Throttled",
    "Unreachable",
]
