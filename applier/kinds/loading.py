"""Loads a spec with all registered kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike

from applier.diagnostics import Diagnostic
from applier.kinds.registry import KINDS
from applier.spec.loading import load
from applier.spec.resources import Spec
from applier.spec.variables.given import NOTHING_GIVEN, Given


def load_spec(
    paths: Sequence[str | PathLike[str]], environment: Mapping[str, str], given: Given = NOTHING_GIVEN
) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """Return everything that the files and folders declare, and everything that is wrong with it; see `spec.load`."""
    return load(paths, environment, KINDS, given)
