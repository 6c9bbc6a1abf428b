"""The few calls to GitHub's API that the action makes: comments of a pull request, issues, merged pull requests."""

from __future__ import annotations

import json
import os
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

PAGE = 100
LONGEST = 65_536  # characters of a comment; GitHub refuses more
CUT = "\n\n_Too long for a comment; the summary of the job has all of it._"
PAUSES = (1, 3)  # seconds before a call is made again that GitHub failed to answer


class ForgeError(Exception):
    """GitHub refused a call, or could not be reached."""


class Unanswered(ForgeError):
    """It could be otherwise the next time."""


@dataclass(frozen=True)
class Forge:
    """One repository at GitHub, as one user."""

    api: str
    repository: str
    author: str
    token: str = field(repr=False)

    @classmethod
    def of_job(cls) -> Forge:
        """As the runner and the inputs of the action tell it."""
        said = os.environ
        return cls(said["GITHUB_API_URL"], said["GITHUB_REPOSITORY"], said["AUTHOR"], said["TOKEN"])

    def upsert_comment(self, number: int, marker: str, body: str) -> None:
        """One comment on the pull request that starts with the marker: written again if it is there."""
        found = self.comment(number, marker)
        if found is None:
            self._call("POST", f"issues/{number}/comments", {"body": cut(body)})
        elif found["body"] != cut(body):
            self._call("PATCH", f"issues/comments/{found['id']}", {"body": cut(body)})

    def comment(self, number: int, marker: str) -> dict[str, Any] | None:
        """Our comment that starts with the marker."""
        return next((one for one in self._all(f"issues/{number}/comments") if self._ours(one, marker)), None)

    def merged_pull_request(self, commit: str) -> dict[str, Any] | None:
        """The pull request that brought the commit."""
        found = self._all(f"commits/{quote(commit)}/pulls")
        return next((one for one in found if one.get("merged_at")), None)

    def issue(self, marker: str, label: str) -> dict[str, Any] | None:
        """Our open issue that starts with the marker."""
        found = self._all("issues", state="open", labels=label)
        return next((one for one in found if "pull_request" not in one and self._ours(one, marker)), None)

    def upsert_issue(self, marker: str, label: str, title: str, body: str) -> int:
        """The number of the one open issue about it, opened or brought up to date."""
        found = self.issue(marker, label)
        if found is None:
            made = self._call("POST", "issues", {"title": title, "body": cut(body), "labels": [label]})
            return int(made["number"])
        if (found["title"], found["body"]) != (title, cut(body)):
            self._call("PATCH", f"issues/{found['number']}", {"title": title, "body": cut(body)})
        return int(found["number"])

    def close_issue(self, marker: str, label: str, sentence: str) -> None:
        """Close the issue with a last word, if one is open."""
        found = self.issue(marker, label)
        if found is not None:
            self._call("POST", f"issues/{found['number']}/comments", {"body": sentence})
            self._call("PATCH", f"issues/{found['number']}", {"state": "closed", "state_reason": "completed"})

    def _ours(self, one: dict[str, Any], marker: str) -> bool:
        return (one.get("body") or "").startswith(marker) and one["user"]["login"] == self.author

    def _all(self, path: str, **query: str) -> Iterator[dict[str, Any]]:
        for page in range(1, 1000):
            found = self._call("GET", f"{path}?{urlencode({**query, 'per_page': PAGE, 'page': page})}")
            yield from found
            if len(found) < PAGE:
                return

    def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The answer; what does the same twice as once is tried again."""
        for pause in PAUSES if method != "POST" else ():
            try:
                return self._once(method, path, body)
            except Unanswered:
                time.sleep(pause)
        return self._once(method, path, body)

    def _once(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        request = urllib.request.Request(
            f"{self.api}/repos/{self.repository}/{path}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
            headers={
                "Accept": "application/vnd.github+json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "X-GitHub-Api-Version": "2022-11-28",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            said = error.read().decode("utf-8", "replace")[:300]
            kind = Unanswered if error.code >= 500 else ForgeError
            raise kind(f"GitHub says {error.code} to {method} {path.partition('?')[0]}: {said}") from None
        except (OSError, ValueError) as error:
            raise Unanswered(f"GitHub cannot be reached: {error}") from None


def cut(body: str) -> str:
    """As much as a comment holds; the rest is in the summary of the job."""
    if len(body) <= LONGEST:
        return body
    return body[: LONGEST - len(CUT)].rpartition("\n")[0] + CUT
