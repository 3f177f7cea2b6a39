"""Dead letters at the desk of operations: looked at, sent again or discarded for a reason."""

import re
from collections.abc import Sequence

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.setup.services.scope import campaigns_of
from submissions.mirror.admin.person import staff_of
from submissions.mirror.rules.times import shown_time
from submissions.operations.admin.operations import APART, ZONE, may_operate
from submissions.operations.services import dead_letters
from submissions.operations.services.dead_letters import DeadLetter, Pair

SHOWN = 200
_ABOUT = re.compile(r'"(?:slug|campaign_id)": (?:\{\s*"S": )?"([^"]+)"')
_PHOTO = re.compile(r"\b(?:incoming|receipts)/([^/\s]+)/")


def dead_letters_view(request: HttpRequest, queue: str) -> HttpResponse:
    """Show the dead letters of a queue; send some or all again, or discard some for a reason.

    Operators see all of them. Owners and managers see what belongs to their
    clients; a message that names no campaign belongs to no client. The quarantine
    is the operators' to send again: the writer judges every token again.
    """
    user, now = staff_of(request), timezone.now()
    pair = dead_letters.pairs().get(queue)
    if pair is None or not may_operate(user):
        raise Http404
    if request.method == "POST":
        return _act_on_dead_letters(request, pair, user)
    letters, trouble = _dead_letters_of(queue, user)
    context = {
        **admin.site.each_context(request),
        "title": f"Dead letters: {pair.label}",
        "is_fullwidth": "1",
        "pair": pair,
        "letters": [
            {"letter": one, "sent": shown_time(one.entered_at, now=now, timezone=ZONE)}
            for one in letters
        ],
        "trouble": trouble,
        "acts": _verbs(queue, user),
        "is_apart": queue == APART,
        "shown": SHOWN,
    }
    return TemplateResponse(request, "admin/submissions/dead_letters.html", context)


def _act_on_dead_letters(request: HttpRequest, pair: Pair, user: User) -> HttpResponse:
    act, now, queue = request.POST.get("act", ""), timezone.now(), pair.name
    here = reverse("admin:dead_letters", args=[queue])
    if act not in _verbs(queue, user):
        raise Http404
    chosen = set(request.POST.getlist("id"))
    if not user.is_superuser or act == "replay_all":
        letters, trouble = _dead_letters_of(queue, user)
        if trouble:
            messages.error(request, trouble)
            return HttpResponseRedirect(here)
        mine = {letter.message_id for letter in letters}
        chosen = mine if act == "replay_all" else chosen & mine
    if not chosen:
        messages.error(request, "Choose messages first: tick the box at the start of their rows.")
        return HttpResponseRedirect(here)
    try:
        if act == "discard":
            reason = request.POST.get("reason", "")
            count = dead_letters.discard(
                queue, message_ids=chosen, reason=reason, actor=user, at=now
            )
            done = "discarded"
        else:
            everything = None if act == "replay_all" and user.is_superuser else chosen
            count = dead_letters.replay(queue, message_ids=everything, actor=user, at=now)
            done = "sent again" if pair.source_url else "taken up: the whole table is compared"
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{count} message{'' if count == 1 else 's'} {done}.")
    return HttpResponseRedirect(here)


def _verbs(queue: str, user: User) -> tuple[str, ...]:
    """Return what the user may do about the letters of a queue."""
    if queue == APART:
        return ("replay", "replay_all") if user.is_superuser else ()
    return "replay", "replay_all", "discard"


def _dead_letters_of(queue: str, user: User) -> tuple[Sequence[DeadLetter], str]:
    """Return the dead letters that are the user's business, and why there are none where it failed."""
    # All that a look takes: another client's many must not hide one's own few.
    most = SHOWN if user.is_superuser else dead_letters.MOST_AT_ONCE
    try:
        letters = dead_letters.list_dead_letters(queue, most=most)
    except DomainError as error:
        return [], error.message
    if user.is_superuser:
        return letters, ""
    known: set[str] = set()
    for row in campaigns_of(user, Capability.OPERATIONS).values_list(
        "slug", "test_slug", "pk", "test_id"
    ):
        known |= {str(value) for value in row}
    mine = [letter for letter in letters if (named := named_in(letter)) and named <= known]
    return mine[:SHOWN], ""


def named_in(letter: DeadLetter) -> set[str]:
    """Return the slugs and ids of the campaigns that a dead letter names."""
    return set(_ABOUT.findall(letter.content)) | set(_PHOTO.findall(letter.subject))
