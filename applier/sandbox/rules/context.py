"""The context of a request: the caller, the organization, the switches, and the session that holds the state."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from applier.sandbox.json_values import Document, JsonObject, as_text
from applier.sandbox.rules.access.builtin_policies import with_builtin_policy
from applier.sandbox.rules.notifications.event_payloads import WATCHED, events_of
from applier.sandbox.rules.refusals import not_found
from applier.sandbox.session import Row, Session
from applier.sandbox.switches import Switches

Member = TypeVar("Member")
ZERO_TIME = "0001-01-01T00:00:00Z"
ZERO_UUID = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class Context:
    """What a rule needs to know of the request that it serves."""

    session: Session
    data: Path
    organization: str
    actor: Mapping[str, str]
    switches: Switches
    live: bool = False
    owner: str = ""
    submit: Callable[[str, str], None] = lambda organization, execution: None

    def fetch(self, kind: str, id: str) -> Document:
        """Return the object; refuse an id that does not exist."""
        found = self.session.get(kind, id, self.organization)
        if found is None:
            raise not_found(kind.replace("_", " "), id)
        return found

    def within(self, organization: str) -> Context:
        """Return the context of the same request in another organization."""
        return replace(self, organization=organization)

    def save(self, kind: str, document: Document, *, parent: str = "") -> Document:
        """Store an object with the events of the change, and return it."""
        if self.switches["builtin_policies"] == "shown":
            document = with_builtin_policy(self.organization, kind, document)
        self._record(kind, as_text(document, "id"), document)
        self.session.put(
            Row(
                kind=kind,
                id=as_text(document, "id"),
                organization=self.organization,
                document=document,
                parent=parent,
                name=str(document.get("name") or ""),
                updated_at=str(document.get("updated_at") or document.get("created_at") or ""),
            )
        )
        return document

    def delete(self, kind: str, id: str) -> None:
        self._record(kind, id, None)
        self.session.delete(kind, id, self.organization)

    def _record(self, kind: str, id: str, after: Document | None) -> None:
        """Store the events of a change."""
        if kind not in WATCHED:
            return
        before, moment = self.session.get(kind, id, self.organization), now()
        for type, payload in events_of(kind, before, after, self.actor, self._get):
            event: Document = {
                "id": (event_id := new_id()),
                "type": type,
                "created_at": moment,
                "organization_id": self.organization,
                "event": {**payload, "organization_id": self.organization},
            }
            self.session.put(Row("event", event_id, self.organization, event, name=type, updated_at=moment))

    def _get(self, kind: str, id: str) -> Document | None:
        return self.session.get(kind, id, self.organization)

    def in_switched_order(self, members: list[Member]) -> list[Member]:
        """Return a list whose order means nothing in the order that the switch asks for."""
        return members[::-1] if self.switches["list_order"] == "reversed" else members


class _Clock:
    """A clock that never returns the same time twice: that of Windows stands still for 16 ms."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        with self._lock:
            self._latest = max(datetime.now(UTC), self._latest + timedelta(microseconds=1))
            return self._latest


_CLOCK = _Clock()


def now() -> str:
    """Return the time; it is later than every time that was returned before in this process."""
    return _CLOCK.now().isoformat(timespec="microseconds").replace("+00:00", "Z")


def new_id() -> str:
    return str(uuid.uuid4())


def stamp(context: Context, before: JsonObject | None = None) -> Document:
    """Return the audit members: who created and changed an object, and when."""
    moment, actor = now(), dict(context.actor)
    created = before or {}
    return {
        "created_at": created.get("created_at", moment),
        "created_by": created.get("created_by", actor),
        "updated_at": moment,
        "updated_by": actor,
    }
