"""What a change set would do, and what of it is refused."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

RULES = Path(__file__).with_name("replacements.json")
"""By type of resource: which properties only a new one can have, which of them are names and how
long those may be, and why it must stay.

Made from the resource schemas by ``python -m tests.checks.replacements``.
"""


@dataclass(frozen=True)
class Change:
    """One resource of a change set."""

    action: str
    """Add, Modify, Remove, Import or Dynamic."""
    resource: str
    """Its logical id."""
    kind: str
    replacement: str
    """What CloudFormation says of it: True, False, Conditional, or nothing."""
    properties: tuple[str, ...]
    """The properties that change, by name."""

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Change":
        """Read one of ``DescribeChangeSet``."""
        change = answer["ResourceChange"]
        targets = [detail.get("Target", {}) for detail in change.get("Details", ())]
        names = {
            target["Name"]
            for target in targets
            if target.get("Attribute") == "Properties" and target.get("Name")
        }
        return cls(
            action=change["Action"],
            resource=change["LogicalResourceId"],
            kind=change["ResourceType"],
            replacement=change.get("Replacement", ""),
            properties=tuple(sorted(names)),
        )

    @property
    def replaces(self) -> bool:
        """Whether it makes a new resource, or may: the service's word, or a create-only property.

        CloudFormation says *Conditional* where it does not know a value yet, or which
        of its properties can be changed in place. What holds data is then taken to be
        replaced, unless the schema changes each of these properties in place: a bucket
        whose notifications name a queue that changes stays. Of the rest it is only
        where the schema says that one of them can't, or every change of the API would
        be refused for its stage, whose name is fixed.
        """
        if self.action != "Modify":
            return False
        rule = replacement_rules().get(self.kind)
        if rule is None:
            return self.replacement in ("True", "Conditional")
        changed = set(self.properties)
        if self.replacement == "True" or set(rule["create_only"]) & changed:
            return True
        is_open = not changed or bool(
            rule["stateful"] and set(rule["partly_create_only"]) & changed
        )
        return self.replacement == "Conditional" and is_open

    def __str__(self) -> str:
        names = f" ({', '.join(self.properties)})" if self.properties else ""
        action = "Replace" if self.replaces else self.action
        return f"{action} {self.resource}, {self.kind.removeprefix('AWS::')}{names}"


@cache
def replacement_rules() -> dict[str, dict[str, Any]]:
    """Return the rules by type of resource."""
    rules: dict[str, dict[str, Any]] = json.loads(RULES.read_text())
    return rules


def refusals(
    changes: Sequence[Change], resources: Mapping[str, Any], allowed: Collection[str] = ()
) -> list[str]:
    """Say of each change that must not happen why, in one sentence.

    What holds data is neither replaced nor removed; what has a fixed name is not
    replaced, for the new one would be created under a name that is taken.

    Args:
        resources: The template's, by logical id.
        allowed: Logical ids that the person who deploys named.
    """
    found = []
    for change in changes:
        rule = replacement_rules().get(change.kind, {})
        if change.resource in allowed or not (change.replaces or change.action == "Remove"):
            continue
        if rule.get("stateful"):
            verb = "replaced" if change.replaces else "removed"
            found.append(f"{change.resource} would be {verb}, and it {rule['stateful']}.")
        elif change.replaces and (name := _fixed_name(change, resources, rule)):
            found.append(
                f"{change.resource} would be replaced, and its {name} is fixed: a second one "
                "can't be created under it."
            )
    return found


def _fixed_name(change: Change, resources: Mapping[str, Any], rule: Mapping[str, Any]) -> str:
    """Return the property that names the resource, if the template sets it and it stays the same."""
    properties = resources.get(change.resource, {}).get("Properties", {})
    for name in rule.get("names", ()):
        if name in properties and name not in change.properties:
            return str(name)
    return ""
