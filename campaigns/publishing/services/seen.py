"""What a manager looked at before saving or publishing: the newest line of the log about the campaign."""

from campaignhub.errors import DomainError
from campaigns.accounts.models import AuditEntry, User
from campaigns.accounts.services import audit
from campaigns.setup.models import Campaign

EDITS = (
    "campaign.created",
    "campaign.cloned",
    "campaign.changed",
    "campaign.formfield_rows_changed",
    "campaign.limit_rows_changed",
    "campaign.prize_rows_changed",
    "campaign.limits_set",
)
"""What the page of a campaign writes; a move of its state leaves every field as it was."""
MAIL_EDITS = ("campaign.mails_changed",)
"""What the page with the wording of e-mails writes; the page of a campaign leaves it as it is."""
RELEASES = ("campaign.published", "campaign.amended")
EDITS_AND_RELEASES = (*EDITS, *MAIL_EDITS, *RELEASES)


class CampaignChanged(DomainError):
    """Another person saved or published the campaign after this page was shown."""


def last_seen(campaign: Campaign, codes: tuple[str, ...]) -> str:
    """Return the number of the newest line, as a form carries it to and fro."""
    newest = _newest(campaign, codes)
    return str(newest.pk) if newest else "0"


def refuse_unseen(
    campaign: Campaign, codes: tuple[str, ...], *, seen: str, actor: User | None, undone: str
) -> None:
    """Refuse an act whose page showed the campaign as it is no more.

    The row must be locked: every change of a campaign writes the line in the
    same transaction. A form without the number comes from no page of ours.

    Raises:
        CampaignChanged: with who did what; ``undone`` says what this act did not do.
    """
    newest = _newest(campaign, codes)
    if not seen or newest is None or seen == str(newest.pk):
        return
    who = "You" if newest.actor == actor else _name(newest.actor)
    what = "published" if newest.code in RELEASES else "changed"
    raise CampaignChanged(f"{who} {what} {campaign.name} while this page was open. {undone}")


def _newest(campaign: Campaign, codes: tuple[str, ...]) -> AuditEntry | None:
    lines = AuditEntry.objects.filter(code__in=codes, target=audit.name_of(campaign))
    return lines.select_related("actor").order_by("-pk").first()


def _name(user: User | None) -> str:
    return (user.first_name or user.username) if user else "System"
