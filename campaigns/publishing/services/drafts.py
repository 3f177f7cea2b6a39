"""The page of a draft: marked and unable to send, behind links that a sandboxed preview can load without a session."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from django.core.files.storage import default_storage
from django.core.signing import BadSignature, Signer

from campaignhub.env import env
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services.scope import scope_of
from campaigns.publishing.services.manifest import images_of, page_content
from campaigns.publishing.services.propagate import read_images
from campaigns.rendering import PageContent, render_page
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


def preview_files(campaign: Campaign) -> dict[str, bytes]:
    """Return the files of a draft's page, by path; also where dates or texts are missing.

    Nothing is stored. A picture that its store lost is left out.
    """
    last = campaign.releases.filter(is_test=False).order_by("-number").first()
    content = page_content(campaign, release=last.number + 1 if last else 1)
    there = {k: name for k, name in images_of(campaign).items() if default_storage.exists(name)}
    images = read_images(there)
    return _files(content.model_dump_json(), tuple(images.items()))


@lru_cache(maxsize=4)
def _files(content: str, images: tuple[tuple[str, bytes], ...]) -> dict[str, bytes]:
    """Render a draft once for all the files that a browser asks for one by one."""
    return render_page(
        PageContent.model_validate_json(content),
        api_url=env().public_api_url,
        upload_origin=env().public_upload_url,
        images=dict(images),
        preview=True,
    )
