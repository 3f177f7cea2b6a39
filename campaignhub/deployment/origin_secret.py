"""What the distribution sends to the gateway, and how it is changed with no visitor turned away.

The two are in two stacks, which never change in the same second. During a change
the gateway therefore admits two values: the one that the distribution sends so far,
and the one that it is being brought to. Two staging labels in Secrets Manager name
them: a deployment sets ``SENDING`` on the new value before it changes the
distribution, and ``SENT`` once the distribution sends nothing else.

Labels on different values mean that a deployment was stopped in between. The next
one finishes that change first, also where a newer value was put in between; the
newer one comes with the deployment after it.

To rotate the secret: put a new value and deploy. The old one is admitted until the
deployment after that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SENDING, SENT = "SENDING", "SENT"
"""Secrets Manager deletes no version that has a label.

https://docs.aws.amazon.com/secretsmanager/latest/userguide/getting-started.html#term_version
"""

_CURRENT = "AWSCURRENT"


@dataclass(frozen=True)
class OriginSecret:
    """The secret as one deployment finds it: read once, so that both stacks get the same."""

    manager: Any
    arn: str
    labels: Mapping[str, str]
    """The id of a version by its label."""

    @classmethod
    def read(cls, manager: Any, arn: str) -> "OriginSecret":
        """Read which versions there are."""
        versions = manager.describe_secret(SecretId=arn).get("VersionIdsToStages", {})
        labels = {label: version for version, found in versions.items() for label in found}
        return cls(manager, arn, labels)

    @property
    def wanted(self) -> str:
        """The id of the version that the distribution is brought to: of the change that was begun, else the current one."""
        sending = self.labels.get(SENDING)
        return sending if sending and sending != self.labels.get(SENT) else self.labels[_CURRENT]

    @property
    def is_late(self) -> bool:
        """Whether a newer value waits for the deployment after this one."""
        return self.wanted != self.labels[_CURRENT]

    def parameters(self) -> dict[str, str]:
        """Return the parameters of the stacks by name; only the gateway has one for what was sent before."""
        sent = self.labels.get(SENT, self.wanted)
        before = "" if sent == self.wanted else self._value(sent)
        return {"OriginSecret": self._value(self.wanted), "OriginSecretBefore": before}

    def note_sending(self) -> None:
        """Note that the distribution may send the wanted one from now on; the gateway admits it already."""
        self._move(SENDING)

    def note_sent(self) -> None:
        """Note that the distribution sends no other any more."""
        self._move(SENT)

    def _value(self, version: str) -> str:
        held = self.manager.get_secret_value(SecretId=self.arn, VersionId=version)
        return str(held["SecretString"])

    def _move(self, label: str) -> None:
        before = self.labels.get(label)
        if before == self.wanted:
            return
        moved = {"RemoveFromVersionId": before} if before else {}
        self.manager.update_secret_version_stage(
            SecretId=self.arn, VersionStage=label, MoveToVersionId=self.wanted, **moved
        )
