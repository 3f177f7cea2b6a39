"""What one installation on AWS is to be: ``deployments/{name}.toml``, and the parameters that follow from it."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from campaignhub.aws import EDGE_REGION
from campaignhub.deployment.archives import FROM_THE_BUILD
from campaignhub.deployment.changes import replacement_rules
from campaignhub.deployment.errors import AccountNotReady, CannotDeploy
from campaignhub.deployment.target import Target
from campaignhub.deployment.template import TEMPLATES, read_template
from campaignhub.env import ROOT

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

LONGEST_REGION = "x" * 14
"""As long as ap-southeast-1: a name that fits here is not refused in the next region."""


class Plan(BaseModel):
    """One installation: where it is, and what its templates are told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    stack: str = Field(pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?$")
    """How the names of its stacks begin; lower case, since buckets have it in their names."""
    account: str = Field(pattern=r"^[0-9]{12}$")
    """The only account that it may go to."""
    region: str = Field(pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9]$")
    architecture: Literal["arm64", "x86_64"] = "arm64"
    python: Literal["3.12", "3.13", "3.14"] = "3.13"
    cloudformation_role: str = Field(
        default="", pattern=r"^(arn:aws[a-z-]*:iam::[0-9]{12}:role/.+)?$"
    )
    """What CloudFormation changes the stacks with, so that whoever deploys need not be allowed to."""
    compiled: bool = False
    """Whether modules are packed compiled, by a Python of that version: a quicker first start."""
    secrets: dict[str, str] = {}
    ingest: dict[str, str] = {}
    edge: dict[str, str] | None = None
    """None leaves the stack out, as for the next."""
    notices: dict[str, str] | None = None

    @field_validator("secrets", "ingest", "edge", "notices", mode="before")
    @classmethod
    def _as_texts(cls, values: Mapping[str, Any] | None) -> dict[str, str] | None:
        """Write numbers, flags and lists as CloudFormation reads them."""
        return None if values is None else {name: _as_text(value) for name, value in values.items()}

    @property
    def target(self) -> Target:
        """What its functions run on."""
        return Target(self.python, self.architecture)

    def stack_name(self, name: str) -> str:
        """Return the name of one of its stacks."""
        return f"{self.stack}-{name}"

    def region_of(self, name: str) -> str:
        """Return the region of one of its stacks."""
        return EDGE_REGION if name == "edge" else self.region

    def given(self, name: str) -> dict[str, str]:
        """Return the parameters that follow from the file for one of its stacks."""
        values: dict[str, str] = getattr(self, name) or {}
        if name == "ingest" and (domains := (self.edge or {}).get("DomainNames")):
            # Who serves pages on a name also lets them upload: nobody has to say it twice.
            origins = [*values.get("AllowedOrigins", "").split(","), *_origins(domains)]
            values = {**values, "AllowedOrigins": ",".join(dict.fromkeys(filter(None, origins)))}
        return values

    def has(self, name: str) -> bool:
        """Whether it has a stack: the file has the table, or the rest can't do without."""
        return getattr(self, name) is not None


def _origins(domains: str) -> list[str]:
    return [f"https://{name.strip()}" for name in domains.split(",") if name.strip()]


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(str, value))
    return str(value)


def plan_named(name: str) -> Plan:
    """Read the plan of an installation by its name, which names its settings file too.

    Raises:
        CannotDeploy: that is no name, there is no such installation, or something in its file
            is not as it must be.
    """
    if not _NAME.fullmatch(name):
        raise CannotDeploy(
            f"{name!r} names no installation: for deployments/staging.toml it is staging. Letters, "
            "digits, - and _."
        )
    path = ROOT / "deployments" / f"{name}.toml"
    plan = read_plan(path)
    if missing := missing_parameters(plan):
        raise CannotDeploy(f"{path}: {'; '.join(missing)}.")
    return plan


def read_plan(path: Path) -> Plan:
    """Read the file of an installation.

    Raises:
        CannotDeploy: there is none, or something in it is not as it must be.
    """
    try:
        plan = Plan.model_validate(tomllib.loads(path.read_text()))
    except FileNotFoundError as error:
        raise CannotDeploy(f"There is no {path}; deployments/example.toml shows one.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CannotDeploy(f"{path}: {error}.") from error
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
        raise CannotDeploy(f"{path}: {'; '.join(wrong)}.") from error
    problems = []
    for name, template_path in TEMPLATES.items():
        declared = read_template(template_path).get("Parameters", {})
        for parameter in plan.given(name):
            if parameter not in declared:
                problems.append(f"[{name}] {parameter} is no parameter of {template_path.name}")
            elif declared[parameter].get("NoEcho"):
                problems.append(f"[{name}] {parameter} is a secret, which stands in no file")
    if problems:
        raise CannotDeploy(f"{path}: {'; '.join(problems)}.")
    refuse_long_names(plan)
    return plan


def missing_parameters(plan: Plan) -> list[str]:
    """Say which parameters nobody gives: known beforehand, and not after the stacks before it are there."""
    found = []
    given = set(FROM_THE_BUILD)
    for name, path in TEMPLATES.items():
        if not plan.has(name):
            continue
        template = read_template(path)
        found += [
            f"[{name}] {parameter} is to be set"
            for parameter, declared in template.get("Parameters", {}).items()
            if "Default" not in declared
            and not declared.get("NoEcho")
            and parameter not in given | set(plan.given(name))
        ]
        given |= set(template.get("Outputs", {}))
    return found


def refuse_long_names(plan: Plan) -> None:
    """Refuse a stack's name with which a resource of it could not be named in every region.

    Raises:
        AccountNotReady: names the first resource whose name would be too long.
    """
    for name, path in TEMPLATES.items():
        values = {
            "StackName": plan.stack_name(name),
            "AccountId": plan.account,
            "Region": LONGEST_REGION,
        }
        for resource, declared in read_template(path)["Resources"].items():
            longest = replacement_rules()[declared["Type"]]["names"]
            for key, most in longest.items():
                written = declared.get("Properties", {}).get(key)
                if not (most and isinstance(written, dict) and set(written) == {"Fn::Sub"}):
                    continue
                text = written["Fn::Sub"]
                if not isinstance(text, str):
                    continue
                shown = text
                for part, value in values.items():
                    shown = shown.replace(f"${{AWS::{part}}}", value)
                if "${" not in shown and len(shown) > most:
                    raise AccountNotReady(
                        f"The stack's name is {len(shown) - most} characters too long: "
                        f"{resource} would be called {shown}, and {key} has {most} at most."
                    )


def parameters_for(
    template: Mapping[str, Any],
    known: Mapping[str, str],
    before: Mapping[str, str],
    secret: Mapping[str, str],
) -> dict[str, str | None]:
    """Return the parameters of a template, by name; None keeps what the stack has.

    What the file does not set has the template's default, so that the file tells
    the whole story. Secrets stand in no file: one that is not given now stays.

    Args:
        known: What the file, the build and earlier stacks give.
        before: The parameters of the stack as it is.
        secret: Values from the environment of whoever deploys.

    Raises:
        CannotDeploy: a parameter without default is given by nobody.
    """
    found: dict[str, str | None] = {}
    missing = []
    for name, declared in template.get("Parameters", {}).items():
        if name in known:
            found[name] = known[name]
        elif declared.get("NoEcho"):
            if name in secret:
                found[name] = secret[name]
            elif name in before:
                found[name] = None
            elif "Default" not in declared:
                missing.append(name)
        elif "Default" not in declared:
            missing.append(name)
    if missing:
        raise CannotDeploy(f"Not given: {', '.join(missing)}.")
    return found
