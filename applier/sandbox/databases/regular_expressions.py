"""Regular expressions of queries, searched in processes that can be ended.

Python's search holds the lock of the interpreter, and some patterns take it longer than anybody lives: `(a+)+$`.
"""

from __future__ import annotations

import atexit
import json
import re
import subprocess
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait

from applier.sandbox.databases.query_limits import stop_reason

_CHOICES = "*+?{|"
"""The characters of a pattern that make a search try more than one way."""
_SHORT = 5000
"""The number of characters of a text that is searched at once for a pattern with one choice at most."""
_LOOK_EVERY = 0.1  # seconds
_SEARCH = """
import json, re, sys
for line in sys.stdin:
    pattern, text = json.loads(line)
    print(int(re.search(pattern, text) is not None), flush=True)
"""


class Stopped(Exception):
    """The query had to stop during a search."""


class _Searcher:
    """A process that searches texts, one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-c", _SEARCH],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="ascii",
        )
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sandbox-search")

    def search(self, pattern: str, text: str) -> Future[str]:
        """Return the future line that tells whether the pattern is found; it is empty if the process ends before."""
        return self._thread.submit(self._ask, json.dumps([pattern, text]))

    def _ask(self, line: str) -> str:
        if self._process.stdin is None or self._process.stdout is None:
            return ""
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()

    def close(self) -> None:
        self._process.kill()
        self._thread.shutdown(wait=True)
        self._process.communicate()


_IDLE: list[_Searcher] = []
_LOCK = threading.Lock()


def matches(pattern: str, text: str) -> bool:
    """Return whether the pattern is found in the text. Raises `re.error`, and Stopped when the query has to stop."""
    compiled = re.compile(pattern)
    if len(text) <= _SHORT and sum(map(pattern.count, _CHOICES)) <= 1:
        return compiled.search(text) is not None
    with _LOCK:
        searcher = _IDLE.pop() if _IDLE else _Searcher()
    try:
        told = _await(searcher.search(pattern, text))
    except BaseException:
        searcher.close()
        raise
    with _LOCK:
        _IDLE.append(searcher)
    return told == "1\n"


def _await(answer: Future[str]) -> str:
    reason = stop_reason()
    while wait([answer], _LOOK_EVERY).not_done:
        if reason is not None and reason() is not None:
            raise Stopped
    told = answer.result()
    if not told:
        raise Stopped
    return told


@atexit.register
def _close_all() -> None:
    while _IDLE:
        _IDLE.pop().close()
