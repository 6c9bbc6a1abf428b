"""Names that tell a secret: of a setting of a connection, and of a parameter in a URL."""

from __future__ import annotations

import re

_WORDS = r"password|passwd|passphrase|secret|token"
_KEYS = r"(?:api|private|access|secret|account|auth)[^a-z0-9]?key"
_OF_PARAMETERS = r"passw|pwd|subscription.?key|signature|credential|jwt|bearer|hmac"
_LAST_WORDS = r"key|sig|auth|authorization|pass|sas"
_SETTING = re.compile(rf"(?:.*_)?(?:{_WORDS}|{_KEYS})", re.IGNORECASE)
_PARAMETER = re.compile(rf"{_WORDS}|{_KEYS}|{_OF_PARAMETERS}|(?:^|[^a-z])(?:{_LAST_WORDS})$", re.IGNORECASE)


def is_secret_setting(name: str) -> bool:
    """Return whether a setting of this name is a secret: its last word says so."""
    return _SETTING.fullmatch(name) is not None


def is_secret_parameter(name: str) -> bool:
    """Return whether a parameter of a URL of this name may be a secret: any part of it says so."""
    return _PARAMETER.search(name) is not None
