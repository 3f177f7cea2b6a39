"""Submissions in the admin: found in the list, decided on at the desk, many at once, changed nowhere."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import Truncator

from campaignhub.staff_site.filters import choice, in_force
from campaignhub.staff_site.keyset import PAGE, KeysetAdmin, KeysetChangeList, Place
from campaignhub.staff_site.lists import Tone, column, named, state, when
from campaignhub.staff_site.navigation import Item
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import clients_of
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of
from ingest_lambda.contract import SubmissionStatus
from submissions.mirror.admin.person import answers_of, name_of, staff_of
from submissions.mirror.models import Submission
from submissions.mirror.models.submission import STATUSES
from submissions.mirror.rules.masking import mask
from submissions.mirror.rules.times import urgency
from submissions.mirror.services.consents import offered_consents
from submissions.mirror.services.looks import Search, note_look
from submissions.mirror.services.releases import zone_of
from submissions.mirror.services.search import LOOKED_AT, Wanted, find, kind_of_search
from submissions.review.admin.desk import DESK_PAGES
from submissions.review.admin.many import ACTS, act_on_many

TONES: dict[str, Tone] = {
    SubmissionStatus.RECEIVED: "info",
    SubmissionStatus.PENDING_REVIEW: "warn",
    SubmissionStatus.NEEDS_RESUBMISSION: "warn",
    SubmissionStatus.APPROVED: "good",
    SubmissionStatus.REJECTED: "bad",
    SubmissionStatus.INVALID: "bad",
    SubmissionStatus.REVOKED: "bad",
    SubmissionStatus.WITHDRAWN: "idle",
}


_ANSWERS = {"yes": "given", "no": "not given"}
FLAGS = {
    "test": "Test entries",
    "photo": "Photo problem",
    "conflict": "Duplicate with different answers",
}


def campaigns_seen(request: HttpRequest) -> dict[UUID, Campaign]:
    """Return the campaigns whose submissions this person may see, by name; read once a request."""
    kept: dict[UUID, Campaign] | None = getattr(request, "_campaigns_seen", None)
    if kept is None:
        rows = campaigns_of(request.user, Capability.SUBMISSION_VIEW)  # type: ignore[arg-type]
        kept = {row.pk: row for row in rows.select_related("client").order_by("name")}
        request._campaigns_seen = kept  # type: ignore[attr-defined]
    return kept


def _campaigns(request: HttpRequest) -> list[tuple[str, str]]:
    """Offer no choice of one."""
    seen = [(str(pk), row.name) for pk, row in campaigns_seen(request).items()]
    return seen if len(seen) > 1 or "campaign" in request.GET else []


def _on(label: str) -> Callable[[HttpRequest], list[tuple[str, str]]]:
    return lambda _request: [("1", label)]


def _consents(request: HttpRequest) -> list[tuple[str, str]]:
    """Offer the optional consents of one campaign: the one chosen, or the only one there is."""
    seen = campaigns_seen(request)
    chosen = [pk for pk in seen if request.GET.get("campaign", str(pk)) == str(pk)]
    if len(chosen) != 1:
        return []
    found = []
    for consent in offered_consents(chosen[0]):
        words = Truncator(consent.wording.rstrip(".")).chars(60)
        versions = (None, *consent.versions) if len(consent.versions) > 1 else (None,)
        for version in versions:
            of = f", version {version}" if version else ""
            found += [
                (
                    f"{consent.name}.{answer}{f'.{version}' if version else ''}",
                    f"{words}{of}: {said}",
                )
                for answer, said in _ANSWERS.items()
            ]
    return found


def _consent_hint(request: HttpRequest) -> str:
    """Say what has to be chosen before a consent can be: each campaign asks for its own."""
    seen = campaigns_seen(request)
    is_open = len(seen) > 1 and "campaign" not in request.GET
    return "Choose a campaign first. Each has its own consents." if is_open else ""


def _consent_wanted(value: str) -> dict[str, Any]:
    """Read a chosen consent as the search takes it; nothing where it is none of ours."""
    name, _, rest = value.partition(".")
    answer, _, version = rest.partition(".")
    if answer not in _ANSWERS:
        return {}
    number = (
        int(version) if version.isascii() and version.isdecimal() and len(version) < 5 else None
    )
    return {"consent": name, "consent_answer": answer, "consent_version": number}


FILTERS = (
    choice("status", "state", lambda _request: STATUSES),
    choice("campaign", "campaign", _campaigns, unknown="none that you may see"),
    choice("consent", "consent", _consents, unknown="none of this campaign", hint=_consent_hint),
    *(choice(name, "more", _on(label)) for name, label in FLAGS.items()),
)


def _name(row: Any) -> str:
    test = " · Test" if row.is_test else ""
    return named(name_of(row, masked=row.is_masked), f"{row.reference}{test}")


def _email(row: Any) -> str:
    email = answers_of(row).email
    return mask(email, "email") if row.is_masked else email


def _due(row: Submission) -> str:
    if not row.decide_by or row.status != SubmissionStatus.PENDING_REVIEW:
        return when(None)
    shown = when(row.decide_by, zone=zone_of(row))
    return format_html(
        '<span class="due-{}">{}</span>', urgency(row.decide_by, now=timezone.now()), shown
    )


@admin.register(Submission)
class SubmissionAdmin(KeysetAdmin):
    """What came in; each row knows whether its person is masked, and who may decide on many."""

    item = Item("Review", 20, "Submissions", "inbox")
    own_pages = DESK_PAGES
    client_path = "campaign__client"
    view_capability = Capability.SUBMISSION_VIEW
    newest = "entered_at"
    narrows = ("status", "campaign", "consent", *FLAGS)
    list_filter = FILTERS
    list_display = (
        column("Entrant", _name),
        column("E-mail", _email, wide=True),
        column("State", lambda row: state(row.get_status_display(), TONES[row.status])),
        column("Campaign", lambda row: row.campaign, wide=True),
        column("Entered", lambda row: when(row.entered_at, zone=zone_of(row))),
        column("Decide by", _due, wide=True),
    )
    search_help_text = "Find by reference"
    searches_by_post = True
    older_words = "Older entries"
    bulk_words = "Tick entries to decide on many at once."
    nothing_title = "Nothing fits"
    everything_words = "Show all entries"
    empty_title = "No entries yet"
    empty_words = (
        "As soon as somebody sends a form of your campaigns, it stands here, a second or two later."
    )
    empty_way = ("admin:campaigns_campaign_changelist", "See your campaigns")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, or decide on many of its rows."""
        if not self.has_view_permission(request):
            raise Http404
        if "act" in request.POST:
            return act_on_many(request, self)
        text = request.POST.get("q", "").strip()
        if request.method == "POST" and kind_of_search(text) in ("", "reference", "id"):
            # A reference tells nothing of a person, so this result may have an address.
            kept = {k: str(v) for k, v in request.POST.items() if k in self.narrows and v}
            return HttpResponseRedirect(f"?{urlencode(kept | ({'q': text} if text else {}))}")
        return super().changelist_view(request, extra_context)

    def rows(
        self, request: HttpRequest, cl: KeysetChangeList, place: Place | None
    ) -> Sequence[Any]:
        """Find the rows through their indexes, and note who is shown to whom before they are."""
        user, asked = staff_of(request), cl.params
        campaigns = campaigns_seen(request)
        chosen = {
            pk: row for pk, row in campaigns.items() if asked.get("campaign") in (None, "", str(pk))
        }
        open_clients = _clients(user, Capability.SUBMISSION_CONTACT)
        by_person = {pk for pk, row in campaigns.items() if row.client_id in open_clients}
        wanted = Wanted(
            status=asked.get("status", "") if asked.get("status") in dict(STATUSES) else "",
            test="test" in asked,
            photo_trouble="photo" in asked,
            conflict="conflict" in asked,
            **_consent_wanted(asked.get("consent", "")),
            text=cl.query,
            older_than=place,
        )
        found = find(wanted, campaigns=list(chosen), by_person=by_person, most=PAGE + 1)
        rows = _rows_of(found.ids)
        leads = _clients(user, Capability.SUBMISSION_LEAD)
        for row in rows:
            row.is_masked = row.campaign.client_id not in open_clients
            row.may_act = row.campaign.client_id in leads
        hits = dict.fromkeys((chosen[pk].client_id for pk in chosen if pk in by_person), 0)
        for pk in chosen.keys() & by_person:
            hits[chosen[pk].client_id] += found.hits[pk]
        note_look(
            "submission",
            rows=[row for row in rows[:PAGE] if not row.is_masked],
            actor=user,
            at=timezone.now(),
            target=next((f"campaign:{row.slug}" for row in chosen.values()), "")
            if asked.get("campaign")
            else "",
            search=Search(found.by, cl.query, hits) if cl.query else None,
            only=in_force(cl, but="campaign"),
        )
        if by_person:
            cl.search_help_text = "Reference, e-mail or name"
        else:
            cl.search_verb = "Find"
        cl.nothing_words = _what_to_type(cl.query, by_person, campaigns)
        cl.note = _what_was_cut(cl.query) if found.cut else ""
        if leads:
            cl.bulk = [(act, f"{verb}…") for act, (verb, _consequence) in ACTS.items()]
        return rows

    def tick(self, row: Any) -> str:
        """Return the entry and the decision that its row shows, where one may decide on it."""
        return f"{row.pk}.{row.decision_no}" if row.may_act else ""


def _clients(user: Any, capability: Capability) -> set[int]:
    return set(clients_of(user, capability).values_list("pk", flat=True))


def _rows_of(ids: Sequence[UUID]) -> list[Any]:
    by_id = (
        Submission.objects.select_related("campaign__client", "personal")
        .defer("uploads", "consents", "personal__answers")
        .in_bulk(ids)
    )
    return [by_id[pk] for pk in ids if pk in by_id]


def _what_to_type(text: str, by_person: set[UUID], campaigns: dict[UUID, Any]) -> str:
    if not text:
        return "No entry has all of these. Remove a filter above."
    if not by_person:
        return (
            "Find by reference: type it whole, as K7M4-2QXD. Names and e-mail addresses are masked "
            "for you, so you can't search by them."
        )
    words = (
        "Type a whole reference (K7M4-2QXD), a whole e-mail address, or the beginning of a name."
    )
    if len(by_person) < len(campaigns):
        words += " Where names are masked for you, only a whole reference finds an entry."
    return words


def _what_was_cut(text: str) -> str:
    more = (
        "Type more letters of the name, or the whole reference or address."
        if text
        else "Add a filter to see others."
    )
    return f"Only {LOOKED_AT} candidates were looked at. {more}"
