"""Reads the spec that the options name, and finds the files that lie beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from applier.system import is_folder

if TYPE_CHECKING:
    from applier.cli.option_values import SpecOptions
    from applier.diagnostics import Diagnostic
    from applier.spec.resources import Spec
    from applier.spec.variables.given import Given


def read_spec(options: SpecOptions, *, strict: bool = True) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """Return the spec under the paths, or under the current folder, with what is wrong in it.

    Unless `strict`, unknown variables and an unknown environment are no problem: an older state of the spec need not
    declare what the options name.
    """
    from applier import pipeline

    return pipeline.load(options.paths or ["."], os.environ, _given_inputs(options, strict=strict))


def read_changed_spec(
    options: SpecOptions, environment: str | None, contents: Mapping[Path, bytes]
) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """Return the spec as it would be in an environment with other contents of its files, by real path."""
    from applier import pipeline

    given = replace(_given_inputs(options, strict=False), environment=environment, contents=contents)
    return pipeline.load(options.paths or ["."], os.environ, given)


def _given_inputs(options: SpecOptions, *, strict: bool) -> Given:
    from applier.spec.variables.given import Given, VariablesOrigin

    origin = VariablesOrigin.ENVIRONMENT if options.variables_from_process else VariablesOrigin.OPTION
    return Given(options.environment or None, options.variables, options.variable_files, strict, origin)


def find_stream(paths: Sequence[str]) -> str | None:
    """Return the name of the first path that is a stream, such as `-`; None if all are files and folders."""
    from applier.spec.documents.streams import STDIN, is_stdin, is_stream

    return next((STDIN if is_stdin(one) else one for one in paths if is_stream(one)), None)


def spec_folder(paths: Sequence[str]) -> Path:
    """Return the folder for files beside the spec: the first path, or the folder that it lies in."""
    from applier.spec.documents.streams import is_stream

    first = Path(paths[0]) if paths and not is_stream(paths[0]) else Path()
    return first if is_folder(first) else first.parent
