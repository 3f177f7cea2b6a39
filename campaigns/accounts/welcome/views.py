"""Opening an invitation, accepting it, declining it.

The link's token comes in a POST, out of the fragment of the mail's link, and is
exchanged at once for the invitation's number in the session: it stands in no
address, no log, no referrer and no page.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from campaignhub.errors import DomainError
from campaignhub.passwords import HashingBusy
from campaigns.accounts.models import Invitation
from campaigns.accounts.rules.roles import Role
from campaigns.accounts.services import invitations
from campaigns.accounts.services.errors import AuditorsRoleIsAlone
from campaigns.accounts.services.invitations import AnotherAccount, HasAccount, InvitationOver
from campaigns.accounts.sign_in import as_form_error, mark_refusal, remember_device
from campaigns.accounts.tenancy import unscoped
from campaigns.accounts.welcome.forms import JoinForm
from campaigns.accounts.wording import ROLE_WORDS, person

_NOT_YET_THEIRS = "who is invited does not work for the client yet"
_OPENED = "invitation"
"""In the session: the number of the invitation whose token was shown."""


@never_cache
@sensitive_post_parameters("link")
@require_http_methods(["GET", "HEAD", "POST"])
@unscoped(_NOT_YET_THEIRS)
def welcome(request: HttpRequest) -> HttpResponse:
    """Open the invitation of a link, or show the one that is open."""
    if request.method == "POST":
        token = request.POST.get("link", "").strip().rpartition("#")[2]
        try:
            invitation = invitations.invitation_of(token, at=timezone.now())
        except InvitationOver as over:
            return _over(request, over)
        request.session[_OPENED] = invitation.pk
        return redirect("welcome")
    if _OPENED not in request.session:
        return render(request, "welcome/open.html")
    try:
        invitation = _opened(request)
    except InvitationOver as over:
        return _over(request, over)
    return _shown(request, invitation)


@never_cache
@sensitive_post_parameters()
@require_POST
@unscoped(_NOT_YET_THEIRS)
def accept(request: HttpRequest) -> HttpResponse:
    """Accept the open invitation: signed in, or with a new account."""
    try:
        invitation = _opened(request)
        if request.user.is_authenticated:
            invitations.accept(invitation.pk, account=request.user, at=timezone.now())
            return _joined(request, invitation)
        return _accept_as_new(request, invitation)
    except (InvitationOver, AuditorsRoleIsAlone) as over:
        return _over(request, over)
    except (AnotherAccount, HasAccount):
        return redirect("welcome")  # which says what to do instead


@never_cache
@require_POST
@unscoped(_NOT_YET_THEIRS)
def decline(request: HttpRequest) -> HttpResponse:
    """Decline the open invitation. Its mailbox is proof enough; nobody has to sign in to say no."""
    try:
        invitation = _opened(request)
        invitations.decline(invitation.pk, at=timezone.now())
    except InvitationOver as over:
        return _over(request, over)
    del request.session[_OPENED]
    return render(request, "welcome/declined.html", {"client": invitation.client})


@never_cache
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Sign out, and keep the invitation open for the account that it is for."""
    opened = request.session.get(_OPENED)
    logout(request)
    if opened is not None:
        request.session[_OPENED] = opened
    return redirect("welcome")


def _opened(request: HttpRequest) -> Invitation:
    return invitations.open_invitation(request.session.get(_OPENED, 0), at=timezone.now())


def _accept_as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    if invitations.is_completed(invitations.account_of(invitation.address)):
        return redirect("welcome")
    form = JoinForm(request.POST, invitation=invitation)
    if not form.is_valid():
        return _shown(request, invitation, form)
    try:
        account = invitations.accept_as_new(
            invitation.pk,
            password=form.cleaned_data["password"],
            given_name=form.cleaned_data["given_name"],
            family_name=form.cleaned_data["family_name"],
            at=timezone.now(),
        )
    except HashingBusy as busy:
        form.add_error("password", as_form_error(busy))
        answer = _shown(request, invitation, form)
        mark_refusal(answer, form)
        return answer
    login(request, account)
    return _joined(request, invitation)


def _joined(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    request.session.pop(_OPENED, None)
    role = Role(invitation.role).label.lower()
    messages.success(request, f"Welcome. You are now {role} of {invitation.client}.")
    answer = HttpResponseRedirect(reverse("admin:index"))
    remember_device(request, answer)
    return answer


def _shown(
    request: HttpRequest, invitation: Invitation, form: JoinForm | None = None
) -> HttpResponse:
    """Show who invites to what, and the step that is next for whoever looks at it."""
    if form is not None:
        form.focus_first_error()
    account = invitations.account_of(invitation.address)
    completed = invitations.is_completed(account)
    if request.user.is_authenticated:
        step = "accept" if account == request.user else "other"
    else:
        step = "sign_in" if completed else "join"
    role = Role(invitation.role)
    context: dict[str, Any] = {
        "invitation": invitation,
        "inviter": invitation.invited_by and person(invitation.invited_by),
        "role": role.label.lower(),
        "role_words": ROLE_WORDS[role],
        "step": step,
        "account": account if completed else None,
        "form": form or JoinForm(invitation=invitation),
    }
    return render(request, "welcome/invitation.html", context)


def _over(request: HttpRequest, over: DomainError) -> HttpResponse:
    request.session.pop(_OPENED, None)
    return render(request, "welcome/over.html", {"words": over.message}, status=410)
