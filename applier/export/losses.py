"""What an export cannot say: references to objects that are not live, and what Terraform states do not hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from applier.diagnostics import Diagnostic, diagnose
from applier.export.terraform import State
from applier.kinds import KINDS
from applier.kinds.base import Kind
from applier.kinds.field_table import FieldClass
from applier.kinds.references import mentions_in
from applier.live.snapshot import Live, Snapshot
from applier.spec.resources import Path


@dataclass(frozen=True, slots=True)
class MissingReference:
    """A reference of a live object to an object that is not live.

    `member` is the path of the member that can be left out together with the reference; without one the object itself
    cannot be exported.
    """

    user: Live
    kind: str
    id: str
    member: Path = ()

    @property
    def label(self) -> str:
        return ".".join(map(str, self.member))


def find_missing_references(live: Iterable[Live], snapshot: Snapshot) -> list[MissingReference]:
    """Return the references of live objects to ids that the snapshot does not have."""
    return [
        MissingReference(one, mention.kind, mention.name, _optional_member(KINDS[one.kind], mention.path))
        for one in live
        for mention in mentions_in(KINDS[one.kind], KINDS[one.kind].from_api(one.answer))
        if (mention.kind, mention.name) not in snapshot.by_id
    ]


def _optional_member(kind: Kind, path: Path) -> Path:
    """Return the way to the innermost optional member on a path, or an empty path.

    An optional member that is left out of a spec keeps its live value, so that a plan stays empty.
    """
    steps = tuple(map(str, path))
    while steps:
        row = kind.row(steps)
        if row.rule is FieldClass.OPTIONAL:
            return path[: len(row.path)]
        steps = steps[: len(row.path) - 1]
    return ()


def unexportable_ids(missing: Iterable[MissingReference]) -> frozenset[str]:
    """Return the ids of the objects that need an object that is not live."""
    return frozenset(one.user.id for one in missing if not one.member)


def describe_missing(missing: Iterable[MissingReference], unlisted: Collection[str]) -> Iterator[Diagnostic]:
    """Yield a warning for each object that is not live and each consequence, and one for each `unlisted` kind."""
    missing = list(missing)
    left_out = unexportable_ids(missing)
    relevant = [one for one in missing if one.kind not in unlisted and (not one.member or one.user.id not in left_out)]
    relevant.sort(key=lambda one: (one.kind, one.id, one.label, one.user.address))
    for (kind, identifier, label), group in groupby(relevant, lambda one: (one.kind, one.id, one.label)):
        users = list(dict.fromkeys(one.user.address for one in group))
        yield _describe_missing_object(KINDS[kind].noun, identifier, label, users)
    for kind in unlisted:
        yield diagnose(
            "not-exported",
            f"The API key cannot list {KINDS[kind].plural}. Neither they nor references to them are exported.",
            hint="use the key of an administrator",
        )


def _describe_missing_object(noun: str, identifier: str, label: str, users: list[str]) -> Diagnostic:
    consequence = f"exported without {label}" if label else "not exported"
    subject = "1 object refers to it and is" if len(users) == 1 else f"{len(users)} objects refer to it and are"
    return diagnose(
        "not-exported",
        f"{noun.capitalize()} {identifier} does not exist. {subject} {consequence}: {', '.join(users)}.",
        hint="remove the reference in Polytomic" if label else "repair or delete them in Polytomic, then export again",
    )


def describe_losses(state: State) -> Iterator[Diagnostic]:
    """Yield a warning for everything in Terraform states that a spec cannot say, or says in another way."""
    for address in state.unsupported:
        yield diagnose(
            "no-counterpart",
            f"{address} is not exported: applier does not manage this type of resource.",
            hint="keep it in Terraform, or manage it by hand",
        )
    for address in state.without_field_names:
        yield diagnose(
            "not-exported",
            f"{address} has a filter or an override on a field that the state identifies by its id only.",
            hint="replace the id with the name of the field",
        )
    if state.outside:
        addresses = ", ".join(f"{kind}/{identifier}" for kind, identifier in state.outside)
        yield diagnose(
            "not-exported",
            f"The state refers to objects that it does not contain. They are declared by their ids: {addresses}.",
            hint="add the state that contains them, or replace the ids with their names",
        )
    if len(state.organizations) > 1:
        yield diagnose(
            "not-exported",
            f"The state has objects of {len(state.organizations)} organizations: {', '.join(state.organizations)}.",
            hint="a spec describes one organization; keep a folder for each, with its own objects",
        )
