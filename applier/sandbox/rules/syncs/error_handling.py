"""Whom a sync tells of errors, and what it does about them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applier.sandbox.rules import body_checks
from applier.sandbox.rules.context import Context, stamp
from applier.sandbox.store import Document

FLAGS = ("notify_on_record_errors", "warning_notifications", "auto_retry_record_errors")
MEMBERS = {"subscribers": body_checks.is_texts, **dict.fromkeys(FLAGS, body_checks.is_flag)}


def read(context: Context, sync_id: str) -> Document:
    return _response(context.fetch("sync", sync_id))


def update(context: Context, sync_id: str, body: Mapping[str, Any]) -> Document:
    """What is left out stays as it is."""
    body_checks.check(body, MEMBERS)
    context.session.begin()
    sync = context.fetch("sync", sync_id)
    handling = {**_response(sync), **body_checks.present_members(body, *MEMBERS)}
    context.save("sync", {**sync, "error_handling": handling, **stamp(context, sync)})
    return handling


def _response(sync: Mapping[str, Any]) -> Document:
    return {"subscribers": [], **dict.fromkeys(FLAGS, False), **sync.get("error_handling", {})}
