"""A template as CloudFormation reads it for one set of parameters, with names of resources that can be told apart."""

import re
from collections.abc import Mapping
from typing import Any

REGION = "us-east-1"
ACCOUNT = "123456789012"
_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Region": REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
    "AWS::StackName": "campaignhub",
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/campaignhub/0a1b2c3d-4e5f",
}
_ARNS = {
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{{}}",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{{}}",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:{{}}",
    "AWS::S3::Bucket": "arn:aws:s3:::{}",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{{}}:*",
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{{}}",
    "AWS::Pipes::Pipe": f"arn:aws:pipes:{REGION}:{ACCOUNT}:pipe/{{}}",
    "AWS::CloudFront::KeyValueStore": f"arn:aws:cloudfront::{ACCOUNT}:key-value-store/{{}}",
    "AWS::WAFv2::WebACL": f"arn:aws:wafv2:{REGION}:{ACCOUNT}:global/webacl/{{}}/1",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{{}}",
}
NOTHING = object()


class Resolved:
    """A template with its functions worked out; a resource's name is its logical id."""

    def __init__(self, template: Mapping[str, Any], **given: str) -> None:
        self._template = template
        self._values = {
            name: given.get(name, parameter.get("Default", f"parameter-{name}"))
            for name, parameter in template.get("Parameters", {}).items()
        }
        self.resources = {
            name: self._work_out(resource)
            for name, resource in template["Resources"].items()
            if "Condition" not in resource or self._holds(resource["Condition"])
        }
        """Those whose condition holds."""

    def _holds(self, name: str) -> bool:
        return bool(self._work_out(self._template["Conditions"][name]))

    def _work_out(self, node: Any) -> Any:
        if isinstance(node, list):
            return [value for value in map(self._work_out, node) if value is not NOTHING]
        if not isinstance(node, Mapping):
            return node
        if len(node) == 1:
            ((name, argument),) = node.items()
            if name == "Ref":
                return self._ref(argument)
            if name == "Condition" and isinstance(argument, str):
                return self._holds(argument)
            if name.startswith("Fn::"):
                return self._call(name[4:], argument)
        worked_out = {name: self._work_out(value) for name, value in node.items()}
        return {name: value for name, value in worked_out.items() if value is not NOTHING}

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return NOTHING
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name not in self._values:
            return self._attribute(name, "Arn") if self._kind(name) == "AWS::SNS::Topic" else name
        value = self._values[name]
        listed = self._template["Parameters"][name]["Type"] == "CommaDelimitedList"
        return str(value).split(",") if listed else value

    def _call(self, name: str, argument: Any) -> Any:
        match name:
            case "If":
                condition, yes, no = argument
                return self._work_out(yes if self._holds(condition) else no)
            case "Equals":
                first, second = self._work_out(argument)
                return str(first) == str(second)
            case "Not":
                return not self._work_out(argument)[0]
            case "And":
                return all(self._work_out(argument))
            case "Join":
                between, parts = self._work_out(argument)
                return between.join(map(str, parts))
            case "Split":
                between, text = self._work_out(argument)
                return text.split(between)
            case "Select":
                place, parts = self._work_out(argument)
                return parts[int(place)]
            case "GetAtt":
                return self._attribute(*argument)
            case "Sub":
                return self._sub(argument)
        raise ValueError(f"Fn::{name} is not worked out here")

    def _kind(self, name: str) -> str:
        return str(self._template["Resources"][name]["Type"])

    def _attribute(self, name: str, attribute: str) -> str:
        arn = _ARNS.get(self._kind(name), f"arn:aws:any:{REGION}:{ACCOUNT}:{{}}")
        held = name.lower() if self._kind(name) == "AWS::S3::Bucket" else name
        if attribute == "StreamArn":
            return arn.format(held) + "/stream/label"
        return arn.format(held) if attribute == "Arn" else f"{name}.{attribute}"

    def _sub(self, argument: Any) -> str:
        text, own = argument if isinstance(argument, list) else (argument, {})
        own = self._work_out(own)

        def value(found: re.Match[str]) -> str:
            name, _, attribute = found[1].partition(".")
            if name in own:
                return str(own[name])
            return str(self._attribute(name, attribute) if attribute else self._ref(name))

        return re.sub(r"\$\{([^}]+)\}", value, text)

    def policies(self) -> dict[str, list[dict[str, Any]]]:
        """Return the statements of every role and of every policy that stands alone, by its name."""
        return {
            name: [
                statement
                for policy in _policies_of(resource)
                for statement in policy["PolicyDocument"]["Statement"]
            ]
            for name, resource in self.resources.items()
            if resource["Type"] in ("AWS::IAM::Role", "AWS::IAM::ManagedPolicy")
        }


def _policies_of(resource: Mapping[str, Any]) -> list[Any]:
    properties = resource["Properties"]
    alone = resource["Type"] == "AWS::IAM::ManagedPolicy"
    policies: list[Any] = [properties] if alone else properties.get("Policies", [])
    return policies
