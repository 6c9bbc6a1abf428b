"""The sandbox under uvicorn, in a process and a folder of its own, for as long as a `with` block lasts."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.benchmarks.measure import APPLIER, run

KEY = "benchmark-key"
PATIENCE = 30.0  # seconds until the server has to answer


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running server."""

    url: str

    def requests(self) -> list[str]:
        """Path and query of every API request since the last time this was asked."""
        log, key = f"{self.url}/_sandbox/requests", {"Authorization": f"Bearer {KEY}"}
        answer = httpx.get(log, headers=key, timeout=60).raise_for_status().json()
        httpx.delete(log, headers=key).raise_for_status()
        return [str(httpx.URL(entry["path"], params=entry["query"] or None)) for entry in answer["data"]]


@contextmanager
def serve(data: Path, seed: Path) -> Iterator[Sandbox]:
    """A server over tables from `seed`, on a free port, ended when the block ends."""
    port = _free_port()
    sandbox = Sandbox(f"http://127.0.0.1:{port}")
    run((*APPLIER, "sandbox", "seed", str(seed), "--data", str(data)))
    command = (*APPLIER, "sandbox", "serve", "--port", str(port), "--data", str(data), "--api-key", KEY)
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        try:
            _wait_for(sandbox.url, child)
            yield sandbox
        finally:
            child.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and child.poll() is None:
        try:
            httpx.get(f"{url}/api/me", headers={"Authorization": f"Bearer {KEY}"}).raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"the sandbox at {url} did not answer within {PATIENCE:.0f} seconds")
