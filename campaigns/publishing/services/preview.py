"""The preview: the real page of a draft, marked and unable to send."""

from functools import lru_cache

from django.core.files.storage import default_storage

from campaignhub.env import env
from campaigns.publishing.services.manifest import images_of, page_content
from campaigns.rendering import PageContent, render_page
from campaigns.setup.models import Campaign


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
