"""The one way between canonical form and the service: lists, reads and writes the objects of one kind."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from applier.api import (
    ApiError,
    BadAnswer,
    Client,
    Conflicted,
    Missing,
    NotAllowed,
    Refused,
    ServerFailed,
    Throttled,
    Unreachable,
)
from applier.kinds.base import ApiObject, Canonical, Kind
from applier.kinds.references import mentions_in, translate_references
from applier.live.kind_client import ServiceKindClient
from applier.live.names import Names
from applier.live.objects import Live, RawObject, decode_live

UNCLEAR = (Refused, Conflicted, Throttled, Unreachable, ServerFailed, BadAnswer)
"""The errors after which only a look can tell whether a create has acted."""


class UnclearCreate(Exception):
    """A create has failed with an `error` after which the object may exist."""

    def __init__(self, error: ApiError) -> None:
        super().__init__(str(error))
        self.error = error


class Created(NamedTuple):
    """The answer to a create, and the object as it is read back; None when it does not exist any more."""

    answer: RawObject
    found: RawObject | None


@dataclass(frozen=True, slots=True)
class Remote:
    """The objects of one kind at the service. Every method that sends a request raises `ApiError`.

    Only in here: ids for names, the forms of API versions, sub-resources, retries of transient refusals, reading back.
    """

    kind: Kind
    client: Client
    names: Names = field(default_factory=Names)

    def list_objects(self) -> list[RawObject]:
        """Return every object; a list may show only a part of each (see `Kind.is_complete`).

        Raises `NotAllowed`; its message names the kind if the key may list others.
        """
        try:
            return [self._raw(entry) for entry in self.client.pages(self.kind.path)]
        except NotAllowed as error:
            if not error.lacks_permission:
                raise
            message = f"Cannot list {self.kind.plural}. {error}"
            raise NotAllowed(message, status=error.status, metadata=error.metadata) from None

    def fetch(self, identifier: str, declared: Canonical | None) -> RawObject:
        """Return one object with the sub-resources that are declared (None: with all of them).

        Raises `Missing` when it does not exist.
        """
        raw = self._raw(self.client.get_object(self.kind.path, identifier))
        if self.kind.sub_resources is None:
            return raw
        return RawObject(
            self.kind, self.kind.sub_resources.read(self._client, self._path(identifier), raw.answer, declared)
        )

    def fetch_if_exists(self, identifier: str, declared: Canonical | None) -> RawObject | None:
        """Return one object as `fetch` does, None when it does not exist."""
        try:
            return self.fetch(identifier, declared)
        except Missing:
            return None

    def exists(self, identifier: str) -> bool:
        """Return whether an object exists."""
        return self.fetch_if_exists(identifier, {}) is not None

    def read(self, identifier: str, declared: Canonical | None) -> Live:
        """Return one object in canonical form. Raises `Missing` when it does not exist."""
        return self._decode(self.fetch(identifier, declared))

    def create_request(self, name: str, declared: Canonical, *, prepare: bool) -> ApiObject:
        """Return the body of a create, and make the service ready for it if asked to."""
        request = self._request(name, declared, None)
        if prepare:
            self.prepare_create(request)
        return request

    def prepare_create(self, request: ApiObject) -> None:
        """Make the service ready for a create. Where it refuses, the create itself is refused with the reason."""
        with suppress(Refused, Missing):
            if self.kind.sub_resources:
                self.kind.sub_resources.prepare_create(self._client, request)

    def create(self, request: ApiObject, key: str, declared: Canonical) -> Created:
        """Send a create under an idempotency key, and read the object back.

        Raises `UnclearCreate` when the create itself may have acted although it failed.
        """
        try:
            data = self.client.create_object(self.kind.path, request, key=key)
        except UNCLEAR as error:
            raise UnclearCreate(error) from None
        answer = self._raw(data)
        return Created(answer, self.fetch_if_exists(answer.id, declared))

    def complete(self, name: str, declared: Canonical, found: RawObject, created: RawObject | None = None) -> Live:
        """Write what the create does not take, and return the object as it is read back.

        Members that only the answer to a create has, such as where to authorize, are kept
        (docs/api/connections.md#response-to-a-write).
        """
        raw = self._write_toggle(declared, self._write_sub_resources(declared, found))
        self.names.learn(self.kind.name, name, raw.id)
        return self._decode(RawObject(self.kind, {**created.answer, **raw.answer}) if created else raw)

    def adopt(self, name: str, found: RawObject) -> Live:
        """Return an object that somebody else has created, which from now on is the one of the name."""
        self.names.learn(self.kind.name, name, found.id)
        return self._decode(found)

    def replace(self, name: str, declared: Canonical, live: Live) -> Live:
        """Write all that is declared over a live object, and return the object as it is read back."""
        request = self._request(name, self.kind.reconcile(declared, live.canonical), live.answer)
        self._client.put(self._path(live.id), request)
        written = self._write_sub_resources(declared, self.fetch(live.id, declared))
        return self._decode(self._write_toggle(declared, written))

    def rename(self, name: str, declared: Canonical, live: Live) -> None:
        """Give a live object another name; all else stays as it is live, where other objects are its ids.

        The service masks some secrets, which are taken from what is declared
        (docs/api/behaviours.md#connection-replacement).
        """
        form = self.kind.from_api(live.answer)
        if self.kind.masks:
            mentioning = {str(one.path[0]) for one in mentions_in(self.kind, declared)}
            form = {member: value for member, value in declared.items() if member not in mentioning}
        request = self.kind.encode(self.client.settings.version, self.kind.to_api(name, form, live.answer))
        self._client.put(self._path(live.id), request)

    def set_toggle(self, declared: Canonical, live: Live) -> Live:
        """Write only the member that has an endpoint of its own, and return the object as it is read back."""
        return self._decode(self._write_toggle(declared, RawObject(self.kind, live.answer)))

    def delete(self, identifier: str) -> None:
        """Delete one object, never with `force`, as something may use it (docs/api/behaviours.md#connection-in-use).

        One that does not exist any more is as good as deleted (docs/api/behaviours.md#missing-envelopes).
        """
        with suppress(Missing):
            self.client.delete(self._path(identifier))

    def is_transient(self, error: ApiError) -> bool:
        """True for a refusal that passes by itself."""
        return self._client.is_transient(error)

    @property
    def _client(self) -> ServiceKindClient:
        return ServiceKindClient(self.client, self.kind)

    def _path(self, identifier: str) -> str:
        return f"{self.kind.path}/{identifier}"

    def _raw(self, data: ApiObject) -> RawObject:
        return RawObject(self.kind, self.kind.decode(self.client.settings.version, data))

    def _decode(self, raw: RawObject) -> Live:
        return decode_live(self.kind, raw.answer, self.names.resolve_name)

    def _request(self, name: str, declared: Canonical, live: ApiObject | None) -> ApiObject:
        name = self.kind.name_to_send(name, live)
        body = self.kind.to_api(name, translate_references(self.kind, declared, self.names.id_of), live)
        return self.kind.encode(self.client.settings.version, body)

    def _write_sub_resources(self, declared: Canonical, raw: RawObject) -> RawObject:
        """Write what the object's own endpoint does not take; return the object as it is read back."""
        if self.kind.sub_resources is None:
            return raw
        wanted = self.kind.reconcile(declared, self.kind.from_api(raw.answer))
        if not self.kind.sub_resources.write(self._client, self._path(raw.id), wanted, raw.answer):
            return raw
        return self.fetch(raw.id, declared)

    def _write_toggle(self, declared: Canonical, raw: RawObject) -> RawObject:
        """Write the member that has an endpoint of its own where it differs (docs/api/behaviours.md#active)."""
        toggle = self.kind.toggle
        if toggle is None or toggle.member not in declared:
            return raw
        value = declared[toggle.member] is True
        if self.kind.from_api(raw.answer).get(toggle.member) is value:
            return raw
        endpoint, body = toggle.request(value)
        self.client.post(f"{self._path(raw.id)}/{endpoint}", body, harmless_twice=True)
        return self.fetch(raw.id, declared)
