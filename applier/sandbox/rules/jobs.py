"""Work that a request asked to be done as a job: it is told of by an id, and ends after it has been asked for twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from applier.sandbox.rules.context import Context, new_id, now
from applier.sandbox.rules.refusals import Refusal, bad_request, not_found
from applier.sandbox.store import Document

KIND = "job"
TYPES = ("createmodel", "updatemodel", "previewmodel", "samplemodel", "exportlogs")
STEPS = ("created", "running", "done")


def start(context: Context, type: str, work: Callable[[], Any]) -> Document:
    """Do the work, and tell of it as a job that has just been created; a refusal is the job's error."""
    outcome: Document
    try:
        outcome = {"outcome": work(), "error": None}
    except Refusal as refusal:
        context.session.rollback()
        outcome = {"outcome": None, "error": refusal.message}
    id = new_id()
    job = {"id": id, "job_id": id, "type": type, "step": 0, "created_at": now(), **outcome}
    return to_response(context.save(KIND, job))


def read(context: Context, type: str, id: str, *, further: tuple[str, ...] = ()) -> Document:
    """How far a job is; it is a step further with every look."""
    if type not in (*TYPES, *further):
        raise bad_request(f"unknown job type {type}")
    context.session.begin()
    job = context.session.get(KIND, id, context.organization)
    if job is None or job["type"] != type:
        raise not_found("job", id)
    job = {**job, "step": min(job["step"] + 1, len(STEPS) - 1)}
    return to_response(context.save(KIND, job))


def to_response(job: Document) -> Document:
    status = STEPS[job["step"]]
    if status != "done":
        return {"job_id": job["job_id"], "type": job["type"], "status": status, "result": None, "error": None}
    ended = {"status": "failed" if job["error"] else "done", "result": job["outcome"]}
    return {"job_id": job["job_id"], "type": job["type"], **ended, "error": job["error"]}
