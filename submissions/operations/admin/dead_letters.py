"""Dead letters at the desk of operations: looked at, sent again by a job, or discarded for a reason."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from campaignhub.errors import DomainError
from campaignhub.staff_site.views import StaffPage, attempt
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Capability
from campaigns.setup.services.scope import campaigns_of
from submissions.mirror.admin.person import staff_of
from submissions.mirror.models import Submission
from submissions.operations.admin.machinery import APART
from submissions.operations.rules.dead_letters import HIDDEN, UNNAMED, submission_in
from submissions.operations.services import dead_letters
from submissions.operations.services.dead_letters import DeadLetter, Pair
from submissions.operations.services.replays import start_replay

SHOWN = 200
OF_CAMPAIGNS = ("submissions", "images", "mirror")
"""Queues whose messages name the campaign that they are of, for its owners and managers."""


class NothingChosen(DomainError):
    """There is nothing to act on: nothing was ticked, or the queue does not answer."""


_ABOUT = re.compile(r'"(?:slug|campaign_id)": (?:\{\s*"S": )?"([^"]+)"')
_PHOTO = re.compile(r"\b(?:incoming|receipts)/([^/\s]+)/")


class DeadLetterQueue(StaffPage):
    """The dead letters of a queue; some or all are sent again, or some discarded for a reason.

    Operators see all of them. Owners and managers see what belongs to their
    clients; a message that names no campaign belongs to no client. The quarantine
    is the operators' to send again: the writer judges every token again.
    """

    capability = Capability.OPERATIONS
    template_name = "admin/operations/dead_letters.html"
    pair: Pair

    def read(self, **named: Any) -> None:
        """Find the queue."""
        if named["queue"] not in dead_letters.pairs():
            raise Http404
        self.pair = dead_letters.pairs()[named["queue"]]
        self.title = f"Dead letters: {self.pair.label}"

    def shown(self) -> dict[str, Any]:
        """Add those that are this person's business."""
        user, queue = staff_of(self.request), self.pair.name
        letters, trouble = _dead_letters_of(queue, user)
        return {
            "is_fullwidth": "1",
            "pair": self.pair,
            "letters": letters,
            "entries": _submissions_by_subject([letter.subject for letter in letters], user)
            if queue != APART
            else {},
            "trouble": trouble,
            "acts": _verbs(queue, user),
            "is_apart": queue == APART,
            "causes": Counter(letter.reason for letter in letters).most_common(),
            "same": Counter(letter.subject for letter in letters if letter.subject != UNNAMED),
            "shown": SHOWN,
        }

    def post(self, request: HttpRequest, queue: str) -> HttpResponse:
        """Discard those that were ticked, or start the job that sends them, or all, again."""
        user, act = staff_of(request), request.POST.get("act", "")
        if act not in _verbs(queue, user):
            raise Http404
        where = [request.path]
        attempt(request, lambda: self._act(act, user, where))
        return HttpResponseRedirect(where[-1])

    def _act(self, act: str, user: User, where: list[str]) -> str:
        """Act; add the page to go on with to ``where``, and return what to say there."""
        queue, chosen = self.pair.name, set(self.request.POST.getlist("id"))
        letters: Sequence[DeadLetter] = ()
        if not user.is_superuser:
            letters, trouble = _dead_letters_of(queue, user)
            if trouble:
                raise NothingChosen(trouble)
            mine = {letter.message_id for letter in letters}
            chosen = mine if act == "replay_all" else chosen & mine
        takes_all = act == "replay_all" and user.is_superuser
        if not chosen and not takes_all:
            raise NothingChosen("Choose messages first: tick the box at the start of their rows.")
        signed: dict[str, Any] = {"actor": user, "at": timezone.now()}
        if act == "discard":
            reason = self.request.POST.get("reason", "")
            count = dead_letters.discard(queue, message_ids=chosen, reason=reason, **signed)
            return f"{count} message{'' if count == 1 else 's'} discarded."
        if user.is_superuser:
            some = None if takes_all else chosen
            jobs = [start_replay(queue, message_ids=some, client=None, **signed)]
        else:
            jobs = [
                start_replay(queue, message_ids=ids, client=client, **signed)
                for client, ids in _by_client(letters, chosen, user).items()
            ]
        if len(jobs) == 1:
            where.append(reverse("admin:jobs_job_read", args=[jobs[0].pk]))
        else:
            where.append(reverse("admin:jobs_job_changelist"))
        return "Started. You can leave this page."


def _submissions_by_subject(subjects: Collection[str], user: User) -> dict[str, Submission]:
    """Return the submissions that the subjects of dead letters name, where the user may see them."""
    named = {subject: submission_in(subject) for subject in subjects}
    mine = Submission.objects.filter(
        pk__in=set(filter(None, named.values())),
        campaign__in=campaigns_of(user, Capability.OPERATIONS),
    )
    found = {submission.pk: submission for submission in mine}
    return {subject: found[pk] for subject, pk in named.items() if pk in found}


def _by_client(shown: Sequence[DeadLetter], chosen: set[str], user: User) -> dict[Client, set[str]]:
    """Sort the chosen messages by the client whose campaign they name."""
    owners: dict[str, Client] = {}
    for campaign in campaigns_of(user, Capability.OPERATIONS).select_related("client"):
        for known_as in (campaign.slug, campaign.test_slug, campaign.pk, campaign.test_id):
            owners[str(known_as)] = campaign.client
    found: dict[Client, set[str]] = {}
    for letter in shown:
        if letter.message_id in chosen:
            found.setdefault(owners[min(named_in(letter))], set()).add(letter.message_id)
    return found


def _verbs(queue: str, user: User) -> tuple[str, ...]:
    """Return what the user may do about the letters of a queue."""
    if queue == APART:
        return ("replay", "replay_all") if user.is_superuser else ()
    return "replay", "replay_all", "discard"


def _dead_letters_of(queue: str, user: User) -> tuple[Sequence[DeadLetter], str]:
    """Return the dead letters that are the user's business, and why there are none where it failed."""
    if queue not in (*OF_CAMPAIGNS, APART) and not user.is_superuser:
        return [], ""  # none of its messages names a campaign, whatever a message itself says
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
    """Return the slugs and ids of the campaigns that a dead letter names.

    A form may have a field called ``slug`` too; what was typed into it names none.
    """
    return {*_ABOUT.findall(letter.content), *_PHOTO.findall(letter.subject)} - {HIDDEN}
