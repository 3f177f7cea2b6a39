"""Mails in the admin: each with its outcome and what to do about it, readable as it was sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, reverse
from django.utils import timezone

from campaignhub.errors import DomainError
from campaignhub.staff_site.routes import one, page
from campaignhub.staff_site.scoped import ScopedModelAdmin
from campaigns.accounts.models import AuditEntry, User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.accounts.services.scope import can, clients_of
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of
from ingest_lambda.contract import tidy_reference
from submissions.mail.admin.samples import MailSamplePages, letter_context, query_of, unable
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailKind, MailState
from submissions.mail.services.composing import compose, html_to_read
from submissions.mail.services.delivery import resend
from submissions.mail.services.marking import mark_as_sent
from submissions.mirror.admin.person import answers_of, name_of, staff_of
from submissions.mirror.rules.times import shown_time
from submissions.mirror.services.looks import Search, note_look

PAGE = 50
ATTENTION = "attention"
"""In the place of a state: those that need a person, as the home page counts them."""
_NEED_ATTENTION = (MailState.FAILED, MailState.UNKNOWN)
_A_READING = timedelta(minutes=1)
TONES = {
    MailState.QUEUED: "info",
    MailState.SENDING: "info",
    MailState.SENT: "good",
    MailState.DELIVERED: "good",
    MailState.BOUNCED: "bad",
    MailState.COMPLAINED: "bad",
    MailState.FAILED: "bad",
    MailState.UNKNOWN: "warn",
    MailState.SUPPRESSED: "idle",
    MailState.NOT_SENT: "idle",
    MailState.WITHDRAWN: "idle",
}
OUTCOMES = {
    MailState.QUEUED: "It will be sent automatically.",
    MailState.SENDING: "It is being handed to the e-mail service.",
    MailState.SENT: "The e-mail service accepted it.",
    MailState.DELIVERED: "It was delivered to the entrant's mailbox.",
    MailState.BOUNCED: "The entrant's e-mail provider returned it. The address may be mistyped.",
    MailState.COMPLAINED: "The entrant marked it as spam, so this address gets no more e-mails.",
    MailState.FAILED: "It wasn't sent. Send it again once the cause is fixed.",
    MailState.UNKNOWN: "We were interrupted while sending it, so it may have gone out. Look it up with "
    "the e-mail service: if it isn't there, send it again; if it is, mark it as sent.",
    MailState.SUPPRESSED: "It was held back.",
    MailState.NOT_SENT: "An address gets one confirmation an hour and five e-mails a day per "
    "campaign. This one was over that limit and won't be sent.",
    MailState.WITHDRAWN: "The decision it was about changed before it was sent.",
}
_REPEATABLE = (MailState.FAILED, MailState.UNKNOWN, MailState.SUPPRESSED)


@admin.register(Mail)
class MailAdmin(MailSamplePages, ScopedModelAdmin):
    """Every mail to an entrant."""

    pages = ("list",)
    client_path = "submission__campaign__client"
    view_capability = Capability.MAIL_VIEW

    def has_change_permission(self, _request: HttpRequest, _obj: Any = None) -> bool:
        """A mail is a fact."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """Add the pages on which mails are read, previewed and seen to."""
        mail = one(Mail, "mail_id")
        sample = f"samples/{one(Campaign, 'campaign_id')}"
        known = (
            (f"{mail}/read/", self.read_view, "read"),
            (f"{mail}/html/", self.html_view, "html"),
            (f"{mail}/act/", self.act_view, "act"),
            (f"{sample}/", self.samples_view, "samples"),
            (f"{sample}/html/", self.sample_html_view, "sample_html"),
        )
        own = [
            page(self.admin_site, route, view, f"mail_mail_{name}") for route, view, name in known
        ]
        return [*own, *super().get_urls()]

    # ---------------------------------------------------------------- the list

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show mails, the newest first."""
        user = staff_of(request)
        if not can(user, Capability.MAIL_VIEW):
            raise Http404
        asked, now = request.GET, timezone.now()
        rows = _narrowed(self.get_queryset(request), asked)
        rows = rows.select_related("submission__campaign", "submission__personal")
        found = list(rows.order_by("-queued_at", "-id")[: PAGE + 1])
        self._note_look(user, found[:PAGE], asked, now)
        context = {
            **self.admin_site.each_context(request),
            "title": "Mails",
            "opts": self.opts,
            "is_fullwidth": "1",
            "rows": [_row(mail, now) for mail in found[:PAGE]],
            "chips": _chips(asked),
            "filters": _filters(asked),
            "kept": {k: v for k, v in asked.items() if k in ("state", "kind")},
            "text": asked.get("q", ""),
            "narrowed": bool(asked),
            "samples": [
                (campaign, reverse("admin:mail_mail_samples", args=[campaign.pk]))
                for campaign in campaigns_of(user, Capability.MAIL_VIEW).order_by("name")[:200]
            ],
        }
        if len(found) > PAGE:
            last = found[PAGE - 1]
            context["older"] = f"{int(last.queued_at.timestamp() * 1_000_000)}.{last.pk}"
        return TemplateResponse(request, "admin/submissions/mails.html", context)

    def _note_look(self, user: User, found: list[Mail], asked: QueryDict, now: datetime) -> None:
        search = None
        if text := asked.get("q", "").strip():
            clients = clients_of(user, Capability.MAIL_VIEW).values_list("pk", flat=True)
            hits = dict.fromkeys(clients, 0)
            for mail in found:
                hits[mail.submission.campaign.client_id] += 1
            search = Search("reference", text, hits)
        # Several mails of one entry show one person.
        rows = {mail.submission_id: mail.submission for mail in found}.values()
        only = [chip["value"] for chip in _chips(asked) if chip["name"] != "Reference"]
        note_look("mail", rows=rows, actor=user, at=now, search=search, only=only)

    # ---------------------------------------------------------------- one mail

    def _mail(self, request: HttpRequest, mail_id: int) -> Mail:
        rows: QuerySet[Mail] = self.get_queryset(request)
        mail = (
            rows.select_related("submission__campaign__client", "submission__personal")
            .filter(pk=mail_id)
            .first()
        )
        if mail is None:
            raise Http404
        return mail

    def read_view(self, request: HttpRequest, mail_id: int) -> HttpResponse:
        """Show a mail in both its forms, with its outcome and what can be done about it."""
        mail = self._mail(request, mail_id)
        user, now = staff_of(request), timezone.now()
        submission = mail.submission
        client, zone = submission.campaign.client, submission.campaign.timezone
        _note_reading(mail, user, now)
        letter = compose(mail, at=mail.sent_at or now)
        may_act = can(user, Capability.MAIL_SEND, client) and mail.state in _REPEATABLE
        context = {
            **self.admin_site.each_context(request),
            **letter_context(letter),
            "title": mail.get_kind_display(),
            "opts": self.opts,
            "mail": mail,
            "row": _row(mail, now),
            "outcome": OUTCOMES[MailState(mail.state)],
            # A mail that was not sent has its reason beside its state.
            "trouble": "" if mail.state == MailState.NOT_SENT else mail.trouble,
            "to": answers_of(submission).email,
            "queued": shown_time(mail.queued_at, now=now, timezone=zone),
            "sent": mail.sent_at and shown_time(mail.sent_at, now=now, timezone=zone),
            "may_send": may_act,
            "may_mark": may_act and mail.state == MailState.UNKNOWN,
            "html": reverse("admin:mail_mail_html", args=[mail.pk]),
        }
        return TemplateResponse(request, "admin/submissions/mail.html", context)

    def html_view(self, request: HttpRequest, mail_id: int) -> HttpResponse:
        """Show the HTML of a mail as the entrant gets it: the frame in the page that reads it, or alone."""
        mail = self._mail(request, mail_id)
        _note_reading(mail, staff_of(request), timezone.now())
        return unable(html_to_read(mail, at=mail.sent_at or timezone.now()))

    def act_view(self, request: HttpRequest, mail_id: int) -> HttpResponse:
        """Send a mail again, or note that it went out."""
        mail = self._mail(request, mail_id)
        user, now = staff_of(request), timezone.now()
        if request.method != "POST" or not can(
            user, Capability.MAIL_SEND, mail.submission.campaign.client
        ):
            raise Http404
        acts = {
            "again": (resend, "Queued again. It will be sent automatically."),
            "sent": (mark_as_sent, "Marked as sent."),
        }
        act = acts.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        try:
            act[0](mail.pk, actor=user, at=now)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, act[1])
        return HttpResponseRedirect(reverse("admin:mail_mail_read", args=[mail.pk]))


