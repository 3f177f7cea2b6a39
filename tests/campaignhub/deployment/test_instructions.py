"""What docs/deploy.md and docs/first-hour.md have a person type and look for is there: commands, parameters, outputs."""

import re
import shlex
import tomllib
from collections.abc import Iterator

import pytest
from django.core.management import get_commands, load_command_class

from campaignhub.deployment.template import ORDER, read_template
from campaignhub.env import ROOT

PIPELINE = ORDER["secrets"].with_name("pipeline.yaml")
DOCS = [ROOT / "docs" / name for name in ("deploy.md", "first-hour.md")]
TEXT = "\n".join(path.read_text() for path in DOCS)


def typed() -> Iterator[str]:
    """Yield every command with its arguments, as it stands in a block or in a sentence."""
    for found in re.finditer(r"manage\.py ([a-z_]+(?: [^`\n#|&]+)?)", TEXT):
        yield found[1].strip()


@pytest.mark.parametrize("command", dict.fromkeys(typed()))
def test_a_command_takes_the_arguments_that_it_is_shown_with(command: str) -> None:
    name, *arguments = shlex.split(command)
    made = load_command_class(get_commands()[name], name)
    if arguments or name == "republish":
        made.create_parser("manage.py", name).parse_args(arguments)


def test_a_name_of_an_output_or_a_parameter_is_one() -> None:
    templates = [read_template(path) for path in (*ORDER.values(), PIPELINE)]
    known = {
        name
        for template in templates
        for part in ("Outputs", "Parameters")
        for name in template.get(part, {})
    }
    named = set(re.findall(r"`([A-Z]\w+(?:Arn|Domain|Url|Id|Record\d?))`", TEXT))
    assert {"TokenKeysArn", "KeysAccessArn", "DistributionDomain", "DkimRecord1"} <= named
    assert named - known == set()


def test_a_setting_below_a_stack_is_a_parameter_of_it() -> None:
    for block in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL):
        for stack, settings in tomllib.loads(block).items():
            assert set(settings) <= set(read_template(ORDER[stack])["Parameters"])
