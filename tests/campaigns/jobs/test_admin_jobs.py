"""The pages of jobs: who sees one, how it stands, stopping it, and being told of its end on any page."""

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.accounts.models import User
from campaigns.accounts.rules.roles import Role
from campaigns.jobs.models import Job, JobState
from campaigns.jobs.services.asking import MOST_NEWS
from tests.campaigns.admin_pages import signed_in
from tests.campaigns.factories import make_client, make_user
from tests.campaigns.jobs.counting import deliver, make_job

pytestmark = pytest.mark.django_db
LIST = reverse("admin:jobs_job_changelist")
HOME = reverse("admin:index")


def page_of(job: Job) -> str:
    return reverse("admin:jobs_job_read", args=[job.pk])


def browser_of(user: User) -> Browser:
    return signed_in(User.objects.get(pk=user.pk))


def operator() -> Browser:
    user = make_user()
    user.is_superuser = True
    user.save()
    return signed_in(user)


def test_a_job_is_seen_and_stopped_by_those_who_might_have_started_it() -> None:
    job = make_job(5, at=timezone.now())
    assert job.client is not None
    colleague = signed_in(make_user((job.client, Role.CAMPAIGN_MANAGER)))
    moderator = signed_in(make_user((job.client, Role.MODERATOR)))
    stranger = signed_in(make_user((make_client("Quillmark"), Role.OWNER)))
    assert moderator.get(LIST).status_code == 404
    assert job.title not in stranger.get(LIST).content.decode()
    for browser in (moderator, stranger):
        assert browser.get(page_of(job)).status_code == 404
        assert browser.post(page_of(job), {"act": "cancel"}).status_code == 404
    assert job.title in colleague.get(LIST).content.decode()
    assert "Cancel" in colleague.get(page_of(job)).content.decode()
    colleague.post(page_of(job), {"act": "cancel"})
    assert Job.objects.get().state == JobState.CANCELLED


def test_a_job_of_the_platform_is_the_operators() -> None:
    client = make_client()
    owner = make_user((client, Role.OWNER))
    job = make_job(5, client=client, actor=owner)
    Job.objects.update(client=None)
    assert signed_in(owner).get(page_of(job)).status_code == 404
    assert "All clients" in operator().get(LIST).content.decode()


def test_the_page_says_how_far_it_is_and_what_came_of_it() -> None:
    job = make_job(4, at=timezone.now())
    deliver(job, steps=3, at=timezone.now())
    browser = browser_of(job.person)
    page = browser.get(page_of(job)).content.decode()
    for words in ("Running", "3 of 4 numbers", "75 %", "every 2s", "You can leave this page"):
        assert words in page, words
    assert "75 %" in browser.get(LIST).content.decode()
    deliver(job, at=timezone.now())
    page = browser.get(page_of(job)).content.decode()
    for words in ("Done", "4 counted.", "4 numbers in a few seconds"):
        assert words in page, words
    assert "every 2s" not in page
    assert "Cancel" not in page


def test_what_failed_can_be_tried_again() -> None:
    job = make_job(4, parameters={"trouble": {"2": "bug"}})
    with pytest.raises(ZeroDivisionError):
        deliver(job)
    browser = browser_of(job.person)
    assert "Try again" in browser.get(page_of(job)).content.decode()
    browser.post(page_of(job), {"act": "try_again"})
    assert Job.objects.get().state == JobState.WAITING
    browser.post(page_of(job), {"act": "try_again"})
    assert "failed" in browser.get(page_of(job)).content.decode()
    assert browser.post(page_of(job), {"act": "erase"}).status_code == 404


def test_the_list_is_narrowed_by_client_and_state() -> None:
    one, other = make_job(1, title="Count ours"), make_job(1, title="Count theirs")
    deliver(one)
    browser = operator()
    assert one.client
    assert "Count theirs" not in browser.get(LIST, {"client": one.client.pk}).content.decode()
    assert "Count ours" not in browser.get(LIST, {"state": "under_way"}).content.decode()
    assert "Count ours" in browser.get(LIST, {"state": "done"}).content.decode()
    assert other.title in browser.get(LIST).content.decode()


