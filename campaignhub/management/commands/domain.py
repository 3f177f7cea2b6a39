"""``manage.py domain add``: a client's own domain, as far as it can be brought today."""

import json
import re
from typing import Any

import boto3
import idna
from botocore.exceptions import BotoCoreError, ClientError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from campaignhub.deployment.account import refuse_other_account
from campaignhub.deployment.domain import Domains
from campaignhub.deployment.errors import CannotDeploy
from campaignhub.deployment.plan import plan_named
from campaignhub.deployment.sdk_errors import sentence_of, without_credential_logs
from campaignhub.env import VAR

_NAME = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")


class Command(BaseCommand):
    """Certificate, records, address; each looked at first, so that it can be run again."""

    help = "Bring a domain before an installation's distribution. Can be run again."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the domain and the installation."""
        parser.add_argument("action", choices=["add"])
        parser.add_argument("domain")
        parser.add_argument("name", help="of the installation: deployments/NAME.toml")
        parser.add_argument("--wait", type=int, default=300, help="seconds for the certificate")

    @without_credential_logs()
    def handle(self, *_args: Any, **options: Any) -> None:
        """Say what was done, what is missing, and what comes next."""
        domain, name = _ascii(options["domain"]), options["name"]
        if not _NAME.fullmatch(domain):
            raise CommandError(f"{options['domain']!r} is no domain name.")
        try:
            plan = plan_named(name)
            session = boto3.Session()
            refuse_other_account(plan, session)
            known = [one for one in plan.given("edge").get("DomainNames", "").split(",") if one]
            names = known if domain in known else [*known, domain]
            domains = Domains.of(session, self.stdout.write)
            arn = domains.certify(names, seconds=options["wait"])
            if domain not in known or plan.given("edge").get("CertificateArn") != arn:
                self.stdout.write(
                    f"Put this into deployments/{name}.toml, deploy, and run this again:\n"
                    f"[edge]\nDomainNames = {json.dumps(names)}\nCertificateArn = {json.dumps(arn)}"
                )
                return
            if domains.point(domain, _distribution_of(name)):
                self.stdout.write(
                    f"Then, where the site runs: manage.py client_domain CLIENT {domain}"
                )
        except CannotDeploy as error:
            raise CommandError(error.message) from error
        except (BotoCoreError, ClientError) as error:
            raise CommandError(
                f"{sentence_of(error)} Run this again; it goes on from there."
            ) from error


def _ascii(text: str) -> str:
    """Return a name as certificates and records spell it: small, without the last dot, no letter but a to z."""
    try:
        return idna.encode(text.rstrip("."), uts46=True).decode()
    except idna.IDNAError:
        return ""


def _distribution_of(name: str) -> str:
    path = VAR / "deployments" / f"{name}.json"
    settings = json.loads(path.read_text()) if path.exists() else {}
    if "DISTRIBUTION_DOMAIN" not in settings:
        raise CannotDeploy(f"Deploy first: {path} does not name the distribution.")
    return str(settings["DISTRIBUTION_DOMAIN"])
