"""Loads a spec: reads the documents, fills them in, validates them, and merges them into resources."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike
from types import MappingProxyType

from applier.diagnostics import Diagnostic, Severity, in_order
from applier.spec.documents import UNREAD, Document, read_documents
from applier.spec.kinds import Declaration, Kinds, SpecKind
from applier.spec.known_secrets import (
    secrets_of_bodies,
    secrets_of_documents,
    secrets_of_resources,
    secrets_of_settings,
    texts_in_clear,
)
from applier.spec.lifecycle import read_lifecycle
from applier.spec.merging import merge_documents
from applier.spec.resources import Input, Resource, Spec
from applier.spec.schema.shape import sections_are_complete, shape_problems
from applier.spec.validation.characters import find_invisible_characters
from applier.spec.validation.deduplication import deduplicate
from applier.spec.validation.duplicates import find_repeated_ids, find_repeated_singletons, similar_names
from applier.spec.validation.left_out import find_left_out, judge_left_out
from applier.spec.validation.references import reference_problems
from applier.spec.validation.renames import rename_problems
from applier.spec.validation.unmanaged import check_unmanaged
from applier.spec.variables.environment import resolve_environment
from applier.spec.variables.filled_document import FilledDocument, fill_document, reveal_words
from applier.spec.variables.given import NOTHING_GIVEN, Given
from applier.spec.variables.values import Variables


def load(
    paths: Sequence[str | PathLike[str]], environment: Mapping[str, str], kinds: Kinds, given: Given = NOTHING_GIVEN
) -> tuple[Spec, tuple[Diagnostic, ...]]:
    """Return everything that the files and folders declare, and everything that is wrong with it, all at once.

    `environment` holds the environment variables of the process, `kinds` the kinds that a spec can declare, `given`
    what the command was given beside the files. With errors among the diagnostics the spec is what could be made of
    the files, good for messages only. Raises FileNotFoundError only when applier's own schema files are missing.
    """
    with _no_collection():
        documents_read, unreadable, skipped = read_documents(paths, given.files, given.contents)
        kinds, wrong_files = _with_projects(kinds, documents_read)
        readable = all(one.code not in UNREAD for one in unreadable)
        broken = {one.place for one in unreadable}  # nothing more is said about what could not be read
        inputs = resolve_environment(documents_read, kinds, environment, given, readable)
        problems = [*unreadable, *inputs.problems, *wrong_files]
        documents: list[FilledDocument] = []
        for one in inputs.documents:
            document, unfilled = fill_document(one, kinds, environment, inputs.variables, given.contents)
            documents.append(document)
            problems += unfilled
            problems += (one for one in shape_problems(document, inputs.variables.names) if one.place not in broken)
        declared, duplicates = merge_documents(documents)
        problems += duplicates
        complete = readable and all(sections_are_complete(one) for one in documents)
        problems += _validate(declared, kinds, complete)
        secrets = secrets_of_documents(documents) | secrets_of_settings(documents_read, kinds, environment, given)
        written = (*(one.value for one in documents_read), *(one.source.value for one in documents))
        secrets |= secrets_of_bodies(written, kinds)
        lifecycle = read_lifecycle(documents, kinds)
        problems += lifecycle.problems
        problems += rename_problems(lifecycle, declared, inputs.dropped, complete)
        names = {one.resource.name for one in declared.values()}
        for document in documents:
            reveal_words(document)
        explaining = [one for one in problems if one.severity is Severity.ERROR or one.code == "names-alike"]
        problems += find_invisible_characters(documents, names, explaining)
        lifecycle = read_lifecycle(documents, kinds)  # now with names that can be shown
        left_out, warnings = judge_left_out(find_left_out(skipped, kinds), declared, lifecycle)
        problems += warnings
        resources = {address: _hide_secrets(one.resource, kinds) for address, one in declared.items()}
        spec = Spec(
            MappingProxyType(resources),
            _files(documents),
            frozenset((secrets | secrets_of_resources(declared, resources)) - {""}),
            texts_in_clear(resources.values(), lifecycle, kinds),
            lifecycle.owns,
            lifecycle.moves,
            lifecycle.removals,
            lifecycle.limits,
            lifecycle.checks,
            inputs.choice,
            inputs.environments,
            _inputs(documents, inputs.variables),
            kinds,
            left_out,
        )
        return spec, in_order(deduplicate(problems))


def _with_projects(kinds: Kinds, documents: Sequence[Document]) -> tuple[Kinds, list[Diagnostic]]:
    """Return the kinds with what the projects of the documents add to them, and what is wrong with those files."""
    folders = sorted({one.project for one in documents})
    extended: dict[str, SpecKind] = {}
    problems: list[Diagnostic] = []
    for name, kind in kinds.items():
        extended[name], wrong = kind.with_projects(folders)
        problems += wrong
    return MappingProxyType(extended), problems


def _validate(declared: Mapping[str, Declaration], kinds: Kinds, complete: bool) -> Iterator[Diagnostic]:
    """Return what the schema cannot see. References are judged only when every file could be read."""
    for one in declared.values():
        kind = kinds[one.resource.kind]
        yield from kind.check(one) if one.resource.managed else check_unmanaged(one.resource, kind)
    resources = {address: one.resource for address, one in declared.items()}
    yield from similar_names(resources.values())
    yield from find_repeated_ids(resources.values())
    yield from find_repeated_singletons(resources.values(), kinds)
    yield from reference_problems(resources, kinds, complete)


def _hide_secrets(resource: Resource, kinds: Kinds) -> Resource:
    body = kinds[resource.kind].hide_secrets(resource.body)
    return resource if body is resource.body else replace(resource, body=body)


def _files(documents: Sequence[FilledDocument]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.file for one in documents))


def _inputs(documents: Sequence[FilledDocument], variables: Variables) -> tuple[Input, ...]:
    """Return every value that was filled in, by source and name."""
    found = [*variables.inputs, *(one for document in documents for one in document.inputs)]
    by_name = {(one.source, one.name): one for one in found}
    return tuple(sorted(by_name.values(), key=lambda one: (one.source.value, one.name)))


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
