"""What a campaign's mails say: read beforehand, put into the campaign's own words, sent to oneself."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from campaignhub.errors import DomainError
from campaignhub.staff_site.views import StaffPage, attempt
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import can
from campaigns.publishing.rules.publish_checks.texts import language_name
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of
from submissions.mail.admin.reading import inert
from submissions.mail.rules.wording import (
    MOST_CHARS,
    OF_PARAGRAPHS,
    Part,
    default_wording,
    placeholders_of,
    problem_of,
    tidied,
    wording_of,
)
from submissions.mail.rules.words import Message
from submissions.mail.services.composing import preview
from submissions.mail.services.samples import drafted, sample_mail, send_sample
from submissions.mail.services.wording import is_final, save_wording, seen_wording
from submissions.mirror.admin.person import staff_of

LABELS: Mapping[Message, str] = {
    Message.RECEIVED: "Received",
    Message.RECEIVED_REVIEW: "Received, goes to review",
    Message.RECEIVED_COUNTS: "Received, counts at once",
    Message.RECEIVED_AGAIN: "New photo received",
    Message.APPROVED: "Approved",
    Message.REJECTED: "Rejected",
    Message.ASKED_AGAIN: "Asked again",
    Message.REMINDER: "Reminder",
    Message.REFUSED: "Refused by the rules",
    Message.REOPENED: "Back to review",
    Message.REVOKED: "No longer counts",
    Message.PRIZE_WON: "Prize won",
    Message.PRIZE_RESERVED: "Prize, subject to validation",
    Message.NO_PRIZE: "No prize this time",
}
_PARTS: Mapping[Part, tuple[str, str]] = {
    Part.SUBJECT: ("Subject", ""),
    Part.TITLE: ("Heading", ""),
    Part.BEFORE: (
        "Text",
        "A new line starts a paragraph. Links: [words](https://…). Reasons, where there are any, follow.",
    ),
    Part.AFTER: ("Second text", "Below the reasons. May be left empty."),
    Part.RECEIPT: ("About the receipt", "Added for people who sent one. May be left empty."),
    Part.BUTTON: ("Button", "Leads to the entry's own page."),
}
"""What staff call a part, and what they should know of it."""


class WordingForm(forms.Form):
    """The parts of one message in one language."""

    def __init__(self, *args: Any, message: Message, wording: Mapping[Part, str], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.message = message
        for part, text in wording.items():
            label, help_text = _PARTS[part]
            attrs = {"maxlength": MOST_CHARS[part], "spellcheck": "true"}
            widget: forms.Widget = forms.TextInput(attrs)
            if part in OF_PARAGRAPHS:
                widget = forms.Textarea({**attrs, "rows": 5 if part is Part.BEFORE else 3})
            self.fields[part] = forms.CharField(
                required=False, label=label, help_text=help_text, initial=text, widget=widget
            )

    def clean(self) -> dict[str, Any]:
        """Refuse what no mail could say, at the part that it is about."""
        cleaned = super().clean() or {}
        for name, text in list(cleaned.items()):
            part = Part(name)
            cleaned[part] = tidied(part, text)
            if problem := problem_of(self.message, part, cleaned[part]):
                self.add_error(part, problem)
        return cleaned


class SamplePage(StaffPage):
    """A page of one of a campaign's mails in one of its languages."""

    capability = Capability.MAIL_VIEW
    campaign: Campaign
    message: Message
    language: str

    def read(self, **named: Any) -> None:
        """Find the campaign; what the address does not name is the first there is."""
        rows = campaigns_of(staff_of(self.request), self.capability).select_related("client")
        self.campaign = get_object_or_404(rows, pk=named["campaign_id"])
        self.title = f"E-mails of {self.campaign}"
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        message, language = asked.get("message", ""), asked.get("language", "")
        self.message = Message(message) if message in set(Message) else Message.RECEIVED_REVIEW
        known = self.campaign.languages
        self.language = language if language in known else known[0]

    def can(self, capability: Capability) -> bool:
        """Tell whether this person may do something with the campaign."""
        return can(staff_of(self.request), capability, self.campaign.client)

    def is_changed(self, message: Message) -> bool:
        """Tell whether the campaign words a message itself, in the language that is shown."""
        said = wording_of(self.campaign.mail_texts, message, self.language)
        return said != default_wording(message, self.language)

    def form(self, data: Any = None) -> WordingForm:
        """Return the form with what is saved, or what is typed."""
        wording = wording_of(self.campaign.mail_texts, self.message, self.language)
        return WordingForm(data, message=self.message, wording=wording)

    def typed(self, form: WordingForm) -> dict[Part, str]:
        """Return what is typed, part by part; what is saved, where nothing was typed."""
        return {Part(name): form.cleaned_data.get(name, "") for name in form.fields}


