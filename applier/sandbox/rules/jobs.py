"""Jobs: a client that asked for one reads it by its id; it is done when it has been read twice."""

from __future__ import annotations

from collections.abc import Callable

from applier.sandbox.json_values import Document, as_integer
from applier.sandbox.rules.context import Context, new_id, now
from applier.sandbox.rules.refusals import Refusal, bad_request, not_found

KIND = "job"
TYPES = ("createmodel", "updatemodel", "previewmodel", "samplemodel", "exportlogs")
STEPS = ("created", "running", "done")


def start(context: Context, type: str, work: Callable[[], object]) -> Document:
    """Do the work, store its result as a job and return the job; a refusal becomes the error of the job."""
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
    """Return a job; each read takes it one step further."""
    if type not in (*TYPES, *further):
        raise bad_request(f"unknown job type {type}")
    context.session.begin()
    job = context.session.get(KIND, id, context.organization)
    if job is None or job["type"] != type:
        raise not_found("job", id)
    job = {**job, "step": min(as_integer(job, "step") + 1, len(STEPS) - 1)}
    return to_response(context.save(KIND, job))


def to_response(job: Document) -> Document:
    status = STEPS[as_integer(job, "step")]
    if status != "done":
        return {"job_id": job["job_id"], "type": job["type"], "status": status, "result": None, "error": None}
    ended = {"status": "failed" if job["error"] else "done", "result": job["outcome"]}
    return {"job_id": job["job_id"], "type": job["type"], **ended, "error": job["error"]}
