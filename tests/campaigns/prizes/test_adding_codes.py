"""Adding codes: each is in the pool once, whatever file it came in and however often the job was interrupted."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse

from campaigns.accounts.models import AuditEntry, User
from campaigns.accounts.rules.roles import Role
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.asking import cancel, retry
from campaigns.jobs.services.running import run_slice
from campaigns.prizes.models import CodeBatch, CodeBlock, CodeUpload, Prize, UploadPart
from campaigns.prizes.rules.code_alphabet import is_ours
from campaigns.prizes.rules.code_files import NotCodes
from campaigns.prizes.services import uploads
from campaigns.prizes.services.codes import (
    CodesArePromised,
    discard_codes,
    import_codes,
    make_codes,
)
from campaigns.prizes.services.facts import count_codes
from campaigns.prizes.services.pool import code_at, codes_between
from campaigns.prizes.services.seen_codes import drop_seen
from campaigns.prizes.services.uploads import (
    CodesUnderWay,
    FileTooLarge,
    NoCodesHere,
    drop_upload,
    receive_codes,
)
from campaigns.publishing.services.checks import publish_cautions
from tests.campaigns.admin_pages import signed_in
from tests.campaigns.factories import NOON, make_draft, make_prize, make_user, publish
from tests.support.at_once import at_once
from tests.support.jobs import run_jobs

pytestmark = [pytest.mark.django_db, pytest.mark.dialects]


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of a kilobyte, so that a small file has many."""
    monkeypatch.setattr(uploads, "PART_BYTES", 1024)


@pytest.fixture
def prize() -> Prize:
    return make_prize(make_draft(), key="voucher", kind="code", stock=300)


@pytest.fixture
def manager(prize: Prize) -> User:
    return make_user((prize.campaign.client, Role.CAMPAIGN_MANAGER))


def a_file(first: int, last: int) -> bytes:
    """Return a file of codes."""
    return b"code;value\n" + b"".join(b"CODE-%05d;10\n" % at for at in range(first, last))


def import_file(prize: Prize, content: bytes, actor: User) -> Job:
    """Upload a file and start its import."""
    upload = receive_codes(prize, name="codes.csv", chunks=[content], actor=actor, at=NOON)
    return import_codes(upload, actor=actor, at=NOON)


def pool(prize: Prize) -> list[str]:
    """Return every code of a prize, in order."""
    return list(codes_between(prize, 0, 10_000))


def test_a_file_is_imported_once_with_its_duplicates_counted(prize: Prize, manager: User) -> None:
    import_file(prize, a_file(0, 130), manager)
    run_jobs(at=NOON)
    import_file(prize, a_file(100, 240) + b"\n=1+1;5\n", manager)
    job = run_jobs(at=NOON)[-1]
    assert pool(prize) == [f"CODE-{at:05}" for at in range(240)]
    assert job.outcome.startswith("110 codes were added.")
    assert "30 in the pool already" in job.outcome
    assert code_at(prize, 130) == "CODE-00130"
    assert not CodeUpload.objects.exists()
    assert not UploadPart.objects.exists()
    sizes = Counter(len(block.codes.split("\n")) for block in CodeBlock.objects.all())
    assert sizes == {50: 4, 30: 1, 10: 1}


def steps_of(job: Job, lost: int) -> Iterator[Job | None]:
    """Run a job in slices of one step; before each slice the process has forgotten what it knew."""
    at = NOON
    for _ in range(200):
        row = Job.objects.get(pk=job.pk)
        if not row.is_under_way:
            return
        drop_seen()
        left = [1 if row.slice_no % lost else 3]

        def enough(left: list[int] = left) -> bool:
            left[0] -= 1
            return left[0] < 0

        yield run_slice(job.pk, row.slice_no, clock=lambda: at, enough=enough)
        # The same message again does nothing.
        assert run_slice(job.pk, row.slice_no, clock=lambda: at, enough=enough) is None


def test_an_import_that_is_interrupted_after_each_step_goes_on_without_a_second_copy(
    prize: Prize, manager: User
) -> None:
    job = import_file(prize, a_file(0, 700) * 2, manager)
    assert len(list(steps_of(job, lost=3))) > 5
    assert [code for code in pool(prize) if code != "code"] == [
        f"CODE-{at:05}" for at in range(700)
    ]


