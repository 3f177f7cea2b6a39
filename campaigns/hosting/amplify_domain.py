"""A client's own domain on Amplify: each campaign below it, the certificate by Amplify, the records to set."""

from dataclasses import dataclass
from typing import Any

from campaigns.hosting.host_errors import HostIsFull
from campaigns.hosting.models import AmplifyApp


@dataclass(frozen=True)
class DomainOnAmplify:
    """How far a domain is: ``records`` are lines as a zone file has them."""

    status: str
    reason: str
    records: tuple[str, ...]

    @property
    def is_ready(self) -> bool:
        """Whether visitors reach pages by it."""
        return self.status == "AVAILABLE"


def associate_domain(amplify: Any, app: AmplifyApp, domain: str) -> DomainOnAmplify:
    """Lead ``{slug}.{domain}`` to each campaign of an app; ask as often as you like.

    Pages and mails name the domain from the moment it works, and not before.

    Raises:
        HostIsFull: Amplify takes no further domain for the app.
    """
    branches = app.branches.exclude(version="").order_by("slug")
    wanted = [{"prefix": branch.slug, "branchName": branch.slug} for branch in branches]
    key = {"appId": app.app_id, "domainName": domain}
    try:
        found = amplify.get_domain_association(**key)["domainAssociation"]
    except amplify.exceptions.NotFoundException:
        found = _create(amplify, key, wanted)
    else:
        held = [one["subDomainSetting"] for one in found["subDomains"]]
        if sorted(one["prefix"] for one in held) != [one["prefix"] for one in wanted]:
            answer = amplify.update_domain_association(**key, subDomainSettings=wanted)
            found = answer["domainAssociation"]
    proof = found.get("certificateVerificationDNSRecord", "")
    leads = [
        f"{one['subDomainSetting']['prefix']}.{domain} {one['dnsRecord'].strip()}"
        for one in found["subDomains"]
    ]
    state = DomainOnAmplify(
        found["domainStatus"],
        found.get("statusReason", ""),
        tuple(" ".join(line.split()) for line in (proof, *leads) if line.strip()),
    )
    if state.is_ready and app.domain != domain:
        AmplifyApp.objects.filter(pk=app.pk).update(domain=domain)
    return state


def _create(amplify: Any, key: dict[str, str], wanted: list[dict[str, str]]) -> dict[str, Any]:
    try:
        answer = amplify.create_domain_association(**key, subDomainSettings=wanted)
    except amplify.exceptions.LimitExceededException as error:
        raise HostIsFull("Amplify takes no further domain: an app has five.") from error
    found: dict[str, Any] = answer["domainAssociation"]
    return found
