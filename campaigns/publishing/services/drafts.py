"""Links to the page of a draft that work without a session: what a sandboxed preview can load."""

from datetime import datetime
from uuid import UUID

from django.core.signing import BadSignature, Signer

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import scope_of
from campaigns.setup.models import Campaign
from campaigns.setup.services.scope import campaigns_of

HOUR = 3600
_SIGNER = Signer(salt="campaigns.drafts")


def draft_token(campaign: Campaign, *, viewer: User, at: datetime) -> str:
    """Return what stands in the address of a draft's page for ``viewer``, for one to two hours.

    A preview has no origin of its own, so that its scripts reach nothing of
    the admin; its stylesheet and pictures are then asked for without a cookie,
    and this proves who asks. The same within an hour, so that a browser does
    not load the pictures again with every redraw.
    """
    last_hour = int(at.timestamp()) // HOUR + 1
    return _SIGNER.sign_object([campaign.pk.hex, viewer.pk, last_hour], compress=True)


def draft_of(token: str, *, at: datetime) -> Campaign | None:
    """Return the campaign of a token, or ``None``: forged, over, or not to be seen by its viewer any more."""
    try:
        campaign_id, viewer_id, last_hour = _SIGNER.unsign_object(token)
    except (BadSignature, ValueError):
        return None
    viewer = User.objects.filter(pk=viewer_id).first()
    if viewer is None or int(at.timestamp()) // HOUR > last_hour:
        return None
    with scope_of(viewer):
        return campaigns_of(viewer, Capability.CAMPAIGN_VIEW).filter(pk=UUID(campaign_id)).first()
