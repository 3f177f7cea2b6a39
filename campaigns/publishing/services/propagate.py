"""Carry what was decided about a campaign to where visitors meet it: the table and the site host.

A decision is committed first and carried afterwards. Whatever fails or is
killed in between, the earlier release stays live and the placement says that
it is behind; the clock, or ``manage.py republish``, carries again. Carrying
twice changes nothing, and a revision keeps an older decision from replacing a
newer one, in whatever order writers arrive.

The order is a promise too: the table first (a page must never show a release
that the functions do not know), then the page, then its ``state.json``.
"""

import logging
from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.storage import default_storage
from django.db import DatabaseError
from django.db.models import F

from campaignhub import ingest
from campaignhub.clock.turns import UNLIMITED, Away, Turn
from campaignhub.env import env
from campaigns.hosting.host import SiteHost, api_address, site_host
from campaigns.hosting.host_errors import HostIsFull, StillDeploying, VersionGone
from campaigns.prizes.services.loading import StockStillLoading, load_stock
from campaigns.prizes.services.stock import revealed
from campaigns.prizes.services.withdrawing import UnitsStillLeaving
from campaigns.publishing.models import Placement, Release
from campaigns.rendering import PageContent, render_page, render_rules
from campaigns.setup.models import Campaign
from campaigns.setup.rules.states import CampaignState
from ingest_lambda.contract import Current, Manifest, PageState

logger = logging.getLogger(__name__)

PAUSE_KNOWN_AFTER = timedelta(seconds=60)
"""By then each function has read of a resume: twice what it keeps a release's state for (``releases``)."""
MOST_TROUBLES = 3
"""After so many failures a turn leaves the rest for the next one: something is down."""
FAULT = "A fault of this software. Its log says which; everything else goes on."


def propagate(
    campaign: Campaign,
    *,
    is_test: bool,
    at: datetime,
    whole: bool = True,
    withdraws: bool = False,
) -> bool:
    """Write a campaign's newest release and state to table and host; tell whether both have it.

    Without ``whole`` only the state is written, where the page is not behind. Only the clock
    ``withdraws`` units of a lowered stock.
    What goes wrong is kept on the placement, in words for staff.
    """
    placement = Placement.objects.filter(campaign=campaign, is_test=is_test).first()
    if placement is None:
        return True
    # Read after the revision: what is written may be newer than it, never older.
    campaign = Campaign.objects.select_related("client").get(pk=campaign.pk)
    releases = list(campaign.releases.filter(is_test=is_test).order_by("-number"))
    mine = Placement.objects.filter(pk=placement.pk)
    # Noted before: whatever ends this attempt, the clock turns to the others first.
    mine.update(tried_at=at)
    try:
        _write(
            campaign,
            placement,
            releases,
            whole=whole or placement.carried_revision < placement.page_revision,
            withdraws=withdraws,
        )
    except (HostIsFull, StillDeploying, StockStillLoading, UnitsStillLeaving) as error:
        mine.update(trouble=error.message[:200])
        return False
    except (ingest.IngestBusy, ingest.Superseded, BotoCoreError, ClientError, OSError) as error:
        logger.warning("placement %s not carried: %s", placement.pk, type(error).__name__)
        mine.update(trouble=_in_words(error))
        return False
    mine.filter(carried_revision__lt=placement.revision).update(carried_revision=placement.revision)
    mine.update(carried_at=at, trouble="")
    return True


def propagate_both(campaign: Campaign, *, at: datetime, whole: bool = True) -> bool:
    """Propagate a campaign, and then its test; tell whether both were carried.

    Where the first is not, the table or the host is away. The second would wait for the same,
    and so would the person who asked: both are left to the clock.
    """
    return all(
        propagate(campaign, is_test=is_test, at=at, whole=whole) for is_test in (False, True)
    )


def propagate_due(at: datetime, turn: Turn = UNLIMITED) -> list[Placement]:
    """Carry whatever is behind; return what is not any more.

    Raises:
        Away: so many could not be carried that table or host must be away.
    """
    behind = Placement.objects.filter(carried_revision__lt=F("revision"))
    carried, troubles = [], 0
    for placement in behind.select_related("campaign").order_by(
        F("tried_at").asc(nulls_first=True)
    ):
        if turn.is_over():
            break
        try:
            is_carried = propagate(
                placement.campaign, is_test=placement.is_test, at=at, whole=False, withdraws=True
            )
        except DatabaseError:
            raise
        except Exception:  # one campaign's fault must not keep the others waiting
            logger.exception("placement %s not carried", placement.pk)
            Placement.objects.filter(pk=placement.pk).update(trouble=FAULT)
            continue
        if is_carried:
            carried.append(placement)
        elif (troubles := troubles + 1) >= MOST_TROUBLES:
            raise Away("the submissions table or a site host is away")
    return carried