def test_a_step_that_was_rolled_back_is_done_again_whole(
    prize: Prize, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Memory is ahead of the database then, and must not be believed."""
    job = import_file(prize, a_file(0, 300), manager)
    real, calls = CodeBatch.save, [0]

    def failing(self: CodeBatch, *args: Any, **more: Any) -> None:
        real(self, *args, **more)
        calls[0] += 1
        if calls[0] == 2:
            raise TimeoutError("the database went away")

    monkeypatch.setattr(CodeBatch, "save", failing)
    with pytest.raises(TimeoutError):
        run_slice(job.pk, 0, clock=lambda: NOON, enough=lambda: False)
    monkeypatch.setattr(CodeBatch, "save", real)
    retry(job.pk, actor=manager, at=NOON)
    run_jobs(at=NOON)
    assert pool(prize) == [f"CODE-{at:05}" for at in range(300)]


def test_no_code_stands_in_a_job_a_log_or_the_outcome(prize: Prize, manager: User) -> None:
    job = import_file(prize, a_file(0, 300), manager)
    for _ in steps_of(job, lost=2):
        row = Job.objects.get(pk=job.pk)
        said = f"{row.cursor} {row.parameters} {row.counts} {row.notes} {row.outcome} {row.title}"
        assert "CODE-" not in said
    assert not [line for line in AuditEntry.objects.all() if "CODE-" in str(line.after)]


def test_codes_are_made_with_a_check_character_and_none_twice(prize: Prize, manager: User) -> None:
    make_codes(prize, 260, actor=manager, at=NOON)
    run_jobs(at=NOON)
    made = pool(prize)
    assert len(set(made)) == len(made) == 260
    assert all(is_ours(code) for code in made)
    assert count_codes(prize) == (260, False)


def test_a_cancelled_import_leaves_nothing(prize: Prize, manager: User) -> None:
    job = import_file(prize, a_file(0, 300), manager)
    next(steps_of(job, lost=5))
    assert count_codes(prize) == (0, True)
    cancel(job.pk, actor=manager, at=NOON)
    assert Job.objects.get(pk=job.pk).state == JobState.CANCELLED
    assert not CodeBatch.objects.exists()
    assert not CodeBlock.objects.exists()
    import_file(prize, a_file(0, 10), manager)
    run_jobs(at=NOON)
    assert len(pool(prize)) == 10


def test_two_imports_at_once_are_refused(prize: Prize, manager: User) -> None:
    import_file(prize, a_file(0, 10), manager)
    with pytest.raises(CodesUnderWay):
        import_file(prize, a_file(10, 20), manager)


def test_a_thing_takes_no_codes_and_a_pool_has_its_most(prize: Prize, manager: User) -> None:
    thing = make_prize(prize.campaign, key="car")
    with pytest.raises(NoCodesHere):
        make_codes(thing, 5, actor=manager, at=NOON)
    with pytest.raises(NoCodesHere):
        make_codes(prize, 1_500_001, actor=manager, at=NOON)


def test_a_file_of_another_kind_or_too_large_leaves_nothing(
    prize: Prize, manager: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(NotCodes):
        receive_codes(prize, name="x.xlsx", chunks=[b"PK\x03\x04"], actor=manager, at=NOON)
    monkeypatch.setattr(uploads, "MOST_BYTES", 3000)
    with pytest.raises(FileTooLarge):
        receive_codes(prize, name="x.csv", chunks=[a_file(0, 900)], actor=manager, at=NOON)
    assert not CodeUpload.objects.exists()
    assert not UploadPart.objects.exists()


def test_codes_of_a_published_stock_are_never_removed(
    prize: Prize, manager: User, table: Any, host: Any
) -> None:
    make_codes(prize, 300, actor=manager, at=NOON)
    run_jobs(at=NOON)
    make_codes(prize, 20, actor=manager, at=NOON)
    run_jobs(at=NOON)
    meant = [caution.key for caution in publish_cautions(prize.campaign, at=NOON)]
    publish(prize.campaign, accepted=meant)
    promised, spare = CodeBatch.objects.order_by("number")
    discard_codes(spare, actor=manager, at=NOON)
    with pytest.raises(CodesArePromised):
        discard_codes(promised, actor=manager, at=NOON)
    assert len(pool(prize)) == 300


def test_the_page_shows_a_preview_and_imports_after_a_look(prize: Prize, manager: User) -> None:
    browser: Browser = signed_in(manager)
    address = reverse("admin:campaigns_campaign_prize_codes", args=[prize.pk])
    file = SimpleUploadedFile("codes.csv", a_file(0, 60))
    assert browser.post(address, {"act": "upload", "file": file}).status_code == 302
    page = browser.get(address).content.decode()
    assert "CODE-00003" in page
    browser.post(address, {"act": "import"})
    assert "being added right now" in browser.get(address).content.decode()
    run_jobs(at=NOON)
    page = browser.get(address).content.decode()
    assert "CODE-" not in page
    assert "60 of 300 needed" in page


def test_a_file_that_two_import_or_one_drops_meanwhile_is_imported_once(
    prize: Prize, manager: User
) -> None:
    chunks = [a_file(0, 130)]
    upload = receive_codes(prize, name="codes.csv", chunks=chunks, actor=manager, at=NOON)
    read_before = CodeUpload.objects.get(pk=upload.pk)
    import_codes(upload, actor=manager, at=NOON)
    drop_upload(read_before)
    run_jobs(at=NOON)
    with pytest.raises(NoCodesHere, match="already"):
        import_codes(read_before, actor=manager, at=NOON)
    assert len(pool(prize)) == 130
    assert CodeBatch.objects.count() == 1


def interrupted(first: bytes) -> Iterator[bytes]:
    yield first
    raise ConnectionError("the browser went away")


def test_a_file_that_stops_coming_in_leaves_nothing(prize: Prize, manager: User) -> None:
    chunks = interrupted(a_file(0, 500))
    with pytest.raises(ConnectionError):
        receive_codes(prize, name="codes.csv", chunks=chunks, actor=manager, at=NOON)
    assert not CodeUpload.objects.exists()
    assert not UploadPart.objects.exists()


def test_what_a_crash_left_of_a_file_is_never_imported_and_the_next_takes_its_place(
    prize: Prize, manager: User
) -> None:
    """A process that is killed takes nothing back."""
    half = CodeUpload.objects.create(
        prize=prize,
        name="half.csv",
        size_bytes=1024,
        sha256="",
        format={},
        uploaded_at=NOON,
        uploaded_by=manager,
    )
    UploadPart.objects.create(upload=half, number=0, content=a_file(0, 60))
    address = reverse("admin:campaigns_campaign_prize_codes", args=[prize.pk])
    page = signed_in(manager).get(address).content.decode()
    assert "half.csv" not in page
    assert "Upload and check" in page
    with pytest.raises(NoCodesHere):
        import_codes(half, actor=manager, at=NOON)
    import_file(prize, a_file(0, 130), manager)
    run_jobs(at=NOON)
    assert len(pool(prize)) == 130
    assert not UploadPart.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_other_writers_have_their_turn_between_two_parts_of_a_file(
    prize: Prize, manager: User
) -> None:
    written: list[bool] = []

    def chunks() -> Iterator[bytes]:
        content = a_file(0, 400)
        for at in range(0, len(content), 1024):
            # What comes in is read outside of any transaction.
            written.append(connection.in_atomic_block)
            yield content[at : at + 1024]

    receive_codes(prize, name="codes.csv", chunks=chunks(), actor=manager, at=NOON)
    assert len(written) > 4
    assert not any(written)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_files_at_once_one_waits_and_the_other_is_refused_in_words(
    prize: Prize, manager: User
) -> None:
    def upload() -> CodeUpload:
        chunks = [a_file(0, 400)]
        return receive_codes(prize, name="codes.csv", chunks=chunks, actor=manager, at=NOON)

    for _ in range(5):
        for outcome in at_once(upload, upload, upload):
            assert isinstance(outcome, CodeUpload | CodesUnderWay)
        waiting = CodeUpload.objects.get()
        assert waiting.parts.count() == -(-waiting.size_bytes // 1024)
