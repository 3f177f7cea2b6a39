"""The list of jobs, and one job: how far it is, what came of it, and stopping it or trying it again."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from campaignhub.staff_site.access import scope
from campaignhub.staff_site.filters import choice
from campaignhub.staff_site.keyset import KeysetAdmin, KeysetChangeList, Place
from campaignhub.staff_site.lists import column, named, state, when
from campaignhub.staff_site.navigation import Item
from campaignhub.staff_site.routes import one
from campaignhub.staff_site.views import RowPage, attempt
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.wording import person
from campaigns.jobs.admin.wording import TONES, pace, progress_words, state_word
from campaigns.jobs.models import UNDER_WAY, Job, JobState
from campaigns.jobs.rules.pace import in_words
from campaigns.jobs.services import asking
from campaigns.jobs.services.registry import kind_of, offered

_UNDER_WAY = "under_way"


class JobPage(RowPage):
    """One job. Who sees it may stop it; who started it has been told of its end by looking."""

    template_name = "admin/jobs/job.html"
    related = ("client", "actor")
    row: Job

    def shown(self) -> dict[str, Any]:
        """Add how it stands."""
        job, now, user = self.row, timezone.now(), _user(self.request)
        if not job.is_under_way:
            asking.note_seen(job.pk, actor=user, at=now)
        going, kind = pace(job, now), kind_of(job)
        return {
            "job": job,
            "tone": TONES[job.state],
            "word": state_word(job, now),
            "who": person(job.actor),
            "progress": progress_words(job),
            "pace": going,
            "left": in_words(going.left) if going.left is not None else "",
            "took": in_words(job.took) if job.took is not None else "",
            "unit": kind.unit if kind else ("step", "steps"),
            "counts": sorted(job.counts.items()),
            "result": kind.link(job) if kind and kind.link else None,
            "put_off": job.is_put_off(now),
            "when_cancelled": _when_cancelled(job),
        }

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Stop it or try it again."""
        acts: dict[str, tuple[Callable[..., Job], Callable[[Job], str]]] = {
            "cancel": (asking.cancel, _cancelled),
            "try_again": (asking.retry, lambda _job: "Going on where it stopped."),
        }
        if request.POST.get("act") not in acts:
            raise Http404
        act, said = acts[request.POST["act"]]
        signed = {"actor": _user(request), "at": timezone.now()}
        attempt(request, lambda: said(act(self.row.pk, **signed)))
        return HttpResponseRedirect(request.path)


def _cancelled(job: Job) -> str:
    stops = "Stopping now" if job.is_under_way else "Stopped"
    return f"{stops}. {_when_cancelled(job)}"


def _when_cancelled(job: Job) -> str:
    kind = kind_of(job)
    return kind.when_cancelled if kind else ""


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _of_clients(request: HttpRequest) -> list[tuple[str, str]]:
    """Offer no choice of one."""
    clients = scope().clients_of(request.user, Capability.JOB_VIEW).order_by("name")[:200]
    found = [(str(client.pk), str(client)) for client in clients]
    return found if len(found) > 1 or "client" in request.GET else []


def _in_state(rows: QuerySet[Job], wanted: str) -> QuerySet[Job]:
    return rows.filter(state__in=UNDER_WAY if wanted == _UNDER_WAY else (wanted,))


_STATES = [
    (_UNDER_WAY, "Under way"),
    *((one.value, one.label) for one in JobState if one not in UNDER_WAY),
]


def _standing(job: Job) -> str:
    now = timezone.now()
    percent = pace(job, now).percent
    word = state_word(job, now)
    shown = f"{word}, {percent} %" if job.is_under_way and percent is not None else word
    return state(shown, TONES[job.state])


def _progress(job: Job) -> str:
    if not job.is_under_way:
        return job.outcome
    left = pace(job, timezone.now()).left
    return f"{progress_words(job)}{f', {in_words(left)} left' if left is not None else ''}"


@admin.register(Job)
class JobAdmin(KeysetAdmin):
    """Every long act of staff, the latest first; those that operators start for the platform are theirs to see."""

    item = Item("Operations", 20, "Jobs", "pending_actions")
    own_pages = ((f"{one(Job)}/", JobPage, "job_read"),)
    view_capability = Capability.JOB_VIEW
    newest = "asked_at"
    ordering = ("-asked_at", "-id")
    narrows = ("client", "state")
    row_page = "read"
    list_filter = (
        choice("state", "status", lambda _request: _STATES, narrow=_in_state),
        choice(
            "client",
            "client",
            _of_clients,
            narrow=lambda rows, client: rows.filter(client=int(client)),
            unknown="none that you may see",
        ),
    )
    list_display = (
        column("Job", lambda job: named(job.title, str(job.client or "All clients"))),
        column("Status", _standing),
        column("Progress", lambda job: format_html("{}", _progress(job)), wide=True),
        column("Started by", lambda job: person(job.actor), wide=True),
        column("Started", lambda job: when(job.asked_at)),
    )
    list_before_template = "admin/jobs/offers.html"
    older_words = "Older jobs"
    nothing_title = "No jobs found"
    everything_words = "Show all jobs"
    empty_title = "No jobs yet"
    empty_words = (
        "What takes longer than a moment, such as deciding on many entries, is done by a job. It is "
        "listed here with its progress, and goes on when you leave the page."
    )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with what operators may start above it; or start that."""
        offers = offered() if _user(request).is_superuser else {}
        if request.method == "POST":
            wanted = offers.get(request.POST.get("start", ""))
            if wanted is None:
                raise Http404
            job = wanted.start(_user(request), timezone.now())
            return HttpResponseRedirect(reverse("admin:jobs_job_read", args=[job.pk]))
        return super().changelist_view(request, {**(extra_context or {}), "offers": offers})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """Show the jobs that the person might have started."""
        return asking.jobs_of(_user(request)).select_related("client", "actor")

    def rows(
        self, request: HttpRequest, cl: KeysetChangeList, place: Place | None
    ) -> Sequence[Any]:
        """Read a page; the list is read again while something on it goes on."""
        found = super().rows(request, cl, place)
        cl.refresh_seconds = 4 if any(job.is_under_way for job in found) else 0
        return found
