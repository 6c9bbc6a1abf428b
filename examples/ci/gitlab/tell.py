"""Tell GitLab what applier found: one note on the merge request, or one issue about drift, kept up to date.

    python tell.py note plan.md           in a pipeline of a merge request
    python tell.py issue drift.md CODE    opens or updates the issue at CODE 2, closes it at 0

Needs GITLAB_TOKEN, a project access token with the scope `api`; without it nothing is told.
"""

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

LABEL = "applier-drift"
PROJECT = f"projects/{os.environ.get('CI_PROJECT_ID', '')}"
MARKER = f"<!-- applier:{os.environ.get('SPEC', '').encode().hex()} -->"


def call(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    said = os.environ
    request = urllib.request.Request(  # noqa: S310 - the runner's own address
        f"{said['CI_API_V4_URL']}/{path}",
        data=json.dumps(body).encode() if body is not None else None,
        method=method,
        headers={"PRIVATE-TOKEN": said["GITLAB_TOKEN"], "Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        said = error.read().decode("utf-8", "replace")[:300]
        sys.exit(f"GitLab says {error.code} to {method} {path.partition('?')[0]}: {said}")
    except OSError as error:
        sys.exit(f"GitLab cannot be reached: {error}")


def ours(path: str, member: str, **query: str) -> dict[str, Any] | None:
    """The note or issue that starts with our marker, by the user of the token."""
    me = call("GET", "user")["id"]
    for page in range(1, 1000):
        found = call("GET", f"{path}?{urlencode({**query, 'per_page': 100, 'page': page})}")
        for one in found:
            if (one[member] or "").startswith(MARKER) and one["author"]["id"] == me:
                return dict(one)
        if len(found) < 100:
            break
    return None


def told(file: str) -> str:
    return f"{MARKER}\n{Path(file).read_text('utf-8')}"


def note(file: str) -> None:
    body = told(file)
    path = f"{PROJECT}/merge_requests/{os.environ['CI_MERGE_REQUEST_IID']}/notes"
    found = ours(path, "body")
    if found is None:
        call("POST", path, {"body": body})
    elif found["body"] != body:
        call("PUT", f"{path}/{found['id']}", {"body": body})


def issue(file: str, code: int) -> None:
    if code not in (0, 2):  # drift could not be looked for, so nothing is known of it
        return
    found = ours(f"{PROJECT}/issues", "description", state="opened", labels=LABEL)
    if code == 2:
        issue = {"title": f"Drift: {os.environ['SPEC']}", "description": told(file)}
        if found is None:
            call("POST", f"{PROJECT}/issues", {**issue, "labels": LABEL})
        else:
            call("PUT", f"{PROJECT}/issues/{found['iid']}", issue)
    elif found is not None:
        call("PUT", f"{PROJECT}/issues/{found['iid']}", {"state_event": "close"})


def main() -> int:
    what, file, *code = sys.argv[1:]
    if not os.environ.get("GITLAB_TOKEN"):
        print("GITLAB_TOKEN is not set, so nothing is told to GitLab.")
        return 0
    if what == "note":
        note(file)
    else:
        issue(file, int(code[0]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
