"""Problems in the user's input: their nouns, their codes, and suggestions for what was meant."""

from applier.diagnostics.codes import diagnose
from applier.diagnostics.diagnostic import Diagnostic, Place, Severity, has_errors, in_order

__all__ = ["Diagnostic", "Place", "Severity", "diagnose", "has_errors", "in_order"]
