"""The client for kinds with sub-resources: decoded `data`, and retries of refusals that pass by themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from applier.api import ApiError, Client, Refused
from applier.kinds.base import Kind

TRANSIENT_TRIES = 10
TRANSIENT_PAUSE = 1.0  # seconds, times the number of the try
LONGEST_PAUSE = 5.0

Answer = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ServiceKindClient:
    """Sends the requests of one kind; every method returns decoded `data` and raises `ApiError`."""

    client: Client
    kind: Kind

    def get(self, path: str, query: Mapping[str, str | bool] | None) -> object:
        """Return what is at the path."""
        return self._retry(lambda: self.client.get(path, query)).get("data")

    def post(self, path: str, body: Mapping[str, object]) -> object:
        """Request something that does no harm when it is requested twice."""
        return self.client.post(path, body, harmless_twice=True).get("data")

    def patch(self, path: str, body: Mapping[str, object]) -> object:
        """Change some members."""
        return self._retry(lambda: self.client.patch(path, body)).get("data")

    def put(self, path: str, body: Mapping[str, object]) -> object:
        """Replace all members."""
        return self._retry(lambda: self.client.put(path, body)).get("data")

    def wait(self, seconds: float) -> None:
        """Pause; return at once when the run is to stop."""
        self.client.stop.wait(seconds)

    def is_transient(self, error: ApiError) -> bool:
        """True for a refusal that passes by itself, as while schemas are read (docs/api/behaviours.md#schema-cache)."""
        if self.kind.sub_resources is None or not isinstance(error, Refused):
            return False
        return self.kind.sub_resources.is_transient_refusal(str(error))

    def _retry(self, request: Callable[[], Answer]) -> Answer:
        """Send the request again, after growing pauses, while the refusal is transient."""
        for number in range(1, TRANSIENT_TRIES):
            try:
                return request()
            except Refused as error:
                pause = min(TRANSIENT_PAUSE * number, LONGEST_PAUSE)
                if not self.is_transient(error) or self.client.stop.wait(pause):
                    raise
        return request()
