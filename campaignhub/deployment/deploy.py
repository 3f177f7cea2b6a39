"""A whole deployment: what is refused first, then stack after stack, each with what the ones before it gave."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from campaignhub.deployment.account import gateway_logs, problems, read_account, warnings
from campaignhub.deployment.archives import Archives
from campaignhub.deployment.changes import refusals
from campaignhub.deployment.errors import AccountNotReady, CannotDeploy, ReplacesWhatMustStay
from campaignhub.deployment.origin_secret import OriginSecret
from campaignhub.deployment.plan import Plan, parameters_for
from campaignhub.deployment.sdk_errors import is_refusal, sentence_of
from campaignhub.deployment.stack import ChangeSet, Request, Stack, outputs_of
from campaignhub.deployment.template import TEMPLATES, parse_template
from campaignhub.deployment.upload import template_argument, upload_archives

TAG = "campaignhub:installation"

GOES_ON = (
    "What CloudFormation has begun goes on by itself; run the same command again, and it goes on from "
    "there."
)

_NOTHING_BEGUN = "Nothing was changed; run the same command again."


@dataclass(frozen=True)
class Options:
    """How a deployment goes about it."""

    check_only: bool = False
    """Show every change set that can be made now, and execute none."""
    allowed: Collection[str] = ()
    """Logical ids that may be replaced or removed, although they hold data or have a fixed name."""
    pause_seconds: float = 4


@dataclass
class Deployment:
    """One run of the deployment of a plan.

    ``clients`` makes clients as a session of boto3 does, with whatever
    credentials that finds, temporary ones included.
    """

    plan: Plan
    archives: Archives
    clients: Any
    say: Callable[[str], None]
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secret parameters by name, for a stack that does not have them yet."""
    options: Options = Options()
    templates: Mapping[str, Path] = field(default_factory=lambda: TEMPLATES)
    outputs: dict[str, str] = field(default_factory=dict)
    """Of the stacks that are in place, by name."""
    _access_logs: str = "off"
    _origin_secret: OriginSecret | None = None

    def run(self) -> dict[str, str]:
        """Deploy every stack in order, and return what they give, by name.

        A second run changes nothing; one after a failure goes on where that one
        stopped.

        Raises:
            CannotDeploy: before anything is changed, or with that stack rolled back.
        """
        self._check_account()
        refused = []
        for name, path in self.templates.items():
            if not self.plan.has(name):
                continue
            try:
                refused += self._deploy_stack(name, path.read_text())
            except (BotoCoreError, ClientError) as error:
                said = f"{self.plan.stack_name(name)}: {sentence_of(error)}"
                if not is_refusal(error):
                    said += f" {_NOTHING_BEGUN if self.options.check_only else GOES_ON}"
                raise CannotDeploy(said) from error
        if refused:
            raise ReplacesWhatMustStay(" ".join(refused))
        return self.outputs

    def _check_account(self) -> None:
        plan = self.plan
        try:
            account = read_account(self.clients, plan.region)
            before = _parameters_of(self._stack("ingest").describe())
        except (BotoCoreError, ClientError) as error:
            said = f"The account can't be read: {sentence_of(error)}"
            raise AccountNotReady(f"{said} {_NOTHING_BEGUN}") from error
        if found := problems(plan, account, before):
            raise AccountNotReady(" ".join(found))
        for warning in warnings(account):
            self.say(f"Note: {warning}")
        self._access_logs = gateway_logs(plan, account, before)

    def _stack(self, name: str) -> Stack:
        return Stack(
            self.clients.client("cloudformation", region_name=self.plan.region_of(name)),
            self.plan.stack_name(name),
            say=self.say,
            pause_seconds=self.options.pause_seconds,
        )

    def _deploy_stack(self, name: str, text: str) -> list[str]:
        """Deploy one stack, and return why its changes are refused; nothing where they were made."""
        stack, template = self._stack(name), parse_template(text)
        # Settled first: what a failed creation left has parameters, and none that a new stack could keep.
        before = stack.settled() if self.options.check_only else stack.settle()
        known = {
            **self.outputs,
            **self.archives.parameters(),
            "AccessLogs": self._access_logs,
            **self.plan.given(name),
        }
        try:
            secret = self._secrets(template)
            parameters = parameters_for(template, known, _parameters_of(before), secret)
        except CannotDeploy as error:
            if self.options.check_only and before is None:
                self.say(f"{stack.name}: can be shown when the stacks before it are in place.")
                return []
            raise CannotDeploy(f"{stack.name}: {error.message}") from error
        request = Request(
            self._template_of(text, parameters),
            parameters,
            self._tags(name),
            self.plan.cloudformation_role,
        )
        proposed = stack.propose(request, settles=not self.options.check_only)
        self._show(stack, proposed)
        refused = refusals(proposed.changes, template["Resources"], self.options.allowed)
        if self.options.check_only or refused:
            stack.withdraw(proposed)
            found = before
            if refused and not self.options.check_only:
                raise ReplacesWhatMustStay(" ".join(refused))
        else:
            sender = self._origin_secret if name == "edge" else None
            if sender is not None:
                sender.note_sending()
            found = stack.describe() if proposed.is_empty else stack.execute(proposed)
            stack.protect(found or {})
            if sender is not None:
                sender.note_sent()
        self.outputs.update(outputs_of(found or {}))
        return refused

    def _secrets(self, template: Mapping[str, Any]) -> Mapping[str, str]:
        """Return the secret parameters: what was given, and what gateway and distribution share.

        Without a distribution the gateway gets none, also where it had one: it would admit nobody.

        Raises:
            CannotDeploy: there is to be a distribution, and nothing for it to send: the gateway would
                admit whoever walks round it.
        """
        if "OriginSecret" not in template.get("Parameters", {}) or "OriginSecret" in self.secret:
            return self.secret
        if self.plan.edge is None:
            return {"OriginSecret": "", "OriginSecretBefore": "", **self.secret}
        if self.options.check_only:
            # Who may only look at changes may not read it: what the stack has is shown as kept.
            return self.secret
        if self._origin_secret is None:
            arn = self.outputs.get("OriginSecretArn")
            if arn is None:
                raise CannotDeploy("Not given: OriginSecretArn.")
            manager = self.clients.client("secretsmanager", region_name=self.plan.region)
            self._origin_secret = OriginSecret.read(manager, arn)
            if self._origin_secret.is_late:
                self.say(
                    "Note: what the distribution sends is changed as an earlier deployment began it; the "
                    "newer value comes with the next one."
                )
        return {**self._origin_secret.parameters(), **self.secret}

    def _template_of(self, text: str, parameters: Mapping[str, str | None]) -> dict[str, str]:
        bucket = parameters.get("CodeBucket") or self.outputs.get("CodeBucket", "")
        store = self.clients.client("s3", region_name=self.plan.region)
        if "LightCodeKey" in parameters and bucket:
            upload_archives(store, bucket, self.archives, say=self.say)
        return template_argument(store, bucket, text)

    def _tags(self, name: str) -> dict[str, str]:
        return {TAG: self.plan.stack_name(name)}

    def _show(self, stack: Stack, proposed: ChangeSet) -> None:
        if proposed.is_empty:
            self.say(f"{stack.name}: no changes.")
        elif proposed.creates:
            self.say(f"{stack.name}: is created, {len(proposed.changes)} resources.")
        else:
            self.say(f"{stack.name}: {len(proposed.changes)} changes.")
            for change in proposed.changes:
                self.say(f"  {change}")


def _parameters_of(found: Mapping[str, Any] | None) -> dict[str, str]:
    return {
        parameter["ParameterKey"]: parameter.get("ParameterValue", "")
        for parameter in (found or {}).get("Parameters", ())
    }
