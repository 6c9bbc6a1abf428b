"""A change goes from `execute` through `live` to `api` and back without detours."""

from __future__ import annotations

import gc
import inspect
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

import applier
from applier.execute import executor, preflight
from applier.execute.context import ApplyContext
from applier.execute.operations import Applied
from applier.plan import Change
from tests.kinds.workspace import spec, workspace

ROOT = Path(applier.__file__).parent
ROOMS = ("execute", "live", "api")
MOST_RETURNS = 5  # a read and a replace with its read back: three answers of the client, two of `Remote`
MOST_RETURNS_OF_A_CREATE = MOST_RETURNS + 4  # and the list that shows whether the name is its own, with its pages


class Trip:
    """Records which rooms are entered and left, in order, while it is the profile function of a thread."""

    def __init__(self) -> None:
        self.rooms: list[str] = []
        self._stack: list[str] = []
        members = (one.fget for one in gc.get_objects() if isinstance(one, property))
        self._members = {one.__code__ for one in members if hasattr(one, "__code__")}

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        room = self._room(frame.f_code)
        if room is None:
            return
        if event == "call":
            self._stack.append(room)
        elif event == "return" and self._stack:
            self._stack.pop()
        if self._stack and self.rooms[-1:] != self._stack[-1:]:
            self.rooms.append(self._stack[-1])

    def _room(self, code: CodeType) -> str | None:
        path = Path(code.co_filename)
        is_generator = bool(code.co_flags & inspect.CO_GENERATOR)  # it is entered once for each entry of a list
        if code in self._members or is_generator or not path.is_relative_to(ROOT):
            return None
        room = path.relative_to(ROOT).parts[0]
        return room if room in ROOMS else None

    @property
    def returns(self) -> int:
        """How often a room that was left for another is entered again."""
        return sum(ROOMS.index(after) < ROOMS.index(before) for before, after in pairwise(self.rooms))


def trips(folder: Path, monkeypatch: pytest.MonkeyPatch, *documents: Mapping[str, Any]) -> dict[str, Trip]:
    """Apply the documents one after the other; the trips of the last ones, by address."""
    found: dict[str, Trip] = {}
    apply_change = executor.apply_change

    def traced(change: Change, context: ApplyContext) -> Applied:
        found[change.address] = Trip()
        sys.setprofile(found[change.address])
        try:
            return apply_change(change, context)
        finally:
            sys.setprofile(None)

    monkeypatch.setattr(executor, "apply_change", traced)
    monkeypatch.setattr(preflight, "FRESH", 3600.0)  # on a busy machine lists would be read again before each create
    with workspace(folder) as live:
        for document in documents:
            found.clear()
            live.apply(document)
    return found


def test_a_create(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = trips(tmp_path, monkeypatch, spec())
    assert {address: one.returns <= MOST_RETURNS_OF_A_CREATE for address, one in found.items()} == dict.fromkeys(
        found, True
    )
    assert len(found) == len(("Source", "Warehouse", "Customers", "Sync"))


def test_an_update(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = spec(sync={"schedule": {"frequency": "hourly", "minute": 5}})
    sync = trips(tmp_path, monkeypatch, spec(), changed)["syncs/Sync"]
    assert sync.returns <= MOST_RETURNS, sync.rooms
