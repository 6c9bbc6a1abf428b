"""What the stored executions of syncs and of bulk syncs have in common: they are found, listed and summarized alike."""

from __future__ import annotations

from dataclasses import dataclass

from applier.sandbox.json_values import Document, JsonObject
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.refusals import conflict, not_found


@dataclass(frozen=True)
class StoredExecutions:
    """The executions of one kind of sync."""

    kind: str
    sync_kind: str
    terminal: tuple[str, ...]
    """The statuses in which an execution has ended."""
    hidden: tuple[str, ...]
    """The members that no answer has."""

    def find_all(self, context: Context, sync_id: str) -> list[Document]:
        """Return the executions of a sync in the order in which they were started."""
        return context.session.find_all(self.kind, context.organization, parent=sync_id)

    def find_unfinished(self, context: Context, sync_id: str) -> list[Document]:
        return [execution for execution in self.find_all(context, sync_id) if not self.has_ended(execution)]

    def refuse_second(self, context: Context, sync_id: str) -> None:
        """Refuse to start an execution while another one of the sync has not ended."""
        if self.find_unfinished(context, sync_id):
            raise conflict(f"an execution of this {self.sync_kind.replace('_', ' ')} is already running")

    def fetch(self, context: Context, sync_id: str, id: str) -> Document:
        """Return the stored execution; refuse one that does not exist or belongs to another sync."""
        execution = context.fetch(self.kind, id)
        if execution["sync_id"] != sync_id:
            raise not_found("execution", id)
        return execution

    def list_responses(self, context: Context, sync_id: str, *, ascending: bool, only_ended: bool) -> list[Document]:
        context.fetch(self.sync_kind, sync_id)
        found = self.find_all(context, sync_id)
        if only_ended:
            found = [execution for execution in found if self.has_ended(execution)]
        return [self.to_response(execution) for execution in (found if ascending else found[::-1])]

    def status(self, context: Context, sync_id: str) -> Document:
        """Return the execution that runs and the one that ended last, as far as there are any."""
        context.fetch(self.sync_kind, sync_id)
        newest_first = self.find_all(context, sync_id)[::-1]
        current = next((execution for execution in newest_first if not self.has_ended(execution)), None)
        last = next((execution for execution in newest_first if self.has_ended(execution)), None)
        found = {"current_execution": current, "last_execution": last}
        responses = {name: self.to_response(execution) for name, execution in found.items() if execution}
        return {**responses, "next_execution_time": None}

    def has_ended(self, execution: JsonObject) -> bool:
        return execution["status"] in self.terminal

    def to_response(self, execution: JsonObject) -> Document:
        return {name: value for name, value in execution.items() if name not in self.hidden}
