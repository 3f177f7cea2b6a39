"""Rotation, deployments, one that fails and is rolled back, and another way in, all while visitors come: none is lost or refused."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from campaignhub.deployment.challenge_keys import with_challenge_added
from campaignhub.deployment.errors import StackFailed
from campaignhub.deployment.template import INGEST
from campaignhub.local_aws.deploy import STACK
from ingest_lambda.contract import token_keys_of
from tests.checks.api_hash import with_hash
from tests.support.arrivals import Arrivals, arriving
from tests.support.crowd import Crowd
from tests.support.in_place import (
    deploy_in_place,
    other_code,
    restart,
    store_in_settings,
    ways_in_of,
)
from tests.support.installation import Installation, running_installation, wait_until
from tests.support.scenery import make_campaigns
from tests.support.weathered import OURS, Ledger

pytestmark = [pytest.mark.flow, pytest.mark.long]

READER = next(name for name in OURS if name in ("manage.py drain", "celery"))
"""The process that reads the queue of submissions where no Pipe does."""
PER_SECOND = 50
LIMIT = 2

LAYERED = """
  Layered:
    Type: AWS::Lambda::Function
    DependsOn: [WriteFunction, Stage]
    Properties:
      Handler: none.none
      Runtime: !Ref Runtime
      Role: !GetAtt WriteRole.Arn
      Code: {S3Bucket: !Ref CodeBucket, S3Key: !Ref LightCodeKey}
      Layers: [!Sub "arn:aws:lambda:${AWS::Region}:${AWS::AccountId}:layer:none:1"]
"""
"""What can't be created, and nobody knows before the rest was changed: a name that is taken is refused beforehand."""

PROMOTE = """
import boto3
from campaignhub.aws import secrets_manager
from campaignhub.deployment.token_keys import KNOWN_EVERYWHERE_AFTER, with_key_promoted
from campaignhub.env import env
held = secrets_manager().get_secret_value(SecretId={arn!r})
text = with_key_promoted(
    held["SecretString"],
    name={name!r},
    changed_at=held["CreatedDate"],
    now=timezone.now() + KNOWN_EVERYWHERE_AFTER,
    site=env().token_keys,
)
secrets_manager().put_secret_value(SecretId={arn!r}, SecretString=text)
"""
"""``manage.py token_key promote`` ten minutes later. Every function was started anew since the key was added: each knows it."""


def changed(text: str, *, memory: int = 1088) -> str:
    """Change what running functions and the gateway answer with: new functions, new answers, new release of the API."""
    text = text.replace("MemorySize: 1024", f"MemorySize: {memory}")
    text = text.replace("\"'5'\"", "\"'6'\"")
    text = with_hash(text)
    assert text != INGEST.read_text()
    return text


def changed_again(text: str) -> str:
    """Change the functions once more."""
    return changed(text, memory=1152)


def failing(text: str) -> str:
    """Change the same, and at last add a function with a layer that is not there."""
    return changed_again(text).replace("\nResources:\n", f"\nResources:\n{LAYERED}", 1)


@dataclass
class KeysInSecretsManager:
    """The keys of tokens and challenges where commands change them, and as the site goes by them."""

    installation: Installation
    name: str
    arn: str = ""
    challenges_arn: str = ""

    def __post_init__(self) -> None:
        """Put there what the installation has."""
        text = self.installation.environment["TOKEN_KEYS"]
        manager = self.installation.aws("secretsmanager")
        self.arn = manager.create_secret(Name=self.name, SecretString=text)["ARN"]
        challenges = manager.create_secret(Name=f"{self.name}-challenges", SecretString=" ")
        self.challenges_arn = challenges["ARN"]

    @property
    def parameters(self) -> dict[str, str]:
        """Those of the template by which functions read them there."""
        return {"TokenKeysArn": self.arn, "ChallengeSecretsArn": self.challenges_arn}

    @property
    def names(self) -> list[str]:
        """The keys in their order: the first signs."""
        return list(token_keys_of(self._text()))

    def add(self) -> None:
        """Add a key of either kind, and give the site the secret as it is now."""
        self.installation.manage("token_key", "add", self.arn)
        added = with_challenge_added(" ", site_key="0x4new", secret="hush")
        manager = self.installation.aws("secretsmanager")
        manager.put_secret_value(SecretId=self.challenges_arn, SecretString=added)
        store_in_settings(self.installation, TOKEN_KEYS=self._text())

    def promote(self) -> str:
        """Let the added key sign, and return its name."""
        added = self.names[-1]
        self.installation.python(PROMOTE.format(arn=self.arn, name=added))
        store_in_settings(self.installation, TOKEN_KEYS=self._text())
        return added

    def _text(self) -> str:
        manager = self.installation.aws("secretsmanager")
        return str(manager.get_secret_value(SecretId=self.arn)["SecretString"])