def test_every_page_tells_its_person_of_a_job_until_they_know_of_its_end() -> None:
    job = make_job(4)
    mine, others = browser_of(job.person), operator()
    assert "Waiting: 0 numbers." in mine.get(HOME).content.decode()
    deliver(job)
    page = mine.get(HOME).content.decode()
    assert "Done. 4 counted." in page
    assert "every 4s" not in page
    assert "4 counted." not in others.get(HOME).content.decode()
    others.post(reverse("admin:news"), {"dismiss": job.pk})
    assert "4 counted." in mine.get(HOME).content.decode()
    for dismissed in ("x", "9" * 30, str(job.pk)):
        mine.post(reverse("admin:news"), {"dismiss": dismissed})
    assert "4 counted." not in mine.get(HOME).content.decode()
    assert not User.objects.get(pk=job.person.pk).follows_jobs


def test_a_job_s_own_page_does_not_say_it_twice() -> None:
    job = make_job(4)
    other = make_job(4, client=job.client, actor=job.person)
    mine = browser_of(job.person)
    news = reverse("admin:news")
    of_page = {"HX-Request": "true", "HX-Current-URL": f"https://hub.example{page_of(job)}"}
    for page in (mine.get(page_of(job)), mine.get(news, headers=of_page)):
        assert f'id="news-{job.pk}"' not in page.content.decode()
        assert f'id="news-{other.pk}"' in page.content.decode()
    assert f'id="news-{job.pk}"' in mine.get(HOME).content.decode()


def test_many_that_went_well_take_one_line_and_what_failed_keeps_its_own() -> None:
    bad = make_job(4, parameters={"trouble": {"2": "bug"}})
    with pytest.raises(ZeroDivisionError):
        deliver(bad)
    done = [make_job(1, client=bad.client, actor=bad.person) for _ in range(5)]
    for job in done:
        deliver(job)
    mine = browser_of(bad.person)
    page = mine.get(HOME).content.decode()
    apart = [job.pk for job in (bad, *done) if f'id="news-{job.pk}"' in page]
    assert apart == [bad.pk, *(job.pk for job in done[2:])]
    assert "2 more jobs are done" in page
    assert "more jobs are done" not in mine.get(LIST).content.decode()
    later = make_job(1, client=bad.client, actor=bad.person)
    deliver(later)
    mine.post(reverse("admin:news"), {"dismiss": f"{done[1].pk}.{done[0].pk}"})
    left = Job.objects.filter(seen_at=None).order_by("pk")
    assert [job.pk for job in left] == [bad.pk, *(job.pk for job in done[2:]), later.pk]
    assert "1 more job is done" in mine.get(HOME).content.decode()


def test_what_failed_and_what_goes_on_is_told_however_many_went_well_since() -> None:
    bad = make_job(4, parameters={"trouble": {"2": "bug"}})
    with pytest.raises(ZeroDivisionError):
        deliver(bad)
    waiting = make_job(1, client=bad.client, actor=bad.person)
    for _ in range(MOST_NEWS):
        deliver(make_job(1, client=bad.client, actor=bad.person))
    page = browser_of(bad.person).get(HOME).content.decode()
    assert f'id="news-{bad.pk}"' in page
    assert f'id="news-{waiting.pk}"' in page
    assert page.index(f'id="news-{waiting.pk}"') < page.index(f'id="news-{bad.pk}"')


def test_the_clock_s_job_has_nobody_s_name() -> None:
    job = make_job(1)
    Job.objects.update(actor=None, client=None)
    deliver(job)
    browser = operator()
    for address in (LIST, page_of(job)):
        assert "System" in browser.get(address).content.decode()


def test_looking_at_a_job_that_has_ended_is_being_told() -> None:
    job = make_job(1)
    deliver(job)
    mine = browser_of(job.person)
    mine.get(page_of(job))
    assert "1 counted." not in mine.get(HOME).content.decode()


def test_a_page_asks_for_no_job_of_who_follows_none() -> None:
    browser = signed_in(make_user((make_client(), Role.OWNER)))
    with CaptureQueriesContext(connection) as asked:
        browser.get(HOME)
    assert not [query for query in asked if "jobs_job" in query["sql"]]
