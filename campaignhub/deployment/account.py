"""What an account admits: read before anything is changed in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaignhub.deployment.errors import AccountNotReady
from campaignhub.deployment.plan import Plan

LEFT_UNRESERVED = 100
"""What Lambda keeps for functions without a reservation of their own.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
"""

RESERVING = ("StartConcurrency", "StatusConcurrency")


@dataclass(frozen=True)
class Account:
    """An account, in one region."""

    number: str
    concurrency: int
    """Calls of functions at once."""
    unreserved: int
    """Of these, what no function has reserved."""
    gateway_role: str
    """With which API Gateway writes logs: one for every API of the region; empty where it has none."""
    mails_to_anyone: bool
    """SES sends to addresses that it does not know, too."""


def read_account(clients: Any, region: str) -> Account:
    """Ask an account for what decides whether a deployment can succeed; changes nothing.

    Args:
        clients: ``client(service, region_name=…)`` makes one, as a session of boto3 does.
    """
    number = clients.client("sts", region_name=region).get_caller_identity()["Account"]
    limits = clients.client("lambda", region_name=region).get_account_settings()["AccountLimit"]
    gateway = clients.client("apigateway", region_name=region).get_account()
    mail = clients.client("sesv2", region_name=region).get_account()
    return Account(
        number=number,
        concurrency=limits["ConcurrentExecutions"],
        unreserved=limits["UnreservedConcurrentExecutions"],
        gateway_role=gateway.get("cloudwatchRoleArn", ""),
        mails_to_anyone=mail.get("ProductionAccessEnabled", False),
    )


def refuse_other_account(plan: Plan, clients: Any) -> None:
    """Refuse credentials of another account than the plan's.

    Raises:
        AccountNotReady: they are of another one; nothing was changed in it.
    """
    number = clients.client("sts", region_name=plan.region).get_caller_identity()["Account"]
    if number != plan.account:
        raise AccountNotReady(_other_account(plan, number))


def _other_account(plan: Plan, number: str) -> str:
    return f"These credentials are of account {number}; the file names {plan.account}."


def problems(plan: Plan, account: Account, before: Mapping[str, str]) -> list[str]:
    """Say what keeps a deployment from succeeding, one sentence each.

    Args:
        before: The parameters of the ingest stack as it is; none before the first time.
    """
    found = []
    if account.number != plan.account:
        found.append(_other_account(plan, account.number))
    wanted = sum(int(plan.ingest.get(name, "0")) for name in RESERVING)
    more = wanted - sum(int(before.get(name, "0")) for name in RESERVING)
    if more > 0 and account.unreserved - more < LEFT_UNRESERVED:
        found.append(
            f"{' and '.join(RESERVING)} reserve {wanted} calls at once; Lambda keeps "
            f"{LEFT_UNRESERVED} of the account's {account.concurrency} unreserved. Set them to 0, "
            "or ask for a higher quota (Lambda, Concurrent executions)."
        )
    if plan.ingest.get("AccessLogs") == "account" and not account.gateway_role:
        found.append(
            "AccessLogs is account, and API Gateway has no role for logs in this region. Set one in "
            "its settings, or AccessLogs to off or take-over."
        )
    return found


def warnings(account: Account) -> list[str]:
    """Say what a deployment succeeds with, and a campaign does not."""
    found = []
    if account.concurrency < 1000:
        found.append(
            f"Lambda admits {account.concurrency} calls at once here: about "
            f"{account.concurrency * 5 // 4} entrants a second. Ask for a higher quota before a campaign "
            "(Service Quotas, Lambda, Concurrent executions)."
        )
    if not account.mails_to_anyone:
        found.append(
            "SES is in its sandbox in this region: mails reach verified addresses only. Ask for "
            "production access (SES, Account dashboard)."
        )
    return found


def gateway_logs(plan: Plan, account: Account, before: Mapping[str, str]) -> str:
    """Return whether the API writes access logs, by whose role.

    The role is one for every API of the region, so it is used where there is one,
    and never taken over without having been asked for. What a stack took over it
    keeps: without the setting other APIs would stop to log.
    """
    kept = before.get("AccessLogs", "")
    asked = plan.ingest.get("AccessLogs", "")
    return asked or (kept if kept == "take-over" else "account" if account.gateway_role else "off")
