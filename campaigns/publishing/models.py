"""Releases: what was published, immutable and numbered; and how far each has been carried."""

from django.db import models
from django.db.models import F, Q

from campaigns.accounts.tenancy import TenantModel


class Release(TenantModel):
    """A campaign as published; what a visitor agreed to. The database refuses to change one.

    A release after the first live one is an amendment: it carries the reason
    for the record and, where entrants ought to know, a public note per language.
    Test releases are numbered by themselves.
    """

    belongs_to = "campaign"

    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.PROTECT, related_name="releases"
    )
    is_test = models.BooleanField(default=False)
    number = models.PositiveIntegerField()
    manifest = models.JSONField()
    page = models.JSONField(help_text="The texts and tokens that the page was made from.")
    images = models.JSONField(
        default=dict, blank=True, help_text="The stored files of hero and logo, by those words."
    )
    mails = models.JSONField(
        default=dict, blank=True, help_text="What mails say otherwise than by default, by language."
    )
    amendment_reason = models.CharField(max_length=500, blank=True)
    public_note = models.JSONField(default=dict, blank=True)
    accepted_warnings = models.JSONField(default=list, blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ("-published_at", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("campaign", "is_test", "number"),
                name="release_number_is_unique_in_its_campaign",
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="release_numbers_start_at_one"),
        )

    def __str__(self) -> str:
        kind = "test release" if self.is_test else "release"
        return f"{self.campaign} · {kind} {self.number}"


class Placement(TenantModel):
    """Where a campaign stands outside Django: in the functions' table and on the site host.

    ``revision`` counts what was decided, ``carried_revision`` how much of it
    both of them have, and ``page_revision`` is the last one that changed the page:
    what came after it is written without the page. Where something is behind,
    ``trouble`` says why, and the clock tries again. The dates are those of the newest release: the campaign's
    own may be an amendment that is still being written.
    """

    belongs_to = "campaign"

    campaign = models.ForeignKey(
        "campaigns.Campaign", on_delete=models.CASCADE, related_name="placements"
    )
    is_test = models.BooleanField(default=False)
    opens_at = models.DateTimeField(null=True)
    closes_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=0)
    carried_revision = models.PositiveIntegerField(default=0)
    page_revision = models.PositiveIntegerField(default=0)
    carried_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=200, blank=True)
    page_version = models.CharField(max_length=64, blank=True)
    """The files that the host shows, or is to show where ``is_page_kept``."""
    page_release = models.PositiveIntegerField(default=0)
    earlier_page_version = models.CharField(max_length=64, blank=True)
    """The same release as it was shown before: the way back from changed templates."""
    is_page_kept = models.BooleanField(default=False)
    """Whether somebody went that way: templates change nothing until they are asked to."""
    is_taken_down = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("campaign", "is_test"), name="a_campaign_has_one_live_and_one_test_place"
            ),
            models.CheckConstraint(
                condition=Q(carried_revision__lte=F("revision")),
                name="nothing_is_carried_before_it_is_decided",
            ),
        )

    def __str__(self) -> str:
        return f"{self.campaign} · {'test' if self.is_test else 'live'}"

    @property
    def is_behind(self) -> bool:
        """Whether the table or the host still shows something older."""
        return self.carried_revision < self.revision
