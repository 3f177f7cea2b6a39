"""What checkov, cfripper and parliament say of the templates, but for what is meant to be so.

``python -m tests.checks.template_security`` prints what they find and fails; an
exception that nothing needs any more fails as well. The tools live in an
environment of their own (``constraints-lint.txt``), since their dependencies
clash with ours.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from campaignhub.deployment.template import parse_template
from campaignhub.env import VAR
from tests.support.resolved import Resolved

ROOT = Path(__file__).parents[2]
TOOLS = VAR / "lint-venv" / "bin"
TEMPLATES = (
    ROOT / "ingest_lambda/template.yaml",
    *sorted((ROOT / "campaignhub/deployment/templates").glob("*.yaml")),
)
GIVEN = {
    "PipeTarget": "api",
    "AccessLogs": "take-over",
    "OriginSecret": "o" * 40,
    "NoticeAddress": "ops@example.com",
    "MonthlyBudget": "100",
    "ApiUrl": "https://a1.execute-api.eu-west-1.amazonaws.com/live",
    "DomainNames": "win.example.com",
    "PartnerAddresses": "198.51.100.0/24",
    "PagesOnAmplify": "true",
}
"""Parameters with which every resource is there."""

_OWN_KEY = "AWS encrypts it with a key of its own; ours would cost a call each, and be one more thing to lose."
EXCEPTIONS = {
    "CKV_AWS_27": _OWN_KEY + " SSE-SQS is on; the check knows keys of KMS only.",
    "CKV_AWS_119": _OWN_KEY,
    "CKV_AWS_158": _OWN_KEY,
    "CKV_AWS_173": _OWN_KEY,
    "CKV_AWS_149": _OWN_KEY,
    "CKV_AWS_26": "Alarms hold numbers; notices of mails are encrypted on the queue. An own key would "
    "have to be opened to CloudWatch and SES.",
    "CKV_AWS_18": "Every access of the functions would be a line, and what is read is read by roles that "
    "are compared with what they call; CloudTrail's data events are the account's choice.",
    "CKV_AWS_86": "It would hold visitors' addresses.",
    "CKV_AWS_76": "On where the account has a log role: AccessLogs=account or take-over.",
    "CKV_AWS_73": "Its traces would hold visitors' addresses: TraceRequests.",
    "CKV_AWS_120": "Nothing that the API answers may be kept.",
    "CKV_AWS_59": "The public API: bounded by the firewall, signed tokens and the request models.",
    "CKV_AWS_115": "A cap on the writer would hold back entries; start and status have one.",
    "CKV_AWS_116": "For asynchronous calls, of which there are none; the queues have theirs.",
    "CKV_AWS_117": "They call AWS only; in a network of ours each start would wait for an interface.",
    "CKV_AWS_174": "TLSv1.2_2021 with a domain; the check does not read the condition.",
    "CKV_AWS_192": "Nothing here is Java, and its rule on bodies could refuse an entry.",
    "WildcardResourceRule/amplify:ListApps": "It knows no resources.",
    "WildcardResourceRule/lambda:GetAccountSettings,ses:GetAccount,sts:GetCallerIdentity": "They know "
    "no resources.",
    "WildcardResourceRule/acm:ListCertificates,route53:ListHostedZones,sts:GetCallerIdentity": "They "
    "know no resources.",
    "PrivilegeEscalationRule/iam:AttachRolePolicy,iam:CreatePolicy,iam:CreatePolicyVersion,"
    "iam:PutRolePolicy,iam:UpdateAssumeRolePolicy": "CloudFormation's own role, which makes the roles of the "
    "templates, under the installation's name only; who deploys can hand it over and not assume it.",
    "UNKNOWN_ACTION": "cloudformation:DescribeEvents is younger than parliament's list; the SDK has it.",
    "WildcardResourceRule/dynamodb:ListStreams": "It knows no resources: with an ARN it matches nothing.",
}
"""What is meant to be so: the tool's name of the check → why."""


def findings() -> Iterator[tuple[str, str]]:
    """Yield what the tools find: the check, and where."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        plain = pool.submit(lambda: list(_checkov()))
        yield from _cfripper(Path(folder))
        yield from _parliament(Path(folder))
        yield from plain.result()


def _checkov() -> Iterator[tuple[str, str]]:
    files = [part for path in TEMPLATES for part in ("-f", str(path))]
    options = ["--framework", "cloudformation", "--quiet", "--skip-download", "-o", "json"]
    told = json.loads(_run("checkov", *files, *options))
    for check in told["results"]["failed_checks"]:
        yield check["check_id"], f"{Path(check['file_path']).name}: {check['resource']}"


def _cfripper(folder: Path) -> Iterator[tuple[str, str]]:
    for path in TEMPLATES:
        reduced = folder / f"{path.stem}.json"
        reduced.write_text(json.dumps({"Resources": dict(_understood(path))}))
        told = json.loads(_run("cfripper", str(reduced), "--format", "json"))
        for failure in (*told["failures"], *told["exceptions"]):
            actions = ",".join(sorted(failure.get("actions") or ()))
            yield f"{failure['rule']}/{actions}".rstrip("/"), f"{path.name}: {failure['reason']}"


def _understood(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield the resources without alarms, whose thresholds cfripper takes for whole numbers only."""
    for name, resource in _resolved(path).resources.items():
        if resource["Type"] != "AWS::CloudWatch::Alarm":
            yield name, resource


def _parliament(folder: Path) -> Iterator[tuple[str, str]]:
    policies = folder / "policies"
    policies.mkdir()
    for path in TEMPLATES:
        for name, statements in _resolved(path).policies().items():
            document = {"Version": "2012-10-17", "Statement": statements}
            (policies / f"{name}.json").write_text(json.dumps(document))
    options = ["--include_policy_extension", "json", "--json"]
    for line in _run("parliament", "--directory", str(policies), *options).splitlines():
        told = json.loads(line)
        yield told["issue"], f"{Path(told['location']['filepath']).stem}: {told['detail']}"


def _resolved(path: Path) -> Resolved:
    return Resolved(parse_template(path.read_text()), **GIVEN)


def _run(tool: str, *arguments: str) -> str:
    # checkov asks for its own rules at every start; nothing of ours goes out.
    alone = {**os.environ, "HTTPS_PROXY": "http://127.0.0.1:9", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run([TOOLS / tool, *arguments], capture_output=True, text=True, env=alone)
    if not done.stdout.strip() and done.returncode not in (0, 1, 2):
        raise RuntimeError(f"{tool} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


def main() -> int:
    """Print what is not meant to be so."""
    if not (TOOLS / "checkov").exists():
        print("left out: `make check` installs the tools")
        return 0
    needed, wrong = set(), False
    for check, where in sorted(set(findings())):
        needed.add(check)
        if check not in EXCEPTIONS:
            wrong = True
            print(f"{check}  {where}")
    for check in sorted(set(EXCEPTIONS) - needed):
        wrong = True
        print(f"{check} is an exception that nothing needs")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
