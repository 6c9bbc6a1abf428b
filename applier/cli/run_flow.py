"""Runs syncs with progress; shared by `run` and `apply --run`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from applier.cli.console import Console

if TYPE_CHECKING:
    from applier.api import Client
    from applier.execute import Run
    from applier.live.snapshot import Live


def run_syncs(client: Client, syncs: Sequence[Live], console: Console, parallelism: int) -> tuple[Run, ...]:
    """Start the syncs, print each change of state, and return the runs when all have ended."""
    from applier import pipeline

    with console.progress as progress:
        progress.begin("running", total=len(syncs))

        def on_change(run: Run) -> None:
            progress.line(f"{run.address}  run {run.status}")
            if run.ended:
                progress.step()

        return pipeline.run(client, syncs, parallelism=parallelism, on_change=on_change)
