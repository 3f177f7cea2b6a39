"""Mails in the admin: a list of what became of each."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from campaignhub.staff_site.filters import Chip, choice, in_force
from campaignhub.staff_site.keyset import PAGE, KeysetAdmin, KeysetChangeList, Place
from campaignhub.staff_site.lists import column, named, when
from campaignhub.staff_site.navigation import Item
from campaignhub.staff_site.routes import one
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import clients_of
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of
from ingest_lambda.contract import tidy_reference
from submissions.mail.admin.home import troubled_count
from submissions.mail.admin.of_submission import is_scheduled
from submissions.mail.admin.reading import ActOnMail, MailHtml, ReadMail, shown_state
from submissions.mail.admin.samples import SampleHtml, Samples
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind, MailState
from submissions.mirror.admin.person import name_of, staff_of
from submissions.mirror.services.looks import Search, note_look
from submissions.mirror.services.releases import zone_of

ATTENTION = "attention"
"""In the place of a state: those that need a person, as the home page counts them."""
_NEED_ATTENTION = (MailState.FAILED, MailState.UNKNOWN)
_TO_DO: dict[str, str] = {MailState.FAILED: "Send again", MailState.UNKNOWN: "Check, then decide"}


def _in_state(rows: QuerySet[Mail], state: str) -> QuerySet[Mail]:
    return rows.filter(state__in=_NEED_ATTENTION if state == ATTENTION else (state,))


_STATES = [(ATTENTION, "Needs attention"), *((one.value, one.label) for one in MailState)]
_KINDS = [(one.value, one.label) for one in MailKind]
FILTERS = (
    choice("state", "status", lambda _request: _STATES, narrow=_in_state),
    choice(
        "kind", "e-mail", lambda _request: _KINDS, narrow=lambda rows, kind: rows.filter(kind=kind)
    ),
)


def _name(mail: Mail) -> str:
    who, reference = name_of(mail.submission, masked=False), mail.submission.reference
    below = format_html('{} · <span class="reference">{}</span>', who, reference)
    return named(mail.get_kind_display(), below)


def _sent_or_due(mail: Mail) -> datetime | None:
    return mail.not_before if is_scheduled(mail, at=timezone.now()) else mail.sent_at


def _zone(mail: Mail) -> str:
    return zone_of(mail.submission)


_MAIL, _SAMPLES = one(Mail, "mail_id"), f"samples/{one(Campaign, 'campaign_id')}"


@admin.register(Mail)
class MailAdmin(KeysetAdmin):
    """Every mail to an entrant: a fact, read and seen to, never edited."""

    item = Item("Entrants", 10, "Mails", "mail", count=troubled_count, variant="danger")
    own_pages = (
        (f"{_MAIL}/read/", ReadMail, "mail_read"),
        (f"{_MAIL}/html/", MailHtml, "mail_html"),
        (f"{_MAIL}/act/", ActOnMail, "mail_act"),
        (f"{_SAMPLES}/", Samples, "mail_samples"),
        (f"{_SAMPLES}/html/", SampleHtml, "mail_sample_html"),
    )
    client_path = "submission__campaign__client"
    view_capability = Capability.MAIL_VIEW
    newest = "queued_at"
    ordering = ("-queued_at", "-id")
    narrows = ("state", "kind")
    row_page = "read"
    list_filter = FILTERS
    list_select_related = ("submission__campaign", "submission__personal")
    list_display = (
        column("E-mail", _name),
        column("Status", shown_state),
        column("Campaign", lambda mail: mail.submission.campaign, wide=True),
        column("Queued", lambda mail: when(mail.queued_at, zone=_zone(mail))),
        column("Sent", lambda mail: when(_sent_or_due(mail), zone=_zone(mail)), wide=True),
        column(
            "To do", lambda mail: format_html("<b>{}</b>", _TO_DO.get(mail.state, "")), wide=True
        ),
    )
    search_fields = ("submission__reference",)
    search_help_text = "Find by reference"
    older_words = "Older e-mails"
    nothing_title = "No e-mails found"
    everything_words = "Show all e-mails"
    empty_title = "No e-mails yet"
    empty_words = "Every e-mail to an entrant is listed here with its status."

    def get_search_results(
        self, _request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find by a whole reference, as people type it."""
        if not search_term:
            return queryset, False
        reference = tidy_reference(search_term) or ""
        return queryset.filter(submission__reference=reference), False

    def rows(
        self, request: HttpRequest, cl: KeysetChangeList, place: Place | None
    ) -> Sequence[Any]:
        """Read a page, and note who is shown to whom before they are."""
        user, found = staff_of(request), list(super().rows(request, cl, place))
        search = None
        if cl.query:
            clients = clients_of(user, Capability.MAIL_VIEW).values_list("pk", flat=True)
            hits = dict.fromkeys(clients, 0)
            for mail in found[:PAGE]:
                hits[mail.submission.campaign.client_id] += 1
            search = Search("reference", cl.query, hits)
        # Several mails of one entry show one person.
        people = {mail.submission_id: mail.submission for mail in found[:PAGE]}.values()
        only = in_force(cl)
        note_look("mail", rows=people, actor=user, at=timezone.now(), search=search, only=only)
        campaigns = campaigns_of(user, Capability.MAIL_VIEW).order_by("name")[:200]
        samples = [(reverse("admin:mail_mail_samples", args=[c.pk]), c.name) for c in campaigns]
        cl.menus = [Chip("preview a campaign's e-mails", choices=samples)] if samples else ()
        cl.search_verb = "Find"
        cl.nothing_words = "Enter a whole reference such as K7M4-2QXD, or remove a filter above."
        return found
