"""`applier validate`: offline checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from applier.cli import options
from applier.cli.session import Console, read_spec

if TYPE_CHECKING:
    from applier.diagnostics import Diagnostic
    from applier.resources import Spec

ALL = "all"
NEEDS_A_CHOICE = "variable-without-value"


@click.command("validate", short_help="Check the spec without calling the service.")
@options.paths
@options.spec
@options.output
def command(paths: tuple[str, ...], **given: Any) -> int:
    """Check syntax, schema, references, cycles and connection settings, without calling the service.

    PATH is a file or a folder (the current one by default); every *.yaml and *.yml below it is read. `--env all`
    checks the spec in each of its environments, and without one.
    """
    from applier.kinds import KINDS
    from applier.report import Report

    spec, diagnostics = _in_all(paths, given) if given["environment"] == ALL else read_spec(paths, given)
    declared = {kind: number for kind in KINDS if (number := len(spec.of_kind(kind)))}
    return Console.of(given).finish(Report("validate", diagnostics, declared=declared, files=len(spec.files)))


def _in_all(paths: Sequence[str], given: Mapping[str, Any]) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """The spec without an environment, and what is wrong in any: said once, with the environments if not in all."""
    from applier.diagnostics import in_order

    spec, problems = read_spec(paths, {**given, "environment": None})
    found: dict[str | None, tuple[Diagnostic, ...]] = {None: problems}
    for name in spec.environments:
        found[name] = read_spec(paths, {**given, "environment": name})[1]
    if spec.environments and any(one.code == NEEDS_A_CHOICE for one in problems):
        del found[None]  # not meant to be used without an environment
    return spec, in_order(_told(found))


def _told(found: Mapping[str | None, Sequence[Diagnostic]]) -> Iterator[Diagnostic]:
    where: dict[Diagnostic, list[str]] = {}
    for name, problems in found.items():
        for one in problems:
            where.setdefault(one, []).append(f"in the environment {name}" if name else "without an environment")
    for one, names in where.items():
        if len(names) == len(found):
            yield one
        else:
            yield replace(one, detail=f"{one.detail.removesuffix('.')} ({' and '.join(names)}).")