def _note_reading(mail: Mail, user: User, now: datetime) -> None:
    """Note who reads a mail. The page and the frame in it are one reading, so a line counts for a minute."""
    about: dict[str, Any] = {
        "code": "mail.read",
        "actor": user,
        "client": mail.submission.campaign.client,
        "target": f"submission:{mail.submission.reference}",
        "after": {"mail": mail.kind},
    }
    if not AuditEntry.objects.filter(at__gt=now - _A_READING, **about).exists():
        audit.record(at=now, **about)


def _row(mail: Mail, now: datetime) -> dict[str, Any]:
    zone = mail.submission.campaign.timezone
    state = MailState(mail.state)
    return {
        "mail": mail,
        "label": mail.get_kind_display(),
        "name": name_of(mail.submission, masked=False),
        "state": f"{state.label} ({mail.trouble})" if state is MailState.NOT_SENT else state.label,
        "tone": TONES[state],
        "queued": shown_time(mail.queued_at, now=now, timezone=zone),
        "sent": mail.sent_at and shown_time(mail.sent_at, now=now, timezone=zone),
        "todo": {MailState.FAILED: "Send again", MailState.UNKNOWN: "Check, then decide"}.get(
            state, ""
        ),
    }


def _narrowed(rows: QuerySet[Mail], asked: QueryDict) -> QuerySet[Mail]:
    if asked.get("state") == ATTENTION:
        rows = rows.filter(state__in=_NEED_ATTENTION)
    elif asked.get("state") in set(MailState):
        rows = rows.filter(state=asked["state"])
    if asked.get("kind") in set(MailKind):
        rows = rows.filter(kind=asked["kind"])
    if text := asked.get("q", "").strip():
        rows = rows.filter(submission__reference=tidy_reference(text) or "")
    micros, _, last = asked.get("before", "").partition(".")
    if micros.isdecimal() and last.isdecimal() and len(micros) < 18 and len(last) < 18:
        at = datetime.fromtimestamp(int(micros) // 1_000_000, UTC)
        at = at.replace(microsecond=int(micros) % 1_000_000)
        rows = rows.filter(Q(queued_at__lte=at), Q(queued_at__lt=at) | Q(pk__lt=int(last)))
    return rows


def _with(asked: QueryDict, **changes: str) -> str:
    kept = {name: asked.get(name, "") for name in ("state", "kind")}
    return query_of(**{**kept, **changes})


def _chips(asked: QueryDict) -> list[dict[str, str]]:
    chips = []
    state, kind, text = (asked.get(name, "") for name in ("state", "kind", "q"))
    if state == ATTENTION or state in set(MailState):
        label = "Needs attention" if state == ATTENTION else MailState(state).label
        chips.append({"name": "Status", "value": label, "without": _with(asked, state="")})
    if kind in set(MailKind):
        label = MailKind(kind).label
        chips.append({"name": "E-mail", "value": label, "without": _with(asked, kind="")})
    if text:
        chips.append({"name": "Reference", "value": text, "without": _with(asked)})
    return chips


def _filters(asked: QueryDict) -> list[dict[str, Any]]:
    offered: list[dict[str, Any]] = []
    if not asked.get("state"):
        choices = [("Needs attention", _with(asked, state=ATTENTION))]
        choices += [(one.label, _with(asked, state=one)) for one in MailState]
        offered.append({"name": "Status", "choices": choices})
    if not asked.get("kind"):
        choices = [(one.label, _with(asked, kind=one)) for one in MailKind]
        offered.append({"name": "E-mail", "choices": choices})
    return offered
