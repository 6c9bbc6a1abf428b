"""Writes live edits back into the spec files: the smallest change of each file, and the differences that stay.

No change is made on trust. The spec is loaded from the changed files in memory, in every environment, and has to be
valid, to say what is live and to leave every other resource as it is. What fails is tried in smaller parts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from applier.diff import FieldChange
from applier.export.edits import NAME, hides_secret, shares_path
from applier.export.pull_parts import Attempt, Part, Pull, Write
from applier.export.pull_targets import NOT_TO_FILES
from applier.export.pull_trial import Accepted, LoadSpec, Refusal, Trials
from applier.plan import Action, Change
from applier.resolve import Resolved, to_declared
from applier.secrets import Scrubber
from applier.spec.resources import Spec

NOT_SEPARATE = "the value has no position of its own in the file"
RENAMED = "the name is the key of the resource. Rename it by hand"
_WAYS = ((False, 0), (True, 0), (False, 1), (True, 1))
"""The ways to write edits: whether lists get the order that is live, and the level (see `Targets.find`)."""
NOT_LIVE = "the resource is not live. Remove it from the spec by hand"


@dataclass(frozen=True, slots=True)
class LeftDifference:
    """A difference that stays, and why. The label is empty for a whole resource."""

    address: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class PullResult:
    """Files as they are and as they are to be, the fields that are pulled (address and label), and what is left.

    `environments` has the other environments that see a changed value, too, by address.
    """

    before: Mapping[str, bytes] = field(repr=False)
    after: Mapping[str, bytes] = field(repr=False)
    pulled_fields: tuple[tuple[str, str], ...] = ()
    left: tuple[LeftDifference, ...] = ()
    environments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def changed(self) -> tuple[str, ...]:
        """The files that change."""
        return tuple(name for name in self.before if self.before[name] != self.after[name])


def pull_edits(
    changes: Collection[Change], spec: Spec, resolved: Resolved, scrubber: Scrubber, load: LoadSpec
) -> PullResult:
    """Return the files of a spec with the live values of the fields that a plan would change.

    No secret that the scrubber knows is written to a file. `load` reads the spec again. Raises OSError.
    """
    updates = {one.address: one for one in changes if one.action in (Action.UPDATE, Action.RENAME)}
    work = _Work(updates, Trials(load, spec, resolved.declared, resolved.snapshot), scrubber)
    work.settle_all(spec)
    pulled_fields: list[tuple[str, str]] = []
    left: list[LeftDifference] = []
    for change in changes:
        if change.action is Action.CREATE:
            place = work.spec.resources[change.address].place
            left.append(LeftDifference(change.address, "", f"{NOT_LIVE}: {place.file}:{place.line}"))
        elif change.address in updates:
            reasons = work.find_reasons(change)
            left += [LeftDifference(change.address, label, why) for label, why in reasons.items()]
            pulled_fields += [(change.address, one.label) for one in change.fields if one.label not in reasons]
    before, after = work.attempt.files()
    return PullResult(before, after, tuple(pulled_fields), tuple(left), work.environments)


class _Work:
    """Makes changes of files, the largest parts first, as long as the spec that they make is as wanted."""

    def __init__(self, changes: Mapping[str, Change], trials: Trials, scrubber: Scrubber) -> None:
        self.changes, self.trials, self.scrubber = changes, trials, scrubber
        self.attempt = Attempt()
        self.environments: Mapping[str, tuple[str, ...]] = {}
        self.verdicts: dict[str, Accepted | Refusal] = {}

    def settle_all(self, spec: Spec) -> None:
        """Pull everything that can be pulled. What was refused is tried again beside what was accepted meanwhile.

        The last round accepts nothing: its reasons name places in the files as they are then.
        """
        before: Attempt | None = None
        while before != self.attempt:
            before = self.attempt
            self.spec = self.trials.state(self.trials.chosen, before.contents).spec if before.contents else spec
            self.pulls = {address: self.create(one) for address, one in self.changes.items()}
            self.remaining = {address: one.differing for address, one in self.pulls.items()}
            self.reasons = {address: dict(one.blocked) for address, one in self.pulls.items()}
            parts = [Part(address) for address, one in self.pulls.items() if one.edits[False]]
            if parts:
                self.settle(parts)

    def create(self, change: Change) -> Pull:
        declared = to_declared(self.spec.resources[change.address], self.trials.declared[change.address].kind)
        live = self.trials.snapshot.by_id[change.kind, change.id or ""]
        return Pull.create(change, declared, live, self.spec, self.scrubber)

    def settle(self, parts: list[Part]) -> list[Part]:
        """Pull the parts together or, where that fails, smaller ones; return those that cannot be pulled."""
        refusal = self.pull(parts)
        if refusal is None:
            return []
        smaller = parts if len(parts) > 1 else self.pulls[parts[0].address].split(parts[0])
        if len(smaller) == 1:
            self.pulls[smaller[0].address].note(smaller[0], refusal, self.reasons[smaller[0].address])
            return smaller
        middle = len(smaller) // 2
        return [*self.settle(smaller[:middle]), *self.settle(smaller[middle:])]

    def pull(self, parts: list[Part]) -> Refusal | str | None:
        """Pull the parts in the first way that is accepted. Return why there is none."""
        first: Refusal | str | None = None
        seen: list[list[Write]] = []
        for in_live_order, level in _WAYS if len(parts) == 1 else _WAYS[:1]:
            writes = [one for part in parts for one in self.pulls[part.address].writes_of(part, in_live_order, level)]
            if writes in seen:
                continue
            seen.append(writes)
            attempt, problem = self.attempt.add(writes)
            refusal = self.judge(attempt, parts) if problem is None else problem
            if refusal is None:
                self.attempt = attempt
                return None
            first = first or refusal
        return first or ""

    def judge(self, attempt: Attempt, parts: list[Part]) -> Refusal | str | None:
        """Return why the contents of an attempt are not taken; None if they are, with what remains."""
        if attempt == self.attempt:
            return ""
        verdict = self.verdicts.get(attempt.digest)
        if verdict is None:  # many resources may need the same change of their defaults: it is judged once
            lives = {address: one.live for address, one in self.pulls.items()}
            verdict = self.verdicts[attempt.digest] = self.trials.judge(attempt.contents, lives)
        if isinstance(verdict, Refusal):
            return verdict
        for address, now in verdict.remaining.items():
            if now - self.remaining[address]:
                return ""
        for one in parts:
            if not self.pulls[one.address].has_effect(one, self.remaining[one.address], verdict.remaining[one.address]):
                return ""
        self.take(verdict)
        return None

    def take(self, verdict: Accepted) -> None:
        self.remaining, self.environments = dict(verdict.remaining), verdict.environments

    def find_reasons(self, change: Change) -> dict[str, str]:
        """Return why fields of a change stay, by label."""
        pull = self.pulls[change.address]
        at = pull.targets.line(())
        reasons: dict[str, str] = {}
        for one in change.fields:
            if one.path == NAME:
                reasons[one.label] = f"{RENAMED}: {at}"
            elif one.path in self.remaining[change.address] or one.path not in self.trials.differing(
                change.address, pull.live
            ):
                reasons[one.label] = self.find_reason(change.address, one)
        return reasons

    def find_reason(self, address: str, field: FieldChange) -> str:
        """Return why a field stays: the reason of the edit that would have pulled it."""
        if hides_secret(field.before):
            return NOT_TO_FILES
        found = (why for path, why in self.reasons[address].items() if shares_path(path, field.path))
        return next(found, f"{NOT_SEPARATE}: {self.pulls[address].targets.line(field.path)}")
