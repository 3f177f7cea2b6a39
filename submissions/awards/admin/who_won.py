"""Who got what: awards in a list, and one award with its code for those who may see it."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from campaignhub.errors import DomainError
from campaignhub.staff_site.filters import choice
from campaignhub.staff_site.keyset import PAGE, KeysetAdmin, KeysetChangeList, Place
from campaignhub.staff_site.lists import NOTHING, Tone, column, exact, named, state, when
from campaignhub.staff_site.navigation import Item
from campaignhub.staff_site.routes import one
from campaignhub.staff_site.views import RowPage
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import can
from campaigns.prizes.models import Prize, PrizeKind
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of
from ingest_lambda.contract import AwardState
from submissions.awards.admin.of_submission import WORDS
from submissions.awards.services.who_won import (
    NoCodeToShow,
    WantedAwards,
    day_between,
    days_with_awards,
    find_awards,
    prizes_by_campaign,
    read_code,
    references_of,
)
from submissions.mirror.admin.person import staff_of
from submissions.mirror.models import Award

MASKED = "••••••"
"""What stands in the place of a code."""
_NOT_OF_ANY_UNIT = (AwardState.RELEASED,)
_STATES = [(one.value, WORDS[one][0]) for one in AwardState]


class _Seen:
    """The campaigns whose awards a person may see, and their prizes; read once a request."""

    def __init__(self, request: HttpRequest) -> None:
        rows = campaigns_of(staff_of(request), Capability.SUBMISSION_VIEW)
        self.campaigns: dict[UUID, Campaign] = {
            row.pk: row for row in rows.select_related("client").order_by("name")
        }
        asked = request.GET.get("campaign")
        self.chosen = [pk for pk in self.campaigns if asked in (None, "", str(pk))]
        self.prizes = prizes_by_campaign(self.chosen)

    @property
    def only(self) -> Campaign | None:
        """Return the campaign that was chosen, or the only one that there is."""
        return self.campaigns[self.chosen[0]] if len(self.chosen) == 1 else None


def _seen(request: HttpRequest) -> _Seen:
    kept: _Seen | None = getattr(request, "_awards_seen", None)
    if kept is None:
        kept = _Seen(request)
        request._awards_seen = kept  # type: ignore[attr-defined]
    return kept


def _campaigns(request: HttpRequest) -> list[tuple[str, str]]:
    """Offer no choice of one."""
    found = [(str(pk), row.name) for pk, row in _seen(request).campaigns.items()]
    return found if len(found) > 1 or "campaign" in request.GET else []


def _prizes(request: HttpRequest) -> list[tuple[str, str]]:
    only = _seen(request).only
    return [(key, str(row)) for key, row in _seen(request).prizes[only.pk].items()] if only else []


def _days(request: HttpRequest) -> list[tuple[str, str]]:
    only = _seen(request).only
    if only is None:
        return []
    today = timezone.now().astimezone(ZoneInfo(only.timezone)).date()
    days = days_with_awards(only, today=today)
    return [(day.isoformat(), f"{day:%a} {day.day} {day:%B %Y}") for day in days]


def _choose_first(request: HttpRequest) -> str:
    return "Choose a campaign first." if len(_seen(request).chosen) > 1 else ""


FILTERS = (
    choice("state", "state", lambda _request: _STATES),
    choice("campaign", "campaign", _campaigns, unknown="none that you may see"),
    choice("prize", "prize", _prizes, unknown="none of this campaign", hint=_choose_first),
    choice("day", "day", _days, unknown="none with prizes", hint=_choose_first),
)


def _name(award: Any) -> str:
    return named(award.shown_name, award.campaign.name)


def _submission_link(award: Any) -> str:
    if not award.reference:
        return NOTHING
    link = reverse("admin:submissions_submission_change", args=[award.submission_id])
    return format_html('<a class="ch-link reference" href="{}">{}</a>', link, award.reference)


def _state(award: Award) -> str:
    words, tone = _in_words(award)
    return state(words, tone)


def _in_words(award: Award) -> tuple[str, Tone]:
    return WORDS.get(award.state, (award.get_state_display(), "idle"))


def _has_code(award: Award, prize: Prize | None) -> bool:
    is_code = prize is not None and prize.kind == PrizeKind.CODE
    return is_code and award.state not in _NOT_OF_ANY_UNIT


class AwardPage(RowPage):
    """One award; its code is shown when it is asked for, and that stands in the log."""

    template_name = "admin/awards/award.html"
    related = ("campaign__client",)
    row: Award
    code = refused = ""

    def read(self, **named: Any) -> None:
        """Read the award with the name of its prize."""
        super().read(**named)
        prizes = prizes_by_campaign([self.row.campaign_id])[self.row.campaign_id]  # type: ignore[list-item,index]
        self.prize = prizes.get(self.row.prize)
        self.title = str(self.prize or self.row.prize)

    def may_see_codes(self) -> bool:
        """Tell whether this person may see the codes of this client's winners."""
        campaign = self.row.campaign
        assert campaign is not None
        return can(staff_of(self.request), Capability.PRIZE_CODES, campaign.client)

    def shown(self) -> dict[str, Any]:
        """Add the facts of the award."""
        award, campaign = self.row, self.row.campaign
        assert campaign is not None
        words, tone = _in_words(award)
        return {
            "award": award,
            "campaign": campaign,
            "words": words,
            "tone": tone,
            "reference": references_of([award]).get(award.submission_id, ""),
            "won_at": exact(award.awarded_at, campaign.timezone) if award.awarded_at else "",
            "entered_at": exact(award.entered_at, campaign.timezone) if award.entered_at else "",
            "has_code": _has_code(award, self.prize),
            "may_see_codes": self.may_see_codes() and award.state != AwardState.PROVISIONAL,
            "masked": MASKED,
            "code": self.code,
            "refused": self.refused,
        }

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show the code, on this one answer alone: no address leads to it and no cache keeps it."""
        if not self.may_see_codes():
            raise Http404
        try:
            if not _has_code(self.row, self.prize):
                raise NoCodeToShow("This prize has no code.")
            self.code = read_code(self.row, **self.signed())
        except DomainError as error:
            self.refused = error.message
        answer: HttpResponse = self.render_to_response(self.get_context_data())
        answer["Cache-Control"] = "no-store"
        return answer


@admin.register(Award)
class AwardAdmin(KeysetAdmin):
    """Every award, the newest first; facts of the table, so nothing of them is changed here."""

    item = Item("Entrants", 20, "Prizes won", "redeem")
    own_pages = ((f"{one(Award)}/", AwardPage, "award_read"),)
    client_path = "campaign__client"
    view_capability = Capability.SUBMISSION_VIEW
    newest = "awarded_at"
    narrows = ("state", "campaign", "prize", "day")
    row_page = "read"
    list_filter = FILTERS
    list_display = (
        column("Prize", _name),
        column("State", _state),
        column("Entry", _submission_link),
        column("Won", lambda award: when(award.awarded_at, zone=award.campaign.timezone)),
        column("Code", lambda award: MASKED if award.has_code else NOTHING, wide=True),
    )
    older_words = "Older prizes"
    nothing_title = "No prizes found"
    everything_words = "Show all prizes"
    empty_title = "No prizes won yet"
    empty_words = "As soon as an entry wins a prize, it is listed here. Test entries are left out."
    empty_way = ("admin:campaigns_campaign_changelist", "See your campaigns")

    def rows(
        self, request: HttpRequest, cl: KeysetChangeList, place: Place | None
    ) -> Sequence[Any]:
        """Find the rows through their indexes."""
        seen, asked = _seen(request), cl.params
        wanted = WantedAwards(
            prize=asked.get("prize", ""),
            state=asked.get("state", "") if asked.get("state") in dict(_STATES) else "",
            between=_between(asked.get("day", ""), seen.only),
            older_than=place,
        )
        campaigns = {pk: list(prizes) for pk, prizes in seen.prizes.items()}
        found: list[Any] = find_awards(wanted, campaigns=campaigns, most=PAGE + 1)
        references = references_of(found)
        for award in found:
            prize = seen.prizes[award.campaign_id].get(award.prize)
            award.shown_name = str(prize or award.prize)
            award.has_code = _has_code(award, prize)
            award.reference = references.get(award.submission_id, "")
        cl.nothing_words = "No prize has all of these. Remove a filter above."
        return found


def _between(day: str, campaign: Campaign | None) -> Any:
    try:
        return day_between(date.fromisoformat(day), campaign.timezone) if campaign else None
    except (ValueError, OverflowError):
        return None
