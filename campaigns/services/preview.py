"""The preview: the real page of a draft, marked and unable to send."""

from django.core.files.storage import default_storage

from campaignhub.env import env
from campaigns.models import Campaign
from campaigns.rendering import render_page
from campaigns.services.manifest import page_content
from campaigns.services.publish import images_of


def preview_files(campaign: Campaign) -> dict[str, bytes]:
    """Return the files of a draft's page, by path; also where dates or texts are missing.

    Nothing is stored. A picture that its store lost is left out.
    """
    last = campaign.releases.filter(is_test=False).order_by("-number").first()
    content = page_content(campaign, release=last.number + 1 if last else 1)
    images = {}
    for use, name in images_of(campaign).items():
        if default_storage.exists(name):
            with default_storage.open(name, "rb") as image:
                images[use] = image.read()
    return render_page(
        content,
        api_url=env().public_api_url,
        upload_origin=env().public_upload_url,
        images=images,
        preview=True,
    )
