"""Running syncs with progress; shared by `run` and `apply --run`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from applier.cli.console import Console

if TYPE_CHECKING:
    from applier.api import Client
    from applier.execute import Run
    from applier.live.snapshot import Live


def run_and_tell(client: Client, syncs: Sequence[Live], console: Console, given: Mapping[str, Any]) -> tuple[Run, ...]:
    """Start, wait, tell each change of state as it comes."""
    from applier import pipeline

    with console.progress as progress:
        progress.begin("running", total=len(syncs))

        def tell(run: Run) -> None:
            progress.line(f"{run.address}  run {run.status}")
            if run.ended:
                progress.step()

        return pipeline.run(client, syncs, parallelism=given["parallelism"], tell=tell)