def _write(
    campaign: Campaign,
    placement: Placement,
    releases: list[Release],
    *,
    whole: bool,
    withdraws: bool,
) -> None:
    newest = releases[0]
    current = _current(campaign, placement, newest)
    if whole:
        # Units and moments first: no release names what is not there.
        load_stock(campaign, is_test=placement.is_test, withdraws=withdraws)
        # An emptied table needs the earlier ones as well: submissions are judged by theirs.
        for release in releases:
            ingest.publish_release(Manifest.model_validate(release.manifest), current)
        try:
            _write_page(site_host(campaign.client), placement, releases, current.slug)
        except (HostIsFull, StillDeploying):
            # The page that is there goes on; that it is paused must not wait for the next one.
            if placement.page_release:
                _write_state(campaign, placement, current, release=placement.page_release)
            raise
    else:
        ingest.set_current(current)
    _write_state(campaign, placement, current, release=newest.number)


def _write_state(
    campaign: Campaign, placement: Placement, current: Current, *, release: int
) -> None:
    state = PageState(
        state=_shown_state(campaign, placement),
        opens_at=current.opens_at,
        closes_at=current.closes_at,
        release=release,
    )
    site_host(campaign.client).put_state(
        current.slug, state.model_dump_json().encode(), revision=placement.revision
    )


def _write_page(host: SiteHost, placement: Placement, releases: list[Release], slug: str) -> None:
    newest = releases[0]
    if placement.is_taken_down:
        host.take_down(slug, revision=placement.revision)
        return
    if placement.is_page_kept and placement.page_release == newest.number:
        try:
            host.show_version(slug, placement.page_version, revision=placement.revision)
        except VersionGone:
            logger.warning("placement %s has lost the page that it went back to", placement.pk)
        else:
            return
    files = page_files(releases)
    version = host.put_page(slug, files, revision=placement.revision)
    is_same_release = placement.page_release == newest.number
    earlier = placement.earlier_page_version
    if placement.page_version != version:
        earlier = placement.page_version
    Placement.objects.filter(pk=placement.pk, revision=placement.revision).update(
        page_version=version,
        page_release=newest.number,
        earlier_page_version=earlier if is_same_release else "",
        is_page_kept=False,
    )


def _current(campaign: Campaign, placement: Placement, release: Release) -> Current:
    manifest = Manifest.model_validate(release.manifest)
    closes_at = manifest.closes_at
    closed = campaign.state_changes.filter(after=CampaignState.CLOSED.value).first()
    if closed and not placement.is_test:
        closes_at = min(closes_at, max(closed.at, manifest.opens_at))
    ended = {CampaignState.ARCHIVED} if placement.is_test else _ENDED
    return Current(
        slug=manifest.slug,
        release=release.number,
        opens_at=manifest.opens_at,
        closes_at=closes_at,
        paused=campaign.state == CampaignState.PAUSED and not placement.is_test,
        archived=campaign.state in ended,
        awards_from=None if placement.is_test else _awards_from(campaign, manifest),
        revision=placement.revision,
    )


def _awards_from(campaign: Campaign, manifest: Manifest) -> datetime | None:
    """Return from when on entries take prizes by themselves again after a pause.

    Those before it were held, or may be by a function that has not read of the
    resume yet; they are offered the prizes in order of entry.
    """
    if manifest.prize_plan is None:
        return None
    resumed = campaign.state_changes.filter(
        before=CampaignState.PAUSED.value, after=CampaignState.LIVE.value
    ).last()
    return resumed.at + PAUSE_KNOWN_AFTER if resumed else None


_ENDED = {CampaignState.CLOSED, CampaignState.ARCHIVED}


def _shown_state(campaign: Campaign, placement: Placement) -> str:
    """Return the state that a page shows; a test is open as long as anybody may want to test."""
    if placement.is_test and campaign.state != CampaignState.ARCHIVED:
        return CampaignState.LIVE.value
    return campaign.state


def page_files(releases: list[Release]) -> dict[str, bytes]:
    """Return the files of a page: the newest release's, and the rules of all."""
    newest = releases[0]
    files = render_page(
        PageContent.model_validate(newest.page),
        api_url=api_address(newest.campaign),
        upload_origin=env().public_upload_url,
        images=read_images(newest.images),
        embed_origins=newest.campaign.embed_origins,
    )
    for release in releases:
        content = PageContent.model_validate(release.page)
        is_over = newest.campaign.state in _ENDED and not newest.is_test
        plan = Manifest.model_validate(release.manifest).prize_plan if is_over else None
        files |= render_rules(
            content, published_at=release.published_at, page=files, revealed=revealed(plan)
        )
    return files


def read_images(names: dict[str, str]) -> dict[str, bytes]:
    """Read the stored pictures of a page, by ``hero`` and ``logo``."""
    images = {}
    for use, name in names.items():
        with default_storage.open(name, "rb") as image:
            images[use] = image.read()
    return images


def _in_words(error: Exception) -> str:
    if isinstance(error, ingest.Superseded):
        return "The submissions table holds a later release than this database."
    if isinstance(error, ingest.IngestBusy):
        return "The submissions table is busy or away."
    if isinstance(error, OSError):
        return f"The site host or a picture is away ({type(error).__name__})."
    return f"AWS does not answer ({type(error).__name__})."
