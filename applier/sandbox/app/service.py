"""The processing of a request: version, faults, authentication, authorization, idempotency, commit and log."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from applier.sandbox import faults
from applier.sandbox.app import authorization, error_responses, idempotency, request_log
from applier.sandbox.app.authentication import Caller, Keys, caller, caller_of_link, default_caller
from applier.sandbox.app.http_messages import V2, VERSIONS, Answer, Call, Endpoint, Incoming
from applier.sandbox.process_locks import Owner, is_alive
from applier.sandbox.rules.context import Context
from applier.sandbox.rules.executions.bulk_executions import KIND as BULK_EXECUTION
from applier.sandbox.rules.executions.sync_executions import KIND as EXECUTION
from applier.sandbox.rules.executions.sync_executions import TERMINAL, mark_interrupted
from applier.sandbox.rules.notifications import events
from applier.sandbox.rules.refusals import Refusal, bad_request
from applier.sandbox.runs.worker import Worker
from applier.sandbox.session import Session, StoreError
from applier.sandbox.store import Store
from applier.sandbox.switches import Switches

log = logging.getLogger(__name__)
VERSION_HEADER = "X-Polytomic-Version"


@dataclass(frozen=True)
class Reply:
    """An answer, and the fault that its response gets."""

    answer: Answer
    fault: faults.Fault | None = None


class Service:
    """One running sandbox over one data folder."""

    def __init__(self, data: Path, *, keys: Keys, switches: Mapping[str, str], live: bool) -> None:
        self.data = data
        self.store = Store(data)
        self.switches = Switches(switches)
        self.owner = Owner(data)
        self._keys = keys
        self._live = live
        self._worker = Worker(self._worker_context)
        self._resets = 0
        self._interrupt()

    def close(self) -> None:
        self._worker.close()
        self.store.close()
        self.owner.release()

    def empty(self) -> None:
        """Delete everything but the tables. Requests that are still delayed change nothing and are not logged."""
        self._resets += 1
        self.store.empty()

    def handle(self, endpoint: Endpoint, incoming: Incoming) -> Reply:
        """Return the answer to a request, with the header of its version. Every request gets an answer."""
        version = self._version(incoming.headers)
        try:
            reply = self._reply(endpoint, incoming, version)
        except StoreError as error:
            with suppress(StoreError):
                self.store.session().rollback()
            reply = Reply(
                error_responses.error_answer(Refusal(500, f"the sandbox cannot use its data folder: {error}"), version)
            )
        return _with_version(reply, version)

    def refuse(self, refusal: Refusal, headers: Mapping[str, str]) -> Reply:
        """Return the error for a request that is not read, and therefore neither logged nor met by a fault."""
        version = self._version(headers)
        return _with_version(Reply(error_responses.error_answer(refusal, version)), version)

    def _version(self, headers: Mapping[str, str]) -> str:
        return headers.get(VERSION_HEADER.lower()) or self.switches["default_version"]

    def _reply(self, endpoint: Endpoint, incoming: Incoming, version: str) -> Reply:
        session, resets = self.store.session(), self._resets
        sandbox_own = not incoming.path.startswith("/api")
        fault = None if sandbox_own else faults.match_request(session, incoming.method, incoming.path)
        if fault is not None and fault.when == "before":
            faults.wait_delay(session, fault)
        if resets != self._resets:
            return Reply(error_responses.error_answer(Refusal(503, "the sandbox was reset meanwhile"), version))
        if fault is not None and fault.when == "before" and fault.kind != "delay":
            answer = _faulty_answer(fault, version)
        else:
            answer = self._answer(session, endpoint, incoming, version)
            if fault is not None and fault.when == "after":
                faults.wait_delay(session, fault)
            if fault is not None and fault.kind in ("status", "garbage"):
                answer = _faulty_answer(fault, version)
        if not sandbox_own and resets == self._resets:
            _log(session, incoming, answer.status, fault)
        return Reply(answer, fault)

    def _answer(self, session: Session, endpoint: Endpoint, incoming: Incoming, version: str) -> Answer:
        try:
            if version not in VERSIONS:
                raise bad_request(f"unknown API version {version!r}; known are {', '.join(VERSIONS)}")
            who = _authenticate(session, endpoint, incoming, self._keys)
            if version not in endpoint.versions:
                raise Refusal(404, f"{incoming.method} {incoming.path} does not exist in version {version}")
            who.check(endpoint.reach)
            call = Call(self._context(session, who), version, incoming)
            for named in call.organizations():
                who.check_organization(named)
            authorization.check(call, endpoint)
            return self._once(call, endpoint)
        except Refusal as refusal:
            session.rollback()
            return error_responses.error_answer(refusal, version)

    def _once(self, call: Call, endpoint: Endpoint) -> Answer:
        """Process the request unless it repeats an earlier one."""
        context = call.context
        key = idempotency.key_of(call.incoming, self.switches)
        if key is None:
            answer = self._act(call, endpoint)
            context.session.commit()
            return answer
        claim = idempotency.claim(context.session, self.data, self.owner.token, context.organization, key)
        if isinstance(claim, Answer):
            return claim
        try:
            answer = self._act(call, endpoint)
            idempotency.store_outcome(context.session, claim, answer)
            context.session.commit()
        except StoreError:
            context.session.rollback()
            idempotency.release(context.session, claim)
            raise
        return answer

    def _act(self, call: Call, endpoint: Endpoint) -> Answer:
        try:
            answer = endpoint.action(call)
            return replace(answer, content=answer.encode())
        except Refusal as refusal:
            call.context.session.rollback()
            return error_responses.error_answer(refusal, call.version)
        except StoreError:
            raise
        except Exception:
            log.exception("%s %s broke the sandbox", call.incoming.method, call.incoming.path)
            call.context.session.rollback()
            return error_responses.error_answer(Refusal(500, "internal error"), call.version)

    def _context(self, session: Session, who: Caller) -> Context:
        return Context(
            session=session,
            data=self.data,
            organization=who.organization,
            actor=who.actor,
            switches=self.switches,
            live=self._live,
            owner=self.owner.token,
            submit=self._worker.submit,
        )

    def _worker_context(self, organization: str) -> Context:
        session = self.store.session()
        return self._context(session, replace(default_caller(session), organization=organization))

    def _interrupt(self) -> None:
        """Mark the executions of dead processes as interrupted."""
        session = self.store.session()
        rows = session.read(
            "SELECT kind, id, document FROM objects WHERE kind IN (?, ?) AND "
            f"json_extract(document, '$.status') NOT IN ({', '.join('?' * len(TERMINAL))})",
            (EXECUTION, BULK_EXECUTION, *TERMINAL),
        )
        for kind, id, text in rows:
            execution = json.loads(text)
            if not is_alive(self.data, execution.get("owner") or ""):
                session.write(
                    "UPDATE objects SET document = ? WHERE kind = ? AND id = ?",
                    (json.dumps(mark_interrupted(execution)), kind, id),
                )
        events.delete_expired(session)
        session.commit()


def _with_version(reply: Reply, version: str) -> Reply:
    """Return the reply with the header of the version that has served it."""
    served = version if version in VERSIONS else V2
    return replace(reply, answer=replace(reply.answer, headers={VERSION_HEADER: served, **reply.answer.headers}))


def _log(session: Session, incoming: Incoming, status: int, fault: faults.Fault | None) -> None:
    """Log the request; if that fails, it is answered all the same, since it has been processed."""
    try:
        request_log.record(session, incoming, status, fault)
    except StoreError as error:
        log.warning("the request log: %s", error)
        session.rollback()


def _authenticate(session: Session, endpoint: Endpoint, incoming: Incoming, keys: Keys) -> Caller:
    """Return the caller; a signed link needs no key."""
    token = dict(incoming.query).get("token") if endpoint.reach == "signed" else None
    return (
        caller_of_link(session, incoming.parameters["id"], token) if token else caller(session, incoming.headers, keys)
    )


def _faulty_answer(fault: faults.Fault, version: str) -> Answer:
    """Return the answer that the fault gives in place of the real one."""
    headers = dict(fault.headers)
    if fault.retry_after is not None:
        headers["Retry-After"] = str(fault.retry_after)
    if fault.kind == "garbage":
        return Answer(200, headers={"content-type": "text/html", **headers}, content=b"<html>502 Bad Gateway</html>")
    usual = error_responses.error_answer(Refusal(fault.status, f"injected fault {fault.status}"), version)
    if isinstance(fault.body, str):
        return Answer(fault.status, headers=headers, content=fault.body.encode())
    return Answer(fault.status, usual.document if fault.body is None else fault.body, headers)
