"""Every address of the project, who may come to it, and what it is filled with.

``DECLARED`` is the table that the walk compares with the URL configuration: an
address that is not in it fails the walk, and so does one that leads nowhere.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from campaigns.access.models import BlockEntry, PartnerKey
from campaigns.accounts.models import AuditEntry, Client, Invitation, Membership, SenderIdentity
from campaigns.accounts.rules.roles import Capability, Role
from campaigns.jobs.models import Job
from campaigns.prizes.models import Prize, SealedSet
from campaigns.publishing.services.drafts import draft_token
from campaigns.setup.models import Campaign
from submissions.mail.models import Mail
from submissions.mirror.models import Award, Submission
from tests.security.two_clients import Side

NOTHING: Capability | None = None
"""No role comes by this method: 404."""


@dataclass(frozen=True)
class Access:
    """Who may come to an address.

    ``public``: everybody. ``staff``: whoever is signed in, as it names nothing of
    a client's. ``room``: who has the capability somewhere, to see their own.
    ``thing``: who has it at the client of the thing in the address. ``token``: who
    holds the address itself, for as long as the person it was signed for may see it.
    """

    scope: Literal["public", "token", "staff", "room", "thing"]
    get: Capability | None = None
    post: Capability | None = None
    forms: tuple[dict[str, Any], ...] = ({},)
    """What is posted; a text in braces names a thing of the side that is walked."""
    superusers: bool = False
    """Operators only, whatever the role."""


PUBLIC = Access("public")
TOKEN = Access("token")
STAFF = Access("staff")


def room(
    get: Capability, post: Capability | None = None, *forms: dict[str, Any], **more: Any
) -> Access:
    """Declare a page that everybody with a capability has, each with their own content."""
    return Access("room", get, post, forms or ({},), **more)


def thing(get: Capability | None, post: Capability | None, *forms: dict[str, Any]) -> Access:
    """Declare a page of one thing."""
    return Access("thing", get, post, forms or ({},))


_TYPED = {"typed": "{slug}"}
_VERDICTS = {"approve": "", "reject": "RECEIPT_TOO_OLD", "ask_again": "ILLEGIBLE"}
"""Each with a reason that fits it."""
_DECIDED = tuple(
    {"verdict": verdict, "decision_no": "0", "reason": reason}
    for verdict, reason in _VERDICTS.items()
)
_MANY = tuple(
    {"act": act, "id": "{submission}.0", "confirmed": "1", "reason": reason}
    for act, reason in _VERDICTS.items()
)
_UNDONE = tuple(
    {"act": act, "note": "Why not.", "decision_no": "0"} for act in ("reopen", "revoke")
)
_LETTERS = tuple(
    {"act": act, "id": "anything", "reason": "None."} for act in ("replay", "replay_all", "discard")
)

DECLARED: dict[str, Access] = {
    # The site
    "": PUBLIC,
    "healthz": PUBLIC,
    "readyz": PUBLIC,
    # From this machine or with a token of its own; numbers only (tests of campaignhub.metrics).
    "metrics": PUBLIC,
    "campaign_page": PUBLIC,
    "campaign_file": PUBLIC,
    # Who comes by an invitation's link proves it in the form; the address carries no token.
    "welcome": PUBLIC,
    "welcome_accept": PUBLIC,
    "welcome_decline": PUBLIC,
    "welcome_switch": PUBLIC,
    # A sandboxed preview has no cookie: a signed token names the draft and its viewer.
    "draft_page": TOKEN,
    "draft_file": TOKEN,
    "admin:login": PUBLIC,
    "admin:logout": PUBLIC,
    # Staff, whoever they work for
    "admin:index": STAFF,
    "admin:search": STAFF,
    "admin:password_change": STAFF,
    "admin:password_change_done": STAFF,
    "admin:jsi18n": STAFF,
    "admin:news": STAFF,
    # Campaigns
    "admin:campaigns_campaign_changelist": room(Capability.CAMPAIGN_VIEW, Capability.CAMPAIGN_VIEW),
    "admin:campaigns_campaign_add": room(
        Capability.CAMPAIGN_EDIT,
        Capability.CAMPAIGN_EDIT,
        {"client": "{client}", "name": "Ours", "slug": "ours"},
    ),
    "admin:campaigns_campaign_change": thing(
        Capability.CAMPAIGN_VIEW,
        Capability.CAMPAIGN_EDIT,
        {"name": "Ours now", "client": "{client}"},
    ),
    "admin:campaigns_campaign_live_preview": thing(NOTHING, Capability.CAMPAIGN_EDIT),
    "admin:campaigns_campaign_preview": thing(Capability.CAMPAIGN_VIEW, NOTHING),
    "admin:campaigns_campaign_publish": thing(
        Capability.CAMPAIGN_PUBLISH, Capability.CAMPAIGN_PUBLISH, _TYPED
    ),
    "admin:campaigns_campaign_publish_test": thing(
        Capability.CAMPAIGN_PUBLISH, Capability.CAMPAIGN_PUBLISH
    ),
    "admin:campaigns_campaign_pause": thing(
        Capability.CAMPAIGN_PUBLISH, Capability.CAMPAIGN_PUBLISH
    ),
    "admin:campaigns_campaign_resume": thing(
        Capability.CAMPAIGN_PUBLISH, Capability.CAMPAIGN_PUBLISH
    ),
    "admin:campaigns_campaign_close": thing(
        Capability.CAMPAIGN_PUBLISH, Capability.CAMPAIGN_PUBLISH, _TYPED
    ),
    "admin:campaigns_campaign_archive": thing(
        Capability.CAMPAIGN_PUBLISH, Capability.CAMPAIGN_PUBLISH, _TYPED
    ),
    "admin:campaigns_campaign_prize_codes": thing(
        Capability.CAMPAIGN_EDIT,
        Capability.CAMPAIGN_EDIT,
        {"act": "make", "count": "5"},
        {"act": "upload"},
        {"act": "import"},
    ),
    "admin:campaigns_campaign_prize_moments": thing(
        Capability.CAMPAIGN_EDIT, Capability.CAMPAIGN_EDIT, {"times": "2026-06-05 12:00"}
    ),
    "admin:campaigns_campaign_sealed_moments": thing(Capability.PRIZE_MOMENTS, NOTHING),
    "admin:campaigns_campaign_embed": thing(
        Capability.CAMPAIGN_PUBLISH, Capability.CAMPAIGN_PUBLISH, {"sites": "https://evil.example"}
    ),
    "admin:campaigns_campaign_page_down": thing(
        Capability.CAMPAIGN_PUBLISH, Capability.CAMPAIGN_PUBLISH, _TYPED
    ),
    "admin:campaigns_campaign_page_up": thing(
        Capability.CAMPAIGN_PUBLISH, Capability.CAMPAIGN_PUBLISH
    ),
    "admin:campaigns_campaign_page_earlier": thing(
        Capability.CAMPAIGN_PUBLISH, Capability.CAMPAIGN_PUBLISH
    ),
    "admin:campaigns_campaign_page_latest": thing(
        Capability.CAMPAIGN_PUBLISH, Capability.CAMPAIGN_PUBLISH
    ),
    "admin:campaigns_campaign_clone": thing(Capability.CAMPAIGN_EDIT, Capability.CAMPAIGN_EDIT),
    "admin:test_data": thing(Capability.CAMPAIGN_PUBLISH, Capability.CAMPAIGN_PUBLISH, _TYPED),
    "admin:campaign_results": thing(Capability.CAMPAIGN_VIEW, NOTHING),
    # People
    "admin:accounts_client_changelist": room(Capability.CLIENT_EDIT, Capability.CLIENT_EDIT),
    "admin:accounts_client_add": Access("room", superusers=True),
    "admin:accounts_client_change": thing(
        Capability.CLIENT_EDIT, Capability.CLIENT_EDIT, {"name": "Ours now"}
    ),
    "admin:accounts_membership_changelist": room(Capability.STAFF_MANAGE, Capability.STAFF_MANAGE),
    "admin:accounts_membership_add": room(
        Capability.STAFF_MANAGE,
        Capability.STAFF_MANAGE,
        {"client": "{client}", "email": "mallory@example.com", "role": "owner"},
    ),
    "admin:accounts_membership_change": thing(
        Capability.STAFF_MANAGE,
        Capability.STAFF_MANAGE,
        {"role": "owner"},
        {"act": "withdraw"},
    ),
    "admin:accounts_membership_invitation": thing(
        Capability.STAFF_MANAGE, Capability.STAFF_MANAGE, {"act": "send_again"}, {"act": "withdraw"}
    ),
    "admin:access_blockentry_changelist": room(Capability.CLIENT_EDIT, Capability.CLIENT_EDIT),
    "admin:access_blockentry_add": room(
        Capability.CLIENT_EDIT,
        Capability.CLIENT_EDIT,
        {"client": "{client}", "kind": "email", "value": "ada@example.com"},
    ),
    "admin:access_blockentry_change": thing(Capability.CLIENT_EDIT, Capability.CLIENT_EDIT),
    "admin:access_partnerkey_changelist": room(Capability.CLIENT_EDIT, Capability.CLIENT_EDIT),
    "admin:access_partnerkey_add": room(
        Capability.CLIENT_EDIT,
        Capability.CLIENT_EDIT,
        {"client": "{client}", "name": "Ours", "rate_per_second": "10"},
    ),
    "admin:access_partnerkey_change": thing(Capability.CLIENT_EDIT, Capability.CLIENT_EDIT),
    "admin:accounts_senderidentity_changelist": Access("room", superusers=True),
    "admin:accounts_senderidentity_add": Access("room", superusers=True),
    "admin:accounts_senderidentity_change": Access("thing", superusers=True),
    "admin:accounts_auditentry_changelist": room(Capability.AUDIT_VIEW, Capability.AUDIT_VIEW),
    "admin:accounts_auditentry_change": thing(Capability.AUDIT_VIEW, NOTHING),
    # Entries
    "admin:submissions_submission_changelist": room(
        Capability.SUBMISSION_VIEW, Capability.SUBMISSION_VIEW, {"q": "quill"}, *_MANY
    ),
    "admin:submissions_review_next": room(Capability.SUBMISSION_REVIEW),
    "admin:submissions_submission_change": thing(
        Capability.SUBMISSION_VIEW, Capability.SUBMISSION_REVIEW, *_DECIDED
    ),
    "admin:submissions_review_undo": thing(NOTHING, Capability.SUBMISSION_LEAD, *_UNDONE),
    "admin:submissions_review_sentences": thing(NOTHING, Capability.SUBMISSION_VIEW),
    "admin:submissions_review_leave": thing(NOTHING, Capability.SUBMISSION_VIEW),
    # Prizes won
    "admin:submissions_award_changelist": room(
        Capability.SUBMISSION_VIEW, Capability.SUBMISSION_VIEW
    ),
    "admin:submissions_award_read": thing(Capability.SUBMISSION_VIEW, Capability.PRIZE_CODES),
    # Mails
    "admin:mail_mail_changelist": room(Capability.MAIL_VIEW, Capability.MAIL_VIEW),
    "admin:mail_mail_read": thing(Capability.SUBMISSION_VIEW, None),
    "admin:mail_mail_html": thing(Capability.SUBMISSION_VIEW, None),
    "admin:mail_mail_act": thing(
        NOTHING, Capability.MAIL_SEND, {"act": "again", "seen": "0"}, {"act": "sent"}
    ),
    "admin:mail_mail_samples": thing(
        Capability.MAIL_VIEW,
        Capability.MAIL_SEND,
        {"act": "test"},
        {"act": "save", "subject": "News", "title": "News", "before": "News", "button": "Look"},
        {"act": "reset"},
    ),
    "admin:mail_mail_sample_html": thing(Capability.MAIL_VIEW, Capability.MAIL_VIEW),
    # Operations
    "admin:operations": room(Capability.OPERATIONS),
    "admin:runbook": room(Capability.OPERATIONS),
    "admin:jobs_job_changelist": room(Capability.JOB_VIEW),
    "admin:jobs_job_read": thing(
        Capability.JOB_VIEW, Capability.JOB_VIEW, {"act": "cancel"}, {"act": "try_again"}
    ),
    "admin:dead_letters": room(Capability.OPERATIONS, Capability.OPERATIONS, *_LETTERS),
}
OPTIONAL = {
    # Only where the environment names its secret; Anymail checks that with each notice.
    "anymail/amazon_ses/tracking/": PUBLIC,
}

_MODELS = {
    "campaigns_campaign": Campaign,
    "accounts_client": Client,
    "accounts_membership": Membership,
    "accounts_auditentry": AuditEntry,
    "access_blockentry": BlockEntry,
    "access_partnerkey": PartnerKey,
    "accounts_senderidentity": SenderIdentity,
    "jobs_job": Job,
    "submissions_award": Award,
}


@dataclass(frozen=True)
class Address:
    """One pattern of the URL configuration."""

    route: str
    name: str
    """With its namespace; the route where it has none."""
    parts: tuple[str, ...]
    access: Access | None = field(compare=False, default=None)

    def filled(self, side: Side) -> str:
        """Return it with things of ``side`` in the place of its parts."""
        return reverse(self.name, kwargs=self.values(side)) if self.is_named else f"/{self.route}"

    def values(self, side: Side) -> dict[str, Any]:
        """Return the things of ``side`` that its parts name."""
        return {part: _value(self, part, side) for part in self.parts}

    @property
    def is_named(self) -> bool:
        """Whether the configuration gives it a name."""
        return self.name != self.route


def every_address() -> Iterator[Address]:
    """Name every pattern below the root of the configuration, the page for all else aside."""
    yield from _below(get_resolver(), "", "")


def _below(resolver: URLResolver, route: str, namespace: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _below(pattern, here, inner)
        elif isinstance(pattern, URLPattern):
            known = f"{namespace}{pattern.name}" if pattern.name else here
            if known == CATCH_ALL:
                continue
            parts = (*pattern.pattern.converters, *_groups(pattern))
            declared = DECLARED.get(known) or OPTIONAL.get(known)
            yield Address(here, known, tuple(dict.fromkeys(parts)), declared)


CATCH_ALL = "admin/(?P<url>.*)$"


def _groups(pattern: URLPattern) -> tuple[str, ...]:
    """Return the named parts of a pattern that is an expression."""
    regex = getattr(pattern.pattern, "regex", None)
    return tuple(regex.groupindex) if regex is not None else ()


def _value(address: Address, part: str, side: Side) -> Any:
    if part == "object_id":
        model = next(m for name, m in _MODELS.items() if address.name.startswith(f"admin:{name}_"))
        return side[model].pk
    known = {
        "submission_id": side[Submission].pk,
        "campaign_id": side[Campaign].pk,
        "mail_id": side[Mail].pk,
        "queue": "submissions",
        "slug": side[Campaign].slug,
        "path": "index.html",
        "invitation_id": side[Invitation].pk,
        "prize_id": side[Prize].pk,
        "sealedset_id": side[SealedSet].pk,
        "token": draft_token(side[Campaign], viewer=side.staff[Role.OWNER], at=timezone.now()),
    }
    assert part in known, f"{address.name}: nobody says what {part} is filled with"
    return known[part]


def form_for(form: dict[str, Any], side: Side) -> dict[str, Any]:
    """Return what is posted, with things of ``side`` named in it."""
    names = {
        "client": side[Client].pk,
        "slug": side[Campaign].slug,
        "submission": side[Submission].pk,
    }
    return {key: str(value).format(**names) for key, value in form.items()}


def walked(*scopes: str) -> list[Address]:
    """Return the addresses of some scopes, catch-alls left out."""
    return [one for one in every_address() if one.access and one.access.scope in scopes]
