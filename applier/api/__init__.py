"""HTTP to the Polytomic API, with errors that say what to do."""

from applier.api.client import Client, Settings
from applier.api.envelopes import check_id
from applier.api.errors import (
    Answered,
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
from applier.api.threads import side_by_side

__all__ = [
    "Answered",
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
    "check_id",
    "side_by_side",
]
