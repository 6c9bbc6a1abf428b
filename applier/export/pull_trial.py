"""Tries changes of spec files in memory: what the spec says then, and what that changes beside what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path as File

from applier import diff
from applier.diagnostics import Diagnostic, Severity
from applier.kinds.base import Kind
from applier.live.snapshot import Live, Snapshot
from applier.resolve import Declared, to_declared
from applier.spec.resources import Path, Resource, Spec

Contents = Mapping[File, bytes]
"""What files would hold, by real path."""
LoadSpec = Callable[[str | None, Contents], tuple[Spec, tuple[Diagnostic, ...]]]
"""Loads the spec in an environment with other contents of files, and tells what is wrong in it."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why changes of files are not made: the errors that they bring, or the addresses that they change, too."""

    errors: tuple[Diagnostic, ...] = ()
    others: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """What still differs of each resource, and which other environments see another value, by address."""

    remaining: Mapping[str, frozenset[Path]]
    environments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _State:
    """What a spec says in one environment."""

    spec: Spec = field(repr=False)
    errors: Mapping[tuple[str, str, str | None], Diagnostic] = field(repr=False)


class Trials:
    """Judges changes of files by the spec that they make, in the chosen environment and in all others."""

    def __init__(self, load: LoadSpec, spec: Spec, declared: Mapping[str, Declared], snapshot: Snapshot) -> None:
        self.load, self.declared, self.snapshot = load, declared, snapshot
        self.chosen = spec.environment.name
        self.names = (self.chosen, *(one for one in (None, *spec.environments) if one != self.chosen))

    @cached_property
    def before(self) -> Mapping[str | None, _State]:
        """What the spec says in each environment as the files are."""
        return {name: self.state(name, {}) for name in self.names}

    def state(self, environment: str | None, contents: Contents) -> _State:
        spec, problems = self.load(environment, contents)
        errors = [one for one in problems if one.severity is Severity.ERROR and one.code != "unknown-reference"]
        return _State(spec, {(one.code, one.detail, one.address): one for one in errors})

    def judge(self, contents: Contents, lives: Mapping[str, Live]) -> Accepted | Refusal:
        """Return what differs from the given live objects with other contents, or why the contents are refused.

        They may change nothing but the resources at the addresses of the live objects.
        """
        seen: dict[str, list[str]] = {}
        remaining: dict[str, frozenset[Path]] = {}
        for name in self.names:
            before, after = self.before[name], self.state(name, contents)
            errors = tuple(one for key, one in after.errors.items() if key not in before.errors)
            if errors:
                return Refusal(errors)
            changed = _find_changed(before.spec.resources, after.spec.resources)
            others = tuple(one for one in changed if one not in lives)
            if others or _address_of_service(before.spec) != _address_of_service(after.spec):
                return Refusal(others=others)
            if name == self.chosen:
                now = {address: to_declared(after.spec.resources[address], self.kind(address)) for address in lives}
                missing = self.names_of_missing(now.values())
                if missing:
                    return Refusal(missing=missing)
                remaining = {address: self.remaining(one, lives[address]) for address, one in now.items()}
            else:
                for one in changed:
                    seen.setdefault(one, []).extend([name] if name is not None else [])
        return Accepted(remaining, {address: tuple(names) for address, names in seen.items() if names})

    def kind(self, address: str) -> Kind:
        return self.declared[address].kind

    def remaining(self, now: Declared, live: Live) -> frozenset[Path]:
        return frozenset(one.path for one in diff.changes(now.kind, now.canonical, live.canonical))

    def differing(self, address: str, live: Live) -> frozenset[Path]:
        """Return the paths at which a resource differs from a live object as the files are."""
        return self.remaining(self.declared[address], live)

    def names_of_missing(self, now: Collection[Declared]) -> tuple[str, ...]:
        """Return the addresses that are mentioned only now and that nothing live has."""
        brought = [need for one in now for need in one.needs if need not in self.declared[one.resource.address].needs]
        return tuple(one for one in brought if not self.snapshot.at(one))


def _address_of_service(spec: Spec) -> tuple[str | None, str | None]:
    return spec.environment.url, spec.environment.key_variable


def _find_changed(before: Mapping[str, Resource], after: Mapping[str, Resource]) -> list[str]:
    """Return the addresses whose resources differ, or that one side does not have."""
    return [
        address
        for address in {**before, **after}
        if address not in before or address not in after or not diff.equal(before[address].body, after[address].body)
    ]
