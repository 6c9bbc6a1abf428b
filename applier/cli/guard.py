"""Hides the secrets of one call in everything that it prints or writes, also what was hidden before."""

from __future__ import annotations

import os
import traceback
from typing import TYPE_CHECKING, ClassVar, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from applier.secrets import InClear, Scrubber

KEYS = ("POLYTOMIC_API_KEY", "APPLIER_LOCK_KEY", "APPLIER_LOCK_KEY_OLD")
Shown = TypeVar("Shown")


class Guard:
    """Knows the keys in the environment from the start, and more as soon as a spec is read or a client is open."""

    latest: ClassVar[Guard | None] = None

    def __init__(self) -> None:
        self._secrets = frozenset(os.environ.get(one, "").strip() for one in KEYS) - {""}
        self._in_clear: InClear | None = None
        self._scrubber: Scrubber | None = None
        Guard.latest = self

    def learn(self, secrets: Iterable[str], in_clear: InClear) -> None:
        """Hide more secrets from now on; what is `in_clear` stays readable although it holds one."""
        self._secrets |= frozenset(secrets)
        self._in_clear = self._in_clear | in_clear if self._in_clear else in_clear
        self._scrubber = None

    @property
    def scrubber(self) -> Scrubber:
        """What hides everything that is known so far."""
        from applier.secrets import NOTHING_CLEAR, scrubber_of

        if self._scrubber is None:
            self._scrubber = scrubber_of(self._secrets, self._in_clear or NOTHING_CLEAR)
        return self._scrubber

    def hide(self, shown: Shown) -> Shown:
        """Return a report, diagnostics or a text without secrets."""
        from applier.secrets import hide_secrets

        return hide_secrets(shown, self.scrubber)


def format_crash(error: Exception) -> str:
    """Return the traceback of a defect of applier. Its message may quote any value, so that secrets are hidden."""
    text = "".join(traceback.format_exception(error))
    return (Guard.latest or Guard()).scrubber.text(text)