@dataclass
class Acts:
    """What is done to an installation while visitors come, and how long each took."""

    installation: Installation
    directory: Path
    took: dict[str, float] = field(default_factory=dict)
    is_changed: bool = False
    _arrivals: Arrivals | None = None
    _calm_seconds: float = 0

    def begin(self, arrivals: Arrivals, calm_seconds: float) -> None:
        """Let visitors come for a while before each act."""
        self._arrivals, self._calm_seconds = arrivals, calm_seconds

    @contextmanager
    def act(self, name: str) -> Iterator[None]:
        """Do something, and let visitors come after it."""
        assert self._arrivals is not None
        arrivals, come = self._arrivals, self._arrivals.come
        time.sleep(self._calm_seconds)
        begun = time.perf_counter()
        yield
        self.took[name] = time.perf_counter() - begun
        somebody = f"somebody came since {name}; {arrivals}"
        wait_until(lambda: arrivals.come > come, what=somebody, seconds=90)

    def deploy(self, **changes: Any) -> None:
        """Deploy as ``manage.py deploy`` does, and store the way in that it gave as the site's."""
        self.is_changed = True
        outputs = deploy_in_place(self.installation, directory=self.directory, **changes)
        store_in_settings(self.installation, **ways_in_of(outputs))

    def restore(self) -> None:
        """Deploy the template, the code and the way in of before, with the keys as the site has them."""
        ways = {"IngestConsumer": "pipe", "PipeTarget": "lambda"}
        arns = dict.fromkeys(("TokenKeysArn", "ChallengeSecretsArn"), "")
        self.deploy(
            parameters={**ways, **arns},
            secret={"TokenKeys": self.installation.environment["TOKEN_KEYS"]},
        )
        restart(self.installation, READER)
        self.is_changed = False

    @property
    def rollbacks(self) -> int:
        """How many updates of the stack were rolled back."""
        pages = self.installation.aws("cloudformation").get_paginator("describe_stack_events")
        return sum(
            event["ResourceStatus"] == "UPDATE_ROLLBACK_COMPLETE"
            and event["LogicalResourceId"] == STACK
            for page in pages.paginate(StackName=STACK)
            for event in page["StackEvents"]
        )

    @property
    def memory(self) -> int:
        """The writer's memory, by which versions of the template differ here."""
        functions = self.installation.aws("lambda")
        name = self.installation.environment["WRITE_FUNCTION_NAME"]
        return int(functions.get_function_configuration(FunctionName=name)["MemorySize"])

    def __str__(self) -> str:
        """Say how long each act took."""
        return ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self.took.items())


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Run an installation of its own: in another's, what its processes call is held against one way in only."""
    with running_installation(tmp_path_factory.mktemp("changing")) as installation:
        yield installation


@pytest.fixture
def acts(changing: Installation, tmp_path: Path) -> Iterator[Acts]:
    """Do things to the installation, and leave it with the template and the way in that it had; its keys stay changed."""
    done = Acts(changing, tmp_path)
    yield done
    if done.is_changed:
        done.restore()


@pytest.mark.soak
@pytest.mark.parametrize(
    ("calm_seconds", "in_time"), [(0.5, 0.0), (20, 0.8)], ids=["in_a_row", "one_by_one"]
)
def test_none_is_lost_or_refused_while_keys_code_and_the_way_in_change(
    changing: Installation, acts: Acts, calm_seconds: float, in_time: float
) -> None:
    limit = {"scope": "person", "count": LIMIT, "window": "campaign"}
    slug = f"while-deployed-{calm_seconds:g}".replace(".", "-")
    facts = make_campaigns(changing, {slug: {"like": "quick-draw", "limits": [limit]}})[slug]
    crowd = Crowd(changing, facts)
    keys = KeysInSecretsManager(changing, slug)
    first = keys.names[0]

    with arriving(crowd, per_second=PER_SECOND) as arrivals:
        acts.begin(arrivals, calm_seconds)
        with acts.act("new code, keys in a secret, and a Pipe that calls the API"):
            to_api = {**keys.parameters, "PipeTarget": "api"}
            acts.deploy(template=changed, archives=other_code(acts.directory), parameters=to_api)
        assert acts.memory == 1088
        with acts.act("keys added, the site restarted with them"):
            keys.add()
            restart(changing, READER)
        rolled_back = pytest.raises(StackFailed, match=r"Layered .*everything is as it was before")
        before = acts.rollbacks
        with acts.act("a deployment rolled back"), rolled_back:
            acts.deploy(template=failing)
        assert (acts.rollbacks, acts.memory) == (before + 1, 1088)
        with acts.act("the key promoted, and the worker in the Pipe's place"):
            added = keys.promote()
            acts.deploy(template=changed_again, parameters={"IngestConsumer": "celery"})
            restart(changing, READER)
        wait_until(lambda: added in arrivals.keys, what=f"{added} signs; {arrivals}", seconds=90)
        with acts.act("all as it was, and the first Pipe calls the function"):
            acts.restore()
    sys.stdout.write(f"\n{arrivals}\n{acts}\n")

    arrivals.prove_none_was_refused()
    assert arrivals.rate > in_time * PER_SECOND, "the others still stood in line at the end"
    assert arrivals.keys == {first, added}
    ledger = Ledger(changing, crowd, range(max(crowd.ids) + 1))
    ledger.settle(arrivals.accepted, seconds=240)
    ledger.prove(arrivals.accepted, limit=LIMIT)
