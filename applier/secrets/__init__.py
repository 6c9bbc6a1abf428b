"""Text that must never be shown: the type of it, and how it is found and hidden in what others have written."""

from applier.secrets.scrubber import NOTHING_CLEAR, SHORTEST_SCRUBBED, InClear, Scrubber, scrubber_of
from applier.secrets.secret import SENSITIVE, Secret, redact, reveal_secrets, reveal_text, secret_text, secrets_in
from applier.secrets.trees import OURS, PATH, VALUE, hide_secrets, hide_values

__all__ = [
    "NOTHING_CLEAR",
    "OURS",
    "PATH",
    "SENSITIVE",
    "SHORTEST_SCRUBBED",
    "VALUE",
    "InClear",
    "Scrubber",
    "Secret",
    "hide_secrets",
    "hide_values",
    "redact",
    "reveal_secrets",
    "reveal_text",
    "scrubber_of",
    "secret_text",
    "secrets_in",
]