class Samples(SamplePage):
    """What each mail of a campaign says, per language; staff change it beside its preview."""

    template_name = "admin/mail/samples.html"

    def shown(self) -> dict[str, Any]:
        """Add the mail, and the ways to the others."""
        campaign, message, language = self.campaign, self.message, self.language
        form = getattr(self, "_form", None) or self.form()
        html = reverse("admin:mail_mail_sample_html", args=[campaign.pk])
        known = placeholders_of(message)
        return {
            "campaign": campaign,
            "form": form,
            "message": message,
            "language": language,
            "language_name": language_name(language),
            "messages_shown": [
                (label, _query(one, language), one is message, self.is_changed(one))
                for one, label in LABELS.items()
            ],
            "languages": [
                (language_name(one), _query(message, one), one == language)
                for one in campaign.languages
            ],
            "placeholders": [(f"{{{name}}}", words) for name, words in known.items()],
            "is_changed": self.is_changed(message),
            "is_final": is_final(campaign),
            "seen": seen_wording(campaign),
            "may_edit": self.can(Capability.CAMPAIGN_EDIT) and not is_final(campaign),
            "may_send": self.can(Capability.MAIL_SEND),
            "own_address": staff_of(self.request).email,
            "html": html + _query(message, language),
        }

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Save, reset, or send to oneself what is typed."""
        act = request.POST.get("act", "")
        needed = {
            "save": Capability.CAMPAIGN_EDIT,
            "reset": Capability.CAMPAIGN_EDIT,
            "test": Capability.MAIL_SEND,
        }
        if act not in needed or not self.can(needed[act]):
            raise Http404
        if act == "reset":
            attempt(request, self._reset)
            return self._afresh()
        is_typed = Part.SUBJECT in request.POST
        form = self._form = self.form(request.POST if is_typed else None)
        if is_typed and not form.is_valid():
            messages.error(request, "Not sent." if act == "test" else "Not saved. See below.")
            return self.render_to_response(self.get_context_data())
        wording = self.typed(form) if is_typed else {}
        if act == "save":
            return self._save(wording)
        attempt(request, lambda: self._send(wording))
        return self.render_to_response(self.get_context_data()) if is_typed else self._afresh()

    def _save(self, wording: Mapping[Part, str]) -> HttpResponse:
        try:
            self._store(wording)
        except DomainError as error:
            messages.error(self.request, error.message)
            return self.render_to_response(self.get_context_data())
        messages.success(self.request, f"Saved. {self._when()}")
        return self._afresh()

    def _reset(self) -> str:
        self._store({})
        return f"Reset to the default. {self._when()}"

    def _store(self, wording: Mapping[Part, str]) -> None:
        seen = self.request.POST.get("seen", "")
        where: dict[str, Any] = {"language": self.language, "wording": wording, "seen": seen}
        save_wording(self.campaign, self.message, **where, **self.signed())

    def _when(self) -> str:
        if self.campaign.first_published:
            return "It applies to people who enter after the next publish."
        return "It applies from the first publish on."

    def _send(self, wording: Mapping[Part, str]) -> str:
        shown = _drafted(self, wording)
        where: dict[str, Any] = {"language": self.language, "shown": shown}
        address = send_sample(self.campaign, self.message, **where, **self.signed())
        return f"Test e-mail sent to {address}."

    def _afresh(self) -> HttpResponse:
        return HttpResponseRedirect(f"{self.request.path}{_query(self.message, self.language)}")


class SampleHtml(SamplePage):
    """The preview of a sample, as saved or as it is being typed."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show what is saved, unable to run anything."""
        return self._preview(wording_of(self.campaign.mail_texts, self.message, self.language))

    def post(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        """Show what is typed; a part that no mail could say is shown as it is, and refused when saved."""
        typed = {Part(name): request.POST.get(name, "") for name in self.form().fields}
        return self._preview({part: tidied(part, text) for part, text in typed.items()})

    def _preview(self, wording: Mapping[Part, str]) -> HttpResponse:
        now = timezone.now()
        mail = sample_mail(self.campaign, self.message, language=self.language, at=now)
        return inert(preview(mail, at=now, shown=_drafted(self, wording)))


def _drafted(page: SamplePage, wording: Mapping[Part, str]) -> Any:
    saved = wording_of(page.campaign.mail_texts, page.message, page.language)
    return drafted(
        page.campaign, page.message, language=page.language, wording={**saved, **wording}
    )


def _query(message: Message, language: str) -> str:
    return f"?{urlencode({'message': message.value, 'language': language})}"
