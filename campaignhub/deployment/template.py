"""The templates: where they lie, in which order they are deployed, and how one is read."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from campaignhub.deployment.archives import SOURCE
from campaignhub.deployment.errors import CannotDeploy

_BESIDE = Path(__file__).with_name("templates")

INGEST = SOURCE / "template.yaml"

ORDER = {
    "secrets": _BESIDE / "secrets.yaml",
    "ingest": INGEST,
    "edge": _BESIDE / "edge.yaml",
    "notices": _BESIDE / "notices.yaml",
}
"""By name, in the order in which one needs what another gave."""

TEMPLATES = {name: path for name, path in ORDER.items() if path.exists()}


@cache
def read_template(path: Path) -> dict[str, Any]:
    """Read a template once per process; it is not to be changed."""
    return parse_template(path.read_text())


def parse_template(text: str) -> dict[str, Any]:
    """Parse a template, short forms of functions included: ``!Ref X`` → ``{"Ref": "X"}``.

    Raises:
        CannotDeploy: it is no YAML; the sentence says where.
    """
    try:
        parsed: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise CannotDeploy(f"A template can't be read: {' '.join(str(error).split())}.") from error
    return parsed


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags."""


def _function(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in ("Ref", "Condition") else f"Fn::{tag}"
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        if tag == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]
    return {name: value}


_Loader.add_multi_constructor("!", _function)
