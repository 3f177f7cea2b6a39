"""Proofs of being human: asked of the provider that the campaign chose."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from ingest_lambda.contract import ChallengeSpec

Outcome = Literal["passed", "failed", "unreachable"]
TURNSTILE = "https://challenges.cloudflare.com/turnstile/v0/siteverify"
SECONDS = 3.0
"""A visitor waits for it at the first touch of the form."""
_LARGEST_ANSWER_BYTES = 65_536


class Provider(Protocol):
    """Who can tell a person from a program."""

    def verify(self, answer: str, *, secret: str, address: str | None) -> Outcome:
        """Say what an answer is worth; trouble is ``unreachable``, never an error."""


@dataclass(frozen=True)
class Turnstile:
    """Cloudflare's Turnstile (https://developers.cloudflare.com/turnstile/get-started/server-side-validation/)."""

    url: str = TURNSTILE
    seconds: float = SECONDS

    def verify(self, answer: str, *, secret: str, address: str | None) -> Outcome:
        """Ask once, with a time limit: an answer is good for one question only."""
        import urllib.error
        import urllib.request
        from http.client import HTTPException
        from urllib.parse import urlencode

        asked = {"secret": secret, "response": answer}
        if address:
            asked["remoteip"] = address
        request = urllib.request.Request(  # noqa: S310 - the address is ours
            self.url, data=urlencode(asked).encode(), method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as reply:  # noqa: S310
                said = json.loads(reply.read(_LARGEST_ANSWER_BYTES))
        except (OSError, ValueError, HTTPException):
            return "unreachable"
        if not isinstance(said, dict) or not isinstance(said.get("success"), bool):
            return "unreachable"
        if said["success"]:
            return "passed"
        ours = {"missing-input-secret", "invalid-input-secret", "internal-error", "bad-request"}
        # What is our fault or theirs says nothing about the visitor.
        return "unreachable" if ours & set(said.get("error-codes") or ()) else "failed"


@dataclass(frozen=True)
class Challenges:
    """The providers and our secrets with them, by the site key that stands in the page."""

    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    providers: Mapping[str, Provider] = field(default_factory=lambda: {"turnstile": Turnstile()})

    def ask(self, spec: ChallengeSpec, answer: str | None, *, address: str | None) -> Outcome:
        """Say what an answer to a campaign's challenge is worth; none at all has failed."""
        if not answer:
            return "failed"
        secret = self.secrets.get(spec.site_key)
        if not secret:
            return "unreachable"
        return self.providers[spec.provider].verify(answer, secret=secret, address=address)
