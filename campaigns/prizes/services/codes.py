"""Adding codes to a prize: from a file, or made here; each as a job that goes on where a crash left it."""

from collections import Counter
from datetime import datetime
from random import SystemRandom

from django.db import transaction

from campaignhub.errors import DomainError
from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Capability
from campaigns.accounts.services import audit
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.asking import start
from campaigns.jobs.services.registry import Kind, Step
from campaigns.prizes.models import (
    CodeBatch,
    CodeBlock,
    CodeUpload,
    Prize,
    UploadPart,
)
from campaigns.prizes.models.codes import BLOCK_CODES
from campaigns.prizes.models.prize import MOST_STOCK
from campaigns.prizes.rules.code_alphabet import new_code
from campaigns.prizes.rules.code_files import (
    Format,
    Place,
    Skipped,
    read_part,
)
from campaigns.prizes.services.pool import next_batch
from campaigns.prizes.services.seen_codes import SeenCodes, drop_seen, seen_codes
from campaigns.prizes.services.stock import promised_codes
from campaigns.prizes.services.uploads import (
    CodesUnderWay,
    NoCodesHere,
    refuse_things,
    waiting_upload,
)
from campaigns.setup.services.campaign import locked

MADE_AT_ONCE = 10_000
_TAKEN_AWAY = "taken away again"


class CodesArePromised(DomainError):
    """Codes that a release promises stay where they are."""


class CodesWereRemoved(DomainError):
    """A job that failed has nothing left to go on with."""


def import_codes(upload: CodeUpload, *, actor: User, at: datetime) -> Job:
    """Start the job that reads a file into the pool; what the pool has already is counted and skipped.

    Raises:
        CodesUnderWay: others are being added.
        NoCodesHere: it was imported or dropped since it was read.
    """
    with transaction.atomic():
        batch = _new_batch(upload.prize, CodeBatch.Source.FILE, actor=actor, at=at)
        waiting = waiting_upload(batch.prize)
        if waiting is None or waiting.pk != upload.pk:
            raise NoCodesHere("This file was imported or dropped already.")
        upload.batch = batch
        upload.save(update_fields=["batch"])
        return start(
            IMPORT,
            title=f"Import codes for {batch.prize}",
            client=batch.prize.campaign.client,
            actor=actor,
            at=at,
            parameters={"batch": batch.pk},
            total=upload.size_bytes // 1024 + 1,
            only_one=f"codes:{batch.prize_id}",
        )


def make_codes(prize: Prize, count: int, *, actor: User, at: datetime) -> Job:
    """Start the job that makes ``count`` codes.

    Raises:
        CodesUnderWay: others are being added.
        NoCodesHere: it gives things, or it would have too many.
    """
    refuse_things(prize)
    with transaction.atomic():
        batch = _new_batch(prize, CodeBatch.Source.MADE, actor=actor, at=at)
        if not 1 <= count <= MOST_STOCK - batch.first:
            raise NoCodesHere(f"A prize has at most {MOST_STOCK:,} codes; it has {batch.first:,}.")
        return start(
            MAKE,
            title=f"Make {count:,} codes for {prize}",
            client=batch.prize.campaign.client,
            actor=actor,
            at=at,
            parameters={"batch": batch.pk, "count": count},
            total=count,
            only_one=f"codes:{batch.prize_id}",
        )


def discard_codes(batch: CodeBatch, *, actor: User, at: datetime) -> None:
    """Take the codes of the newest batch away again, while nothing that is published needs them.

    Raises:
        CodesArePromised: a release counts on them, or others came after them.
        CodesUnderWay: they are still being added.
    """
    with transaction.atomic():
        # A publish that counts on them holds this lock: it sees them all, or none of them.
        locked(batch.prize.campaign)
        prize = _locked(batch.prize)
        batch = CodeBatch.objects.get(pk=batch.pk)
        if not batch.is_complete and _is_under_way(prize):
            raise CodesUnderWay("These codes are still being added. Cancel the job first.")
        if CodeBatch.objects.filter(prize=prize, number__gt=batch.number).exists():
            raise CodesArePromised("Other codes came after these. Remove the newest first.")
        if promised_codes(prize) > batch.first:
            raise CodesArePromised(
                "These codes are part of the published stock: some may be given already. They stay."
            )
        audit.record(
            prize.campaign,
            "prize.codes_removed",
            actor=actor,
            at=at,
            after={"prize": prize.key, "codes": batch.codes},
        )
        _drop(batch)


def _locked(prize: Prize) -> Prize:
    rows = Prize.objects.select_for_update(of=("self",)).select_related("campaign__client")
    return rows.get(pk=prize.pk)


def _is_under_way(prize: Prize) -> bool:
    return Job.objects.filter(only_one=f"codes:{prize.pk}", ended_at=None).exists()


def _new_batch(prize: Prize, source: CodeBatch.Source, *, actor: User, at: datetime) -> CodeBatch:
    prize = _locked(prize)
    if _is_under_way(prize):
        raise CodesUnderWay(f"Codes are being added to {prize} right now. Wait until that is done.")
    for failed in CodeBatch.objects.filter(prize=prize, is_complete=False):
        _drop(failed)
    number, first = next_batch(prize)
    batch = CodeBatch.objects.create(
        prize=prize, number=number, first=first, source=source.value, added_at=at, added_by=actor
    )
    audit.record(
        prize.campaign,
        "prize.codes_added",
        actor=actor,
        at=at,
        after={"prize": prize.key, "batch": number, "source": source.value},
    )
    return batch


