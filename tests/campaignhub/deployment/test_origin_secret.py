"""What the distribution sends is changed by a new value and a deployment: the gateway never turns it away."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignhub.deployment.origin_secret import SENDING, SENT, OriginSecret

DEPLOYMENT = ("read", "gateway", "sending", "distribution", "sent")


class Manager:
    """Secrets Manager as it is documented: each value a version, each label on one version at the most."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.labels: dict[str, str] = {}

    def put(self) -> None:
        """Store another value, as a person does."""
        version = f"v{len(self.values)}"
        self.values[version] = f"value of {version}"
        self.labels["AWSCURRENT"] = version

    def describe_secret(self, **_: str) -> dict[str, Any]:
        """Return the labels by version."""
        stages = {
            version: [label for label, held in self.labels.items() if held == version]
            for version in self.values
        }
        return {
            "VersionIdsToStages": {version: found for version, found in stages.items() if found}
        }

    def get_secret_value(self, **asked: str) -> dict[str, str]:
        """Return a version that still has a label; the rest may be gone."""
        assert asked["VersionId"] in self.labels.values()
        return {"SecretString": self.values[asked["VersionId"]]}

    def update_secret_version_stage(self, **asked: str) -> None:
        """Move a label; where it is now has to be named."""
        assert asked.get("RemoveFromVersionId") == self.labels.get(asked["VersionStage"])
        self.labels[asked["VersionStage"]] = asked["MoveToVersionId"]


class Edge:
    """A gateway and a distribution as the stacks leave them, and the deployment that is under way."""

    def __init__(self) -> None:
        self.manager = Manager()
        self.manager.put()
        self.under_way: OriginSecret | None = None
        self.parameters: dict[str, str] = {}
        self.admitted: set[str] = set()
        self.sent = ""

    def deploy(self, *, until: str = "sent", fails: bool = False) -> OriginSecret:
        """Deploy as far as to a step; at the end with the distribution rolled back, where it ``fails``."""
        secret = OriginSecret.read(self.manager, "arn")
        for step in DEPLOYMENT[1 : DEPLOYMENT.index(until) + 1]:
            if step == "gateway":
                self.admitted = set(filter(None, secret.parameters().values()))
            elif step == "sending":
                secret.note_sending()
            elif step == "distribution" and fails:
                break
            elif step == "distribution":
                self.sent = secret.parameters()["OriginSecret"]
            elif step == "sent":
                secret.note_sent()
            self.holds()
        return secret

    def holds(self) -> None:
        """Fail where what the distribution sends is not admitted."""
        assert not self.sent or self.sent in self.admitted


@given(
    acts=st.lists(
        st.sampled_from(["put", "fails"]) | st.sampled_from(DEPLOYMENT), min_size=1, max_size=12
    )
)
def test_whatever_is_put_and_wherever_a_deployment_ends_what_is_sent_is_admitted(acts):
    edge = Edge()
    for act in acts:
        if act == "put":
            edge.manager.put()
        elif act == "fails":
            edge.deploy(fails=True)
        else:
            edge.deploy(until=act)
        edge.holds()
    # A change that was begun is finished by the first, and what was put meanwhile comes with the second.
    for _ in range(3):
        edge.deploy()
    assert edge.sent == edge.manager.values[edge.manager.labels["AWSCURRENT"]]
    assert edge.admitted == {edge.sent}


def test_in_a_change_both_are_admitted_and_after_the_next_deployment_one():
    edge = Edge()
    edge.deploy()
    assert edge.admitted == {"value of v0"}
    edge.manager.put()
    secret = edge.deploy()
    assert (edge.sent, edge.admitted) == ("value of v1", {"value of v0", "value of v1"})
    assert "value" not in repr(secret)
    edge.deploy()
    assert edge.admitted == {"value of v1"}
    assert edge.manager.labels == dict.fromkeys(("AWSCURRENT", SENDING, SENT), "v1")


@pytest.mark.parametrize("until", ["sending", "distribution"])
def test_a_change_that_was_stopped_is_finished_before_the_next_begins(until):
    edge = Edge()
    edge.deploy()
    edge.manager.put()
    edge.deploy(until=until)
    edge.manager.put()
    assert edge.deploy().is_late
    assert edge.sent == "value of v1"
    assert not edge.deploy().is_late
    assert edge.sent == "value of v2"
