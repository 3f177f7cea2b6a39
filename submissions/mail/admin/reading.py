"""One mail in the admin: as it was sent, with its outcome and what can be done about it."""

from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property

from campaignhub.staff_site.lists import state
from campaignhub.staff_site.views import RowPage, attempt
from campaigns.accounts.models import AuditEntry, User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.accounts.services.scope import can, clients_of
from submissions.mail.admin.of_submission import TONES, resend_offer
from submissions.mail.models import Mail, MailCopy
from submissions.mail.rules.mails import WENT_OUT, WHY_WITHDRAWN, MailState, Withdrawn
from submissions.mail.rules.sent_copy import SentMail, masked
from submissions.mail.services.by_hand import mark_as_sent, resend
from submissions.mail.services.copies import html_of_copy, read_copy
from submissions.mirror.admin.person import name_of, staff_of
from submissions.mirror.services.releases import zone_of

NO_SCRIPT = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
)
"""A mail shown in a browser loads nothing and runs nothing."""
_A_READING = timedelta(minutes=1)
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
    MailState.WITHDRAWN: "It was no longer needed when its turn came.",
}


def shown_state(mail: Mail, *, end: str = "") -> str:
    """Show what became of a mail; one that was not sent has its reason beside it."""
    known = MailState(mail.state)
    why = f" ({mail.trouble})" if known is MailState.NOT_SENT else ""
    return state(f"{known.label}{why}{end}", TONES[known])


class MailPage(RowPage):
    """A page of one mail, for whoever may see its entry; who may not contact the entrant reads no address."""

    row: Mail

    def read(self, **named: Any) -> None:
        """Read the mail with its copies, among those of entries that this person may see."""
        clients = clients_of(staff_of(self.request), Capability.SUBMISSION_VIEW)
        rows = Mail.objects.filter(submission__campaign__client__in=clients)
        rows = rows.select_related("submission__campaign__client", "submission__personal")
        self.row = get_object_or_404(rows, pk=named["mail_id"])
        self.title = self.row.get_kind_display()

    def can(self, capability: Capability) -> bool:
        """Tell whether this person may do something where the campaign is."""
        return can(staff_of(self.request), capability, self.row.submission.campaign.client)

    @cached_property
    def copies(self) -> list[MailCopy]:
        """Return what was sent, the latest first."""
        return list(self.row.copies.select_related("mail__submission"))

    @cached_property
    def copy(self) -> MailCopy | None:
        """Return the copy that the address asks for, else the latest."""
        asked = self.request.GET.get("sent", "")
        if not asked:
            return next(iter(self.copies), None)
        found = next((one for one in self.copies if str(one.number) == asked), None)
        if found is None:
            raise Http404
        return found


class ReadMail(MailPage):
    """A mail in both its forms, as it was sent."""

    template_name = "admin/mail/read.html"

    def shown(self) -> dict[str, Any]:
        """Add the mail, and note who reads it before it is shown."""
        mail, copy = self.row, self.copy
        sees_contact = self.can(Capability.SUBMISSION_CONTACT)
        note_reading(mail, staff_of(self.request), timezone.now())
        may_act = self.can(Capability.MAIL_SEND)
        is_withdrawn = mail.state == MailState.WITHDRAWN and mail.trouble in set(Withdrawn)
        return {
            **(_copy_context(copy, sees_contact=sees_contact) if copy else {}),
            "mail": mail,
            "copy": copy,
            "copies": self.copies,
            "no_copy": "" if copy else _why_no_copy(mail),
            "name": name_of(mail.submission, masked=not sees_contact),
            "state": shown_state(mail, end="."),
            "tone": TONES[MailState(mail.state)],
            "zone": zone_of(mail.submission),
            "outcome": WHY_WITHDRAWN[Withdrawn(mail.trouble)]
            if is_withdrawn
            else OUTCOMES[MailState(mail.state)],
            "trouble": "" if is_withdrawn or mail.state == MailState.NOT_SENT else mail.trouble,
            "offer": resend_offer(mail) if may_act else None,
            "may_mark": may_act and mail.state == MailState.UNKNOWN,
        }


def _copy_context(copy: MailCopy, *, sees_contact: bool) -> dict[str, Any]:
    sent = read_copy(copy)
    html = reverse("admin:mail_mail_html", args=[copy.mail_id])
    return {
        **letter_context(sent if sees_contact else masked(sent)),
        "html": f"{html}?sent={copy.number}",
    }


def _why_no_copy(mail: Mail) -> str:
    if not hasattr(mail.submission, "personal"):
        return "What it said was erased with the entrant's answers."
    if mail.state in WENT_OUT:
        return "No copy of it was kept."
    return "Nothing was sent, so there is nothing to read."


class MailHtml(MailPage):
    """The HTML of a mail as the entrant got it: the frame in the page that reads it, or alone."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Note who reads it, and show it."""
        if self.copy is None:
            raise Http404
        note_reading(self.row, staff_of(request), timezone.now())
        return inert(html_of_copy(self.copy))


class ActOnMail(MailPage):
    """Sending a mail again, or noting that it went out; neither is done by a link."""

    http_method_names = ["post"]

    def has_permission(self) -> bool:
        """Ask for the right to send, where the campaign is."""
        return self.can(Capability.MAIL_SEND)

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Do what was pressed, and go back to the mail."""
        act, seen = request.POST.get("act", ""), request.POST.get("seen", "")
        signed: dict[str, Any] = {"actor": staff_of(request), "at": timezone.now()}

        def done() -> str:
            if act == "sent":
                mark_as_sent(self.row.pk, **signed)
                return "Marked as sent."
            resend(self.row.pk, seen=int(seen), **signed)
            return (
                f"“{self.row.get_kind_display()}” is queued again. It will be sent within seconds."
            )

        if act not in ("again", "sent") or (
            act == "again" and not (seen.isdecimal() and len(seen) < 10)
        ):
            raise Http404
        attempt(request, done)
        if "entry" in request.POST:
            entry = [self.row.submission_id]
            return HttpResponseRedirect(reverse("admin:submissions_submission_change", args=entry))
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


def letter_context(letter: SentMail) -> dict[str, Any]:
    """Return what a page shows around a mail."""
    return {
        "subject": letter.subject,
        "sender": letter.sender,
        "reply_to": letter.reply_to,
        "to": letter.to,
        "text_form": letter.text,
    }


def inert(html: str) -> HttpResponse:
    """Answer with the HTML of a mail, unable to load or run anything."""
    return HttpResponse(html, headers={"Content-Security-Policy": NO_SCRIPT})