def _drop(batch: CodeBatch) -> None:
    CodeUpload.objects.filter(batch=batch).delete()
    CodeBlock.objects.filter(batch=batch).delete()
    batch.delete()
    drop_seen()


def _batch_of(job: Job) -> CodeBatch:
    batch = CodeBatch.objects.select_related("prize").filter(pk=job.parameters["batch"]).first()
    if batch is None:
        raise CodesWereRemoved(
            "These codes have been removed since. Add them again if they are needed."
        )
    return batch


def _import_part(job: Job, _at: datetime) -> Step:
    """Read one part of a file."""
    batch = _batch_of(job)
    upload = CodeUpload.objects.get(batch=batch)
    number = job.cursor.get("part", 0)
    part = UploadPart.objects.get(upload=upload, number=number)
    is_last = not UploadPart.objects.filter(upload=upload, number=number + 1).exists()
    place = Place.of(upload.place)
    lines = read_part(bytes(part.content), Format(**upload.format), place, is_last=is_last)
    seen = _seen(batch, number)
    skipped: Counter[str] = Counter()
    room = MOST_STOCK - batch.first - batch.codes
    added: list[str] = []
    for line in lines:
        if line.skipped:
            skipped[line.skipped] += 1
        elif len(added) >= room:
            skipped[Skipped.BEYOND] += 1
        elif seen.add(line.code):
            added.append(line.code)
        else:
            skipped[Skipped.DUPLICATE] += 1
    _append(batch, added, is_last=is_last, skipped=skipped)
    upload.place = vars(place)
    upload.save(update_fields=["place"])
    if is_last:
        upload.delete()
        drop_seen()
    else:
        seen.stands_at = (batch.pk, number + 1, batch.codes)
    return Step(
        {"part": number + 1},
        done=len(part.content) // 1024 + is_last,
        counts={"codes added": len(added), **skipped},
        is_last=is_last,
    )


def _make_some(job: Job, _at: datetime) -> Step:
    """Make the next few thousand codes."""
    batch, count = _batch_of(job), job.parameters["count"]
    step = job.cursor.get("step", 0)
    seen = _seen(batch, step)
    rng, wanted, added = SystemRandom(), min(MADE_AT_ONCE, count - batch.codes), list[str]()
    while len(added) < wanted:
        code = new_code(rng)
        if seen.add(code):
            added.append(code)
    is_last = batch.codes + wanted >= count
    _append(batch, added, is_last=is_last, skipped=Counter())
    if is_last:
        drop_seen()
    else:
        seen.stands_at = (batch.pk, step + 1, batch.codes)
    return Step(
        {"step": step + 1}, done=len(added), counts={"codes added": len(added)}, is_last=is_last
    )


def _seen(batch: CodeBatch, step: int) -> SeenCodes:
    return seen_codes(batch.prize, stands_at=(batch.pk, step, batch.codes), begun=list(batch.begun))


def _append(batch: CodeBatch, added: list[str], *, is_last: bool, skipped: Counter[str]) -> None:
    """Add codes to a batch in whole blocks; what fills none waits for the next step, or ends the batch."""
    number = (batch.codes - len(batch.begun)) // BLOCK_CODES
    codes = [*batch.begun, *added]
    whole = len(codes) if is_last else len(codes) - len(codes) % BLOCK_CODES
    CodeBlock.objects.bulk_create(
        (
            CodeBlock(
                batch=batch,
                number=number + at // BLOCK_CODES,
                codes="\n".join(codes[at : min(at + BLOCK_CODES, whole)]),
            )
            for at in range(0, whole, BLOCK_CODES)
        ),
        batch_size=500,
    )
    batch.begun = codes[whole:]
    batch.codes += len(added)
    batch.skipped = dict(Counter(batch.skipped) + skipped)
    batch.is_complete = is_last
    batch.save(update_fields=["begun", "codes", "skipped", "is_complete"])


def _sum_up(job: Job) -> str:
    counts = {str(word): count for word, count in job.counts.items() if count}
    if gone := counts.get(_TAKEN_AWAY):
        return f"The {gone:,} codes that it had added were taken away again."
    added = counts.pop("codes added", 0)
    told = f"{added:,} codes were added."
    if counts:
        why = ", ".join(f"{count:,} {word}" for word, count in counts.items())
        told += f" Skipped lines: {why}."
    return told


def _end(job: Job, state: JobState, _at: datetime) -> None:
    """Take a cancelled batch away; one that failed can be tried again where it stopped."""
    drop_seen()
    if state is JobState.CANCELLED:
        for batch in CodeBatch.objects.filter(pk=job.parameters.get("batch"), is_complete=False):
            _drop(batch)
            job.counts = {_TAKEN_AWAY: job.counts.get("codes added", 0)}


_WHEN_CANCELLED = "The codes that it has added are taken away again."

IMPORT = Kind(
    name="prizes.import_codes",
    capability=Capability.CAMPAIGN_EDIT,
    step=_import_part,
    summary=_sum_up,
    unit=("kilobyte", "kilobytes"),
    on_end=_end,
    when_cancelled=_WHEN_CANCELLED,
)
MAKE = Kind(
    name="prizes.make_codes",
    capability=Capability.CAMPAIGN_EDIT,
    step=_make_some,
    summary=_sum_up,
    unit=("code", "codes"),
    on_end=_end,
    when_cancelled=_WHEN_CANCELLED,
)
