"""The embedded stack for tests: an emulator of their own, on a free port, in a directory of their own."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from campaignhub.deployment.archives import build_here
from campaignhub.env import VAR
from campaignhub.local_aws.deploy import Deployment, Wanted, client, deploy
from campaignhub.local_aws.ministack import MiniStack

EMULATOR_NOTES = Path(__file__).with_name("emulator_notes")
READ_OF_TEMPLATES = "read.jsonl"
INTERPRETER = VAR / "ministack-venv" / "bin" / "python"
TOKEN_KEYS = "t1:" + "11" * 32
PERSON_SECRET = "22" * 32
ORIGIN = "http://127.0.0.1:8000"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stack:
    """A deployed stack."""

    ministack: MiniStack
    outputs: dict[str, str]
    directory: Path

    def client(self, service: str) -> Any:
        """Make a client of a service of this stack."""
        return client(service, self.ministack.endpoint)

    def deploy(self, **parameters: str) -> Deployment:
        """Deploy again, with other parameters of the template."""
        deployment = deploy_to(self.ministack, parameters)
        self.outputs = deployment.outputs
        return deployment


def deploy_to(ministack: MiniStack, parameters: Mapping[str, str] | None = None) -> Deployment:
    """Deploy the template with the secrets of tests."""
    wanted = Wanted(
        token_keys=TOKEN_KEYS,
        person_secret=PERSON_SECRET,
        allowed_origin=ORIGIN,
        parameters=parameters or {},
    )
    return deploy(ministack, build_here(VAR / "build"), wanted)


@contextmanager
def running_emulator(directory: Path) -> Iterator[MiniStack]:
    """Start an emulator with nothing in it, and stop it at the end."""
    ministack = MiniStack(port=free_port(), directory=directory / "aws", python=INTERPRETER)
    child = ministack.child(directory / "aws.log")
    # For `sitecustomize`, by which it notes what it reads of a template.
    notes = {"PYTHONPATH": str(EMULATOR_NOTES), "READ_INTO": str(directory / READ_OF_TEMPLATES)}
    child.environment = {**child.environment, **notes}
    child.start()
    try:
        ministack.wait(child)
        yield ministack
    finally:
        child.stop()


@contextmanager
def running_stack(directory: Path, parameters: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """Start an emulator, deploy into it, and stop it at the end."""
    with running_emulator(directory) as ministack:
        yield Stack(ministack, deploy_to(ministack, parameters).outputs, directory)
