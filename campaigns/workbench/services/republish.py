"""Writing all that is published again to table and host, after one of them lost it: step by step, by name."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from botocore.exceptions import BotoCoreError, ClientError

from campaignhub import ingest
from campaignhub.env import env
from campaigns.access.services import partners
from campaigns.access.services.blocks import propagate_block_list
from campaigns.accounts.models import Client, User
from campaigns.accounts.rules.roles import Capability
from campaigns.hosting.host import give_domain
from campaigns.jobs.models import Job
from campaigns.jobs.services.asking import start
from campaigns.jobs.services.registry import Kind, Step
from campaigns.publishing.services.lifecycle import republish
from campaigns.setup.models import Campaign

_TOKENS, _PARTNERS, _BLOCKS = "tokens", "partners", "blocks"
_DOMAIN, _CAMPAIGN = "domain", "campaign"
_AWAY = "No answer."


def parts() -> Iterator[str]:
    """Name all that is to be written: what the writer judges by first, then the campaigns that it is for."""
    yield _TOKENS
    yield _PARTNERS
    for client in Client.objects.filter(block_entries__isnull=False).distinct():
        yield f"{_BLOCKS}:{client.pk}"
    for client in Client.objects.exclude(page_domain=""):
        yield f"{_DOMAIN}:{client.pk}"
    for campaign in Campaign.objects.filter(releases__isnull=False).distinct():
        yield f"{_CAMPAIGN}:{campaign.pk}"


def write_part(part: str, *, at: datetime) -> tuple[str, str]:
    """Write one of :func:`parts`; return what it is called, and what is still in the way, if anything.

    The same again changes nothing.
    """
    what, _, key = part.partition(":")
    if what == _CAMPAIGN:
        campaign = Campaign.objects.get(pk=key)
        return campaign.slug, "" if republish(campaign, at=at) else _troubles_of(campaign)
    if what == _TOKENS:
        name = "names of token keys"
        if not env().token_keys:
            return (
                name,
                "TOKEN_KEYS is not set: it is the text of the secret that TokenKeysArn names.",
            )
        return name, _no_answer(ingest.announce_token_keys)
    if what == _PARTNERS:
        return "partners' keys", _no_answer(partners.bind_partner_keys)
    client = Client.objects.get(pk=key)
    if what == _DOMAIN:
        return f"domain of {client}", _no_answer(partial(give_domain, client))
    return f"block list of {client}", "" if propagate_block_list(client) else _AWAY


def _no_answer(write: Callable[[], None]) -> str:
    try:
        write()
    except (ingest.IngestBusy, partners.GatewayAway, BotoCoreError, ClientError):
        return _AWAY
    return ""


def _troubles_of(campaign: Campaign) -> str:
    troubles = campaign.placements.exclude(trouble="").values_list("trouble", flat=True)
    return " ".join(troubles) or _AWAY


def start_republish(actor: User, at: datetime) -> Job:
    """Start the job that writes everything again; of two, the first goes on."""
    return start(
        REPUBLISH,
        title="Publish everything again",
        client=None,
        actor=actor,
        at=at,
        only_one="republish",
    )


def _write_next(job: Job, at: datetime) -> Step:
    waiting = job.cursor.get("waiting")
    if waiting is None:
        waiting = list(parts())
        return Step({"waiting": waiting}, total=len(waiting))
    name, trouble = write_part(waiting[0], at=at)
    return Step(
        {"waiting": waiting[1:]},
        done=1,
        counts={"not everywhere yet" if trouble else "written again": 1},
        notes=[f"{name}: {trouble}"] if trouble else (),
        is_last=len(waiting) == 1,
    )


def _sum_up(job: Job) -> str:
    told = f"{job.counts.get('written again', 0)} of {job.total or 0} were written again."
    if behind := job.counts.get("not everywhere yet", 0):
        told += f" {behind} aren't everywhere yet; the clock tries them again every few seconds."
    return told


REPUBLISH = Kind(
    name="workbench.republish",
    capability=Capability.CAMPAIGN_PUBLISH,
    step=_write_next,
    summary=_sum_up,
    unit=("part", "parts"),
    in_transaction=False,
)
