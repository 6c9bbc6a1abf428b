"""What an export cannot say, in one sentence for each cause, however many objects it is about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import chain

from applier.diagnostics import Diagnostic, Severity
from applier.export.terraform import State
from applier.kinds import KINDS
from applier.kinds.references import mentions_in
from applier.live.snapshot import Live, Snapshot

Lost = Mapping[str, tuple[int, list[Live]]]
"""By the address that is named: how many objects have it, and who names it."""


def describe_unplaced(live: Collection[Live], seen: Snapshot) -> Lost:
    """What objects name that leads to nothing or to several."""
    found: dict[str, tuple[int, list[Live]]] = {}
    for one in live:
        for address in dict.fromkeys(use.address for use in mentions_in(KINDS[one.kind], one.canonical)):
            number = len(seen.at(address))
            if number != 1:
                found.setdefault(address, (number, []))[1].append(one)
    return found


def describe_left_out(lost: Lost) -> frozenset[str]:
    """The ids of objects that cannot be described: what they need is no longer live."""
    return frozenset(one.id for address, (_, who) in lost.items() if _needed(address) for one in who)


def _needed(address: str) -> bool:
    return KINDS[address.partition("/")[0]].writable


def describe_lost_members(lost: Lost, state: bool) -> list[Diagnostic]:
    """A warning for each address; a `state` need not hold all that is live."""
    gone = describe_left_out(lost)
    told = []
    for address, (number, who) in sorted(lost.items()):
        named = [one.address for one in who if _needed(address) or one.id not in gone]
        told += [_told(address, number, named, state)] if named else []
    return told


def _told(address: str, number: int, who: list[str], state: bool) -> Diagnostic:
    kind, _, name = address.partition("/")
    noun = KINDS[kind].noun
    said = f'the {noun} "{name}", of which there are {number}' if number else name.strip("()")
    if state:
        said = said.replace("which does not exist", "which the state does not hold")
    if _needed(address):
        left, hint = "left out", "repair or delete them in Polytomic, then export again"
    else:
        left = "exported without policies"
        hint = f"write the name of the {noun}" if state else "take it out in Polytomic"
        hint = "give each a name of its own in Polytomic" if number else hint
    subject = "1 object names" if len(who) == 1 else f"{len(who)} objects name"
    verb = "is" if len(who) == 1 else "are"
    return _warning("not-exported", f"{subject} {said}, and {verb} {left}: {', '.join(who)}.", hint)


def unlisted_policies() -> Diagnostic:
    """The key may not list them."""
    said = "The service does not let this key list permission policies; which of them objects are under is left out."
    return _warning("not-exported", said, "use the key of an administrator")


def describe_losses(state: State) -> list[Diagnostic]:
    """What a state has that a spec cannot say, or says in another way."""
    return list(chain(map(_no_counterpart, state.left), map(_vague, state.vague), _outside(state), _mixed(state)))


def _no_counterpart(address: str) -> Diagnostic:
    said = f"{address} is not in the spec: applier does not manage objects of that sort."
    return _warning("no-counterpart", said, "keep it in Terraform, or look after it by hand")


def _vague(address: str) -> Diagnostic:
    said = f"{address} has a filter or an override on a field that the state tells by its id only."
    return _warning("not-exported", said, "write the name of the field in place of the id")


def _outside(state: State) -> list[Diagnostic]:
    if not state.outside:
        return []
    named = ", ".join(f"{kind}/{identifier}" for kind, identifier in state.outside)
    said = f"The state refers to objects that it does not hold, which are declared by their ids: {named}."
    return [_warning("not-exported", said, "give the state that holds them, too, or write their names for the ids")]


def _mixed(state: State) -> list[Diagnostic]:
    if len(state.organizations) < 2:
        return []
    said = f"The state holds objects of {len(state.organizations)} organizations: {', '.join(state.organizations)}."
    return [_warning("not-exported", said, "a spec is for one; keep a folder for each, with what belongs to it")]


def _warning(code: str, detail: str, hint: str) -> Diagnostic:
    summaries = {
        "no-counterpart": "a spec has no word for this",
        "not-exported": "something cannot be said by a name",
    }
    return Diagnostic(code, summaries[code], detail, hint=hint, severity=Severity.WARNING)
