"""A plan that can be applied, with everything that it was made with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from applier.api import Client
    from applier.cli.option_values import Options
    from applier.pipeline import Prepared
    from applier.plan.secret_digests import SecretDigests
    from applier.spec.resources import Spec


@dataclass(frozen=True, slots=True)
class PlanSession:
    """A plan, the spec and the options that it was made with, and the open client.

    `digests` are those of the secrets that were applied last, None if none are kept.
    """

    spec: Spec
    prepared: Prepared
    client: Client
    options: Options
    digests: SecretDigests | None = None
