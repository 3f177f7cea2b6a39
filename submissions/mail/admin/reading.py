"""One mail in the admin: as it was sent, with its outcome and what can be done about it."""

from datetime import datetime, timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from campaignhub.staff_site.lists import Tone, state
from campaignhub.staff_site.views import RowPage, attempt
from campaigns.accounts.models import AuditEntry, User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.accounts.services.scope import can
from submissions.mail.models import Mail
from submissions.mail.rules.mails import MailState
from submissions.mail.services.by_hand import mark_as_sent, resend
from submissions.mail.services.composing import compose, html_to_read
from submissions.mirror.admin.person import answers_of, name_of, staff_of

NO_SCRIPT = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
)
"""A mail shown in a browser loads nothing and runs nothing."""
_A_READING = timedelta(minutes=1)
TONES: dict[MailState, Tone] = {
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
_ACTS = {
    "again": (resend, "Queued again. It will be sent automatically."),
    "sent": (mark_as_sent, "Marked as sent."),
}


def shown_state(mail: Mail, *, end: str = "") -> str:
    """Show what became of a mail; one that was not sent has its reason beside it."""
    known = MailState(mail.state)
    why = f" ({mail.trouble})" if known is MailState.NOT_SENT else ""
    return state(f"{known.label}{why}{end}", TONES[known])


class MailPage(RowPage):
    """A page of one mail, for whoever may see mails of its campaign."""

    related = ("submission__campaign__client", "submission__personal")


class ReadMail(MailPage):
    """A mail in both its forms."""

    template_name = "admin/mail/read.html"

    def shown(self) -> dict[str, Any]:
        """Add the mail, and note who reads it before it is shown."""
        mail, user, now = self.row, staff_of(self.request), timezone.now()
        self.title = mail.get_kind_display()
        note_reading(mail, user, now)
        client = mail.submission.campaign.client
        may_act = can(user, Capability.MAIL_SEND, client) and mail.state in _REPEATABLE
        return {
            **letter_context(compose(mail, at=mail.sent_at or now)),
            "mail": mail,
            "name": name_of(mail.submission, masked=False),
            "state": shown_state(mail, end="."),
            "tone": TONES[MailState(mail.state)],
            "outcome": OUTCOMES[MailState(mail.state)],
            "trouble": "" if mail.state == MailState.NOT_SENT else mail.trouble,
            "to": answers_of(mail.submission).email,
            "may_send": may_act,
            "may_mark": may_act and mail.state == MailState.UNKNOWN,
            "html": reverse("admin:mail_mail_html", args=[mail.pk]),
        }


class MailHtml(MailPage):
    """The HTML of a mail as the entrant gets it: the frame in the page that reads it, or alone."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Note who reads it, and show it."""
        now = timezone.now()
        note_reading(self.row, staff_of(self.request), now)
        return inert(html_to_read(self.row, at=self.row.sent_at or now))


class ActOnMail(MailPage):
    """Sending a mail again, or noting that it went out; neither is done by a link."""

    http_method_names = ["post"]

    def has_permission(self) -> bool:
        """Ask for the right to send, where the campaign is."""
        client = self.row.submission.campaign.client
        return can(staff_of(self.request), Capability.MAIL_SEND, client)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Do what was pressed, and go back to the mail."""
        name = request.POST.get("act", "")
        if name not in _ACTS:
            raise Http404
        act, words = _ACTS[name]

        def done() -> str:
            act(self.row.pk, actor=staff_of(request), at=timezone.now())
            return words

        attempt(request, done)
        return HttpResponseRedirect(reverse("admin:mail_mail_read", args=[self.row.pk]))


def note_reading(mail: Mail, user: User, now: datetime) -> None:
    """Note who reads a mail. The page and the frame in it are one reading, so a line counts for a minute."""
    about: dict[str, Any] = {
        "code": "mail.read",
        "actor": user,
        "client": mail.submission.campaign.client,
        "target": f"submission:{mail.submission.reference}",
        "after": {"mail": mail.kind},
    }
    if not AuditEntry.objects.filter(at__gt=now - _A_READING, **about).exists():
        audit.record_line(at=now, **about)


def letter_context(letter: EmailMultiAlternatives) -> dict[str, Any]:
    """Return what a page shows around a mail."""
    return {
        "subject": letter.subject,
        "sender": letter.from_email,
        "reply_to": ", ".join(letter.reply_to),
        "text_form": letter.body,
    }


def inert(html: str) -> HttpResponse:
    """Answer with the HTML of a mail, unable to load or run anything."""
    return HttpResponse(html, headers={"Content-Security-Policy": NO_SCRIPT})
