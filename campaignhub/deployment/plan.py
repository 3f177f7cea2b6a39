"""What one installation on AWS is to be: ``deployments/{name}.toml``, and the parameters that follow from it."""

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from campaignhub.aws import EDGE_REGION
from campaignhub.deployment.archives import FROM_THE_BUILD
from campaignhub.deployment.changes import replacement_rules
from campaignhub.deployment.errors import AccountNotReady, CannotDeploy
from campaignhub.deployment.settings_file import environment_name
from campaignhub.deployment.target import Target
from campaignhub.deployment.template import TEMPLATES, read_template
from campaignhub.deployment.values import is_of_example, misfit, region_misfit
from campaignhub.env import ROOT

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")

_EXPECTED = {
    "stack": "small letters, digits and hyphens, from a letter on, such as campaignhub-staging",
    "account": "the twelve digits of an AWS account, in quotes",
    "region": "a region of AWS, such as eu-central-1",
    "architecture": "arm64 or x86_64",
    "python": "3.12, 3.13 or 3.14, in quotes",
    "cloudformation_role": "the ARN of a role",
    "compiled": "true or false",
    **{name: f"a table, below the line [{name}]" for name in TEMPLATES},
}
"""What each setting is to be; the model's own words are for programmers."""

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
    def _as_texts(cls, values: Any) -> Any:
        """Write numbers, flags and lists as CloudFormation reads them."""
        if not isinstance(values, Mapping):
            return values  # none, or refused
        return {name: _as_text(value) for name, value in values.items()}

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
            is not as it must be, is missing, or is the example's still: all of it at once.
    """
    if not _NAME.fullmatch(name):
        raise CannotDeploy(
            f"{name!r} names no installation: for deployments/staging.toml it is staging. Letters, "
            "digits, - and _."
        )
    return read_plan(ROOT / "deployments" / f"{name}.toml", is_complete=True)


def read_plan(path: Path, *, is_complete: bool = False) -> Plan:
    """Read the file of an installation.

    Args:
        is_complete: Whether it is to be deployed, so that nothing may be missing or the example's still.

    Raises:
        CannotDeploy: there is none, or something in it is not as it must be: all of it at once.
    """
    found = _texts_of(path)
    plan, problems = _held_against(found)
    if is_complete:
        problems += [f"{key} still is the example's" for key in _left_as_in_example(found)]
        problems += missing_parameters(plan) if plan is not None else []
    if plan is None or problems:
        said = list(dict.fromkeys(problems))
        between = "\n  " if len(said) > 1 else " "
        raise CannotDeploy(f"{path}:{''.join(f'{between}{one}.' for one in said)}")
    return plan


def _texts_of(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError as error:
        raise CannotDeploy(f"There is no {path}; deployments/example.toml shows one.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise CannotDeploy(f"{path}: {error}.") from error


def _held_against(found: dict[str, Any]) -> tuple[Plan | None, list[str]]:
    """Return what a file says as a plan, and what is wrong with it, one clause each."""
    problems, plan = [], None
    try:
        plan = Plan.model_validate(found)
    except ValidationError as error:
        problems += [_clause(one["loc"], one["type"]) for one in error.errors()]
    region, has_edge = found.get("region"), "edge" in found
    if isinstance(region, str) and (why := region_misfit(region, has_edge=has_edge)):
        problems.append(f'region = "{region}" {why}')
    for name, path in TEMPLATES.items():
        table = found.get(name)
        if isinstance(table, dict):
            problems += _misfits(name, table, path, (plan.given(name) if plan else {}))
    if plan is not None:
        try:
            refuse_long_names(plan)
        except AccountNotReady as error:
            problems.append(error.message.rstrip("."))
    return plan, problems


def _misfits(
    name: str, table: Mapping[str, Any], path: Path, given: Mapping[str, str]
) -> Iterator[str]:
    """Say what the template does not take of one table of the file."""
    declared = read_template(path).get("Parameters", {})
    for parameter, value in table.items():
        text = _as_text(value)
        if parameter not in declared:
            yield f"[{name}] {parameter} is no parameter of {path.name}"
        elif declared[parameter].get("NoEcho"):
            yield f"[{name}] {parameter} is a secret, which stands in no file"
        elif not text and given.get(parameter):
            continue  # an empty list that another setting fills
        elif why := misfit(declared[parameter], text):
            yield f"[{name}] {parameter} = {json.dumps(text, ensure_ascii=False)} {why}"


def _clause(loc: tuple[int | str, ...], kind: str) -> str:
    """Say what is wrong with one setting beside the tables, and what it is to be."""
    key = str(loc[0]) if loc else "the file"
    expected = _EXPECTED.get(key)
    if expected is None:
        return f"{key} is no setting of an installation; there are {', '.join(_EXPECTED)}"
    return f"{key} {'is missing: it must be' if kind == 'missing' else 'must be'} {expected}"


def _left_as_in_example(found: Mapping[str, Any]) -> Iterator[str]:
    """Name the settings that are not filled in yet."""
    for key, value in found.items():
        if isinstance(value, dict):
            for parameter, text in value.items():
                if is_of_example(_as_text(text)):
                    yield f"[{key}] {parameter}"
        elif is_of_example(_as_text(value)):
            yield key


def refuse_secrets(secret: Mapping[str, str]) -> None:
    """Refuse secret parameters that a template does not take, without saying what they are.

    Raises:
        CannotDeploy: names those of the environment of the person who deploys.
    """
    wrong = [
        f"{name} of the environment ({environment_name(name)}) {why}."
        for path in TEMPLATES.values()
        for name, declared in read_template(path).get("Parameters", {}).items()
        if name in secret and (why := misfit(declared, secret[name]))
    ]
    if wrong:
        raise CannotDeploy(" ".join(dict.fromkeys(wrong)))


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
