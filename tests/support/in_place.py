"""``manage.py deploy`` to the stack of a running installation: its code, its order, its refusals; only the stack's name is the embedded one's."""

import json
import os
import shutil
import signal
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from campaignhub.deployment.archives import Archives, build_here
from campaignhub.deployment.deploy import Deployment, Options
from campaignhub.deployment.plan import Plan
from campaignhub.deployment.settings_file import outputs_as_environment
from campaignhub.deployment.template import INGEST, read_template
from campaignhub.env import VAR
from campaignhub.local_aws.deploy import STACK
from campaignhub.local_aws.local import read_json, write_json
from campaignhub.local_aws.ministack import ACCOUNT, REGION
from tests.support.installation import Installation, wait_until


class _EmbeddedPlan(Plan):
    def stack_name(self, name: str) -> str:
        return STACK if name == "ingest" else super().stack_name(name)


class _EmbeddedDeployment(Deployment):
    def _tags(self, name: str) -> dict[str, str]:
        """Keep the stack's tags: one of them is the API's address in published pages."""
        return {tag["Key"]: tag["Value"] for tag in (self._stack(name).describe() or {})["Tags"]}


class _Clients:
    def __init__(self, installation: Installation) -> None:
        self._installation = installation

    def client(self, service: str, region_name: str) -> Any:
        assert region_name == REGION
        return self._installation.aws(service)


def deploy_in_place(
    installation: Installation,
    *,
    template: Callable[[str], str] | None = None,
    archives: Archives | None = None,
    parameters: Mapping[str, str] | None = None,
    secret: Mapping[str, str] | None = None,
    directory: Path,
) -> dict[str, str]:
    """Deploy a changed template, other code or other parameters, and return the stack's outputs.

    Raises:
        CannotDeploy: as ``manage.py deploy`` is refused, or rolled back.
    """
    path = INGEST
    if template is not None:
        path = directory / "template.yaml"
        path.write_text(template(INGEST.read_text()))
    (before,) = installation.aws("cloudformation").describe_stacks(StackName=STACK)["Stacks"]
    declared = read_template(INGEST)["Parameters"]
    built = {"LightCodeKey", "ImagesCodeKey", "Runtime", "Architecture"}
    held = {
        one["ParameterKey"]: one["ParameterValue"]
        for one in before["Parameters"]
        if one["ParameterKey"] not in built and not declared[one["ParameterKey"]].get("NoEcho")
    }
    ingest = {**held, **(parameters or {})}
    return _EmbeddedDeployment(
        _EmbeddedPlan(stack=STACK, account=ACCOUNT, region=REGION, ingest=ingest),
        archives or build_here(VAR / "build"),
        _Clients(installation),
        lambda _line: None,
        secret=secret or {},
        options=Options(pause_seconds=0.1),
        templates={"ingest": path},
    ).run()


def other_code(directory: Path) -> Archives:
    """Return archives of which the light one is new: what most deployments bring."""
    built = build_here(VAR / "build")
    light = directory / "light-of-another-version.zip"
    shutil.copyfile(built.light, light)
    with zipfile.ZipFile(light, "a") as packed:
        packed.writestr("another_version.txt", "another")
    return replace(built, light=light)


def store_in_settings(installation: Installation, **settings: str) -> None:
    """Write settings where the installation's processes read them at their start."""
    path = installation.directory / "env.json"
    write_json(path, {**read_json(path), **settings})


def ways_in_of(outputs: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that say which way in submissions take, as the settings file of a deployment has them."""
    settings = outputs_as_environment(outputs)
    return {name: settings[name] for name in ("INGEST_CONSUMER", "PIPE_TARGET")}


def restart(installation: Installation, *names: str) -> None:
    """Have processes end in order, and return when others run in their place."""
    before = {name: installation.pids(name) for name in names}
    for pids in before.values():
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
    for name, pids in before.items():
        wait_until(
            lambda name=name, pids=pids: _runs_anew(installation, name, pids),  # type: ignore[misc]
            what=f"{name} runs again",
            seconds=90,
        )


def _runs_anew(installation: Installation, name: str, before: list[int]) -> bool:
    try:
        now = installation.pids(name)
    except json.JSONDecodeError:
        return False
    return bool(now) and not set(now) & set(before)
