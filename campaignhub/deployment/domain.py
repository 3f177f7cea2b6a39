"""A client's own domain before the distribution: its certificate, the records that prove it, and its address.

A distribution has one certificate, so each new name makes one for all names. Every
step looks first at what is there, and can be run again.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from campaignhub.aws import EDGE_REGION
from campaignhub.deployment.errors import CannotDeploy

DISTRIBUTIONS_ZONE = "Z2FDTNDATAQYW2"
"""The zone of every distribution, for an alias.

https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html
"""

RECORDS_SECONDS = 60
"""ACM needs some seconds to say which records prove a certificate."""

WAITING = ("PENDING_VALIDATION", "ISSUED")


@dataclass(frozen=True)
class Record:
    """One record of the domain name system."""

    name: str
    kind: str
    value: str

    def __str__(self) -> str:
        return f"{self.name} {self.kind} {self.value}"


@dataclass(frozen=True)
class Domains:
    """The names of an installation, in one account."""

    certificates: Any
    """A client of ACM, in the region where CloudFront looks."""
    zones: Any
    """A client of Route 53."""
    say: Callable[[str], None]
    pause_seconds: float = 5

    @classmethod
    def of(cls, clients: Any, say: Callable[[str], None]) -> "Domains":
        """Return them with clients of a session."""
        return cls(
            clients.client("acm", region_name=EDGE_REGION),
            clients.client("route53", region_name=EDGE_REGION),
            say,
        )

    def certify(self, names: Sequence[str], *, seconds: float) -> str:
        """Return the ARN of an issued certificate with exactly these names; asked for if there is none.

        Args:
            names: The first is the certificate's own; the order of the rest does not matter.
            seconds: How long to wait for it to be issued.

        Raises:
            CannotDeploy: it is not issued yet; the sentence has the records that are missing.
        """
        arn = self._found(names) or self._requested(names)
        missing = [record for record in self._proofs(arn) if not self._set(record)]
        deadline = time.monotonic() + seconds
        while True:
            found = self._describe(arn)
            if found["Status"] == "ISSUED":
                return arn
            if found["Status"] != "PENDING_VALIDATION":
                why = found.get("FailureReason", found["Status"])
                raise CannotDeploy(f"The certificate for {', '.join(names)} is not issued: {why}.")
            if time.monotonic() >= deadline:
                break
            time.sleep(self.pause_seconds)
        wanted = "; ".join(map(str, missing))
        raise CannotDeploy(
            "The certificate is not issued yet. "
            + (f"Set these records, then run this again: {wanted}" if wanted else "Run this again.")
        )

    def point(self, name: str, distribution: str) -> bool:
        """Lead a name to the distribution where its zone is in the account, else say which record does."""
        zone = self._zone_of(name)
        if not zone:
            self.say(f"Set: {Record(name, 'CNAME', distribution)}")
            return False
        alias = {
            "HostedZoneId": DISTRIBUTIONS_ZONE,
            "DNSName": distribution,
            "EvaluateTargetHealth": False,
        }
        self._upsert(
            zone,
            [{"Name": name, "Type": kind, "AliasTarget": alias} for kind in ("A", "AAAA")],
        )
        self.say(f"{name} leads to {distribution}.")
        return True

    def _found(self, names: Sequence[str]) -> str:
        pages = self.certificates.get_paginator("list_certificates")
        for page in pages.paginate(CertificateStatuses=list(WAITING)):
            for summary in page["CertificateSummaryList"]:
                if summary["DomainName"] == names[0]:
                    arn = str(summary["CertificateArn"])
                    if set(self._describe(arn).get("SubjectAlternativeNames", ())) == set(names):
                        return arn
        return ""

    def _requested(self, names: Sequence[str]) -> str:
        more = {"SubjectAlternativeNames": list(names[1:])} if names[1:] else {}
        made = self.certificates.request_certificate(
            DomainName=names[0], ValidationMethod="DNS", **more
        )
        self.say(f"Asked for a certificate for {', '.join(names)}.")
        return str(made["CertificateArn"])

    def _describe(self, arn: str) -> dict[str, Any]:
        return dict(self.certificates.describe_certificate(CertificateArn=arn)["Certificate"])

    def _proofs(self, arn: str) -> list[Record]:
        """Return the records that a certificate still waits for."""
        deadline = time.monotonic() + RECORDS_SECONDS
        while True:
            found = self._describe(arn)
            options = found.get("DomainValidationOptions", ())
            if found["Status"] == "ISSUED":
                return []
            if options and all("ResourceRecord" in option for option in options):
                break
            if time.monotonic() >= deadline:
                raise CannotDeploy("ACM does not say which records it waits for. Run this again.")
            time.sleep(self.pause_seconds)
        return [
            Record(record["Name"].rstrip("."), record["Type"], record["Value"].rstrip("."))
            for option in options
            if option.get("ValidationStatus") != "SUCCESS"
            for record in [option["ResourceRecord"]]
        ]

    def _set(self, record: Record) -> bool:
        zone = self._zone_of(record.name)
        if not zone:
            self.say(f"Set: {record}")
            return False
        change = {
            "Name": record.name,
            "Type": record.kind,
            "TTL": 300,
            "ResourceRecords": [{"Value": record.value}],
        }
        self._upsert(zone, [change])
        self.say(f"Set in Route 53: {record}")
        return True

    def _zone_of(self, name: str) -> str:
        """Return the id of the account's public zone that a name lies in; the narrowest of several."""
        found: dict[str, str] = {}
        for page in self.zones.get_paginator("list_hosted_zones").paginate():
            for zone in page["HostedZones"]:
                apex = zone["Name"].rstrip(".")
                is_public = not zone.get("Config", {}).get("PrivateZone")
                if is_public and (name == apex or name.endswith(f".{apex}")):
                    found[apex] = zone["Id"]
        return found[max(found, key=len)] if found else ""

    def _upsert(self, zone: str, records: list[dict[str, Any]]) -> None:
        changes = [{"Action": "UPSERT", "ResourceRecordSet": record} for record in records]
        self.zones.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
