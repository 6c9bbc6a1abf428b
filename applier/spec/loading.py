"""The reading half of the product as a table of contents: documents, filled, checked, merged, looked over."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from os import PathLike
from types import MappingProxyType

from applier.diagnostics import Diagnostic, in_order
from applier.resources import Resource, Spec
from applier.secrets import secrets_in
from applier.spec.connections import connection_problems, with_secrets
from applier.spec.documents import UNREAD, read_documents
from applier.spec.merging import Declaration, merge_documents
from applier.spec.own_types import load_custom_types
from applier.spec.schema.shape import has_sections, shape_problems
from applier.spec.statements import statements
from applier.spec.syncs import sync_problems, with_passphrase
from applier.spec.validation.deduplication import deduplicate
from applier.spec.validation.duplicates import entries_twice, ids_twice, names_alike
from applier.spec.validation.references import reference_problems
from applier.spec.validation.renames import rename_problems
from applier.spec.validation.unmanaged import unmanaged_problems
from applier.spec.variables.environment import resolve_environment
from applier.spec.variables.filled_document import FilledDocument, fill_document, with_plain_words
from applier.spec.variables.given import NOTHING_GIVEN, Given
from applier.spec.variables.values import Variables


def load(
    paths: Sequence[str | PathLike[str]], environment: Mapping[str, str], given: Given = NOTHING_GIVEN
) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """Everything the files and folders declare, and everything that is wrong with it, all at once.

    `environment` holds the environment variables of the process, `given` what the command was told beside the files.
    With errors among the diagnostics the spec is what could be made of the files, good for messages only. Raises
    FileNotFoundError only when applier's own schema files are missing.
    """
    with _no_collection():
        documents_read, unreadable = read_documents(paths, given.files)
        readable = all(one.code not in UNREAD for one in unreadable)
        broken = {one.place for one in unreadable}  # of what could not be read nothing more is said
        basis = resolve_environment(documents_read, environment, given, readable)
        problems = [*unreadable, *basis.problems, *load_custom_types(one.project for one in documents_read)]
        documents: list[FilledDocument] = []
        for one in basis.documents:
            document, unfilled = fill_document(one, environment, basis.variables)
            documents.append(document)
            problems += unfilled
            problems += (one for one in shape_problems(document, basis.variables.names) if one.place not in broken)
        declared, twice = merge_documents(documents)
        problems += twice
        complete = readable and all(has_sections(one) for one in documents)
        problems += _looked_over(declared, complete)
        said = statements(documents)
        problems += said.problems
        problems += rename_problems(said, declared, basis.dropped, complete)
        for document in documents:
            with_plain_words(document)
        said = statements(documents)  # now with names that can be shown
        resources = {address: _final(one.resource) for address, one in declared.items()}
        spec = Spec(
            MappingProxyType(resources),
            _files(documents),
            _secrets(documents, resources, basis.variables),
            said.owns,
            said.moves,
            said.removals,
            said.limits,
            said.checks,
            basis.choice,
            basis.environments,
        )
        return spec, in_order(deduplicate(problems))


def _looked_over(declared: Mapping[str, Declaration], complete: bool) -> Iterator[Diagnostic]:
    """What the schema cannot say. References are judged only when every file could be read."""
    for one in declared.values():
        if not one.resource.managed:
            yield from unmanaged_problems(one.resource)
        elif one.resource.kind == "connections":
            yield from connection_problems(one)
        elif one.resource.kind == "syncs":
            yield from sync_problems(one.resource)
        else:
            yield from entries_twice(one.resource)
    resources = {address: one.resource for address, one in declared.items()}
    yield from names_alike(resources.values())
    yield from ids_twice(resources.values())
    yield from reference_problems(resources, complete)


def _final(resource: Resource) -> Resource:
    hide = {"connections": with_secrets, "syncs": with_passphrase}.get(resource.kind)
    return hide(resource) if hide else resource


def _files(documents: Sequence[FilledDocument]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.source.source.file for one in documents))


def _secrets(
    documents: Sequence[FilledDocument], resources: Mapping[str, Resource], variables: Variables
) -> frozenset[str]:
    """All secret texts: in variables, in the documents that had placeholders, and in the settings of connections."""
    found = variables.secrets
    for document in documents:
        if document.touched_paths:
            found |= secrets_in(document.value)
    for resource in resources.values():
        if resource.kind == "connections":
            found |= secrets_in(resource.body)
        elif "encryption_passphrase" in resource.body:
            found |= secrets_in(resource.body["encryption_passphrase"])
    return frozenset(found - {""})


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage collector from looking through a growing heap again and again; nothing here makes cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
