"""What the changes of one run share, and what takes them one step further."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from applier.api import Client, Missing
from applier.diagnostics import Diagnostic
from applier.execute.preflight import Preflight
from applier.kinds.base import ApiObject, Canonical, Kind, text
from applier.live.snapshot import Snapshot, fetch_object, kind_client
from applier.plan import Change
from applier.resolve import DeclaredResources


class Conflict(Exception):
    """Somebody else changed the object between the plan and the write."""


@dataclass(slots=True)
class ApplyContext:
    """What the changes of one run share: the client, the declared forms, what the plan saw, and the ids so far.

    `look` shows what others have made since, `check` is asked right before a write what speaks against it.
    """

    client: Client
    forms: DeclaredResources
    snapshot: Snapshot
    run: str
    look: Preflight
    ids: dict[tuple[str, str], str] = field(default_factory=dict)
    names: dict[tuple[str, str], str] = field(default_factory=dict)
    check: Callable[[Change], tuple[Diagnostic, ...]] = lambda change: ()

    def learn(self, kind: str, name: str, identifier: str) -> None:
        """Remember the id of what was created a moment ago."""
        self.ids[kind, name] = identifier
        self.names[kind, identifier] = name

    def id_of(self, kind: str, name: str) -> str:
        """The id behind a name; the plan has made sure that there is exactly one."""
        known = self.ids.get((kind, name))
        return known or self.snapshot.at(f"{kind}/{name}")[0].id

    def connection_id(self, name: str) -> str | None:
        """The id of a connection, if there is one by now."""
        found = self.snapshot.at(f"connections/{name}")
        return self.ids.get(("connections", name)) or (found[0].id if len(found) == 1 else None)

    def name_of(self, kind: str, identifier: str) -> str:
        """The name behind an id, of new objects too."""
        return self.names.get((kind, identifier)) or self.snapshot.name_of(kind, identifier)


def write_sub_resources(kind: Kind, form: Canonical, answer: ApiObject, workplace: ApplyContext) -> ApiObject:
    """Write what the object's own endpoint does not take; then as it is read."""
    if kind.sub_resources is None:
        return answer
    path, declared = f"{kind.path}/{answer.get('id')}", kind.reconcile(form, kind.from_api(answer))
    if not kind.sub_resources.write(kind_client(workplace.client, kind), path, declared, answer):
        return answer
    return fetch_object(workplace.client, kind, text(answer.get("id")), form)


def set_toggle(kind: Kind, declared: Canonical, answer: ApiObject, workplace: ApplyContext) -> ApiObject:
    """Set the member that has an endpoint of its own, if it is declared and not so yet (quirk 38); then as it is."""
    if kind.toggle is None or kind.toggle.member not in declared:
        return answer
    wanted = declared[kind.toggle.member]
    if kind.from_api(answer).get(kind.toggle.member) is wanted:
        return answer
    endpoint, body = kind.toggle.request(wanted is True)
    workplace.client.post(f"{kind.path}/{answer.get('id')}/{endpoint}", body, harmless_twice=True)
    return fetch_object(workplace.client, kind, text(answer.get("id")), declared)


def read_if_there(kind: Kind, identifier: str, declared: Canonical, workplace: ApplyContext) -> ApiObject | None:
    """As it is now, None when it is gone. Raises `ApiError`."""
    try:
        return fetch_object(workplace.client, kind, identifier, declared)
    except Missing:
        return None
