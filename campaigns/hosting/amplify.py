"""The host that a client may choose instead: Amplify, an app per client and a branch per campaign.

Deployed by hand, as its documentation calls it: an archive, an upload, a job
(https://docs.aws.amazon.com/amplify/latest/userguide/manual-deploys.html). A job takes a
minute and five run at once, so a pause is none: ``state.json`` stays in our bucket,
where a rule of the app leads. Pages call the API at the distribution's own name:
through the app, visitors would have Amplify's address.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from functools import cache
from time import sleep
from typing import Any

import urllib3
from django.db import transaction
from django.db.models import Q

from campaigns.accounts.models import Client
from campaigns.hosting.amplify_domain import associate_domain
from campaigns.hosting.amplify_settings import app_settings
from campaigns.hosting.files import version_of
from campaigns.hosting.host_errors import HostIsFull, StillDeploying
from campaigns.hosting.models import AmplifyApp, AmplifyBranch
from campaigns.hosting.s3 import S3Host
from campaigns.rendering import framed_by
from campaigns.setup.models import Campaign

FULL = (
    "Amplify takes no further campaign of this client: an app has 50 branches, a test is one too. "
    "Take down pages that are over: manage.py pages down."
)
"""https://docs.aws.amazon.com/amplify/latest/userguide/quotas-chapter.html"""
LOOKS = 4
LOOK_SECONDS = 2
"""How long a job is waited for at once; after that the clock looks, and nobody's page waits."""
UPLOAD_SECONDS = 30
_RUNNING = {"CREATED", "PENDING", "PROVISIONING", "RUNNING", "CANCELLING"}


class AmplifyHost:
    """Puts a page into the branch of its campaign, below the campaign's slug.

    Amplify knows no revisions, so the row of a branch decides which page it is
    to show. The bucket keeps each version as an archive, for the way back, and the state.
    """

    def __init__(
        self, amplify: Any, web_acls: Any, bucket: S3Host, *, label: str, web_acl: str
    ) -> None:
        """Take clients, the bucket behind the distribution, and the ARN of its web ACL."""
        self._amplify, self._web_acls, self._bucket = amplify, web_acls, bucket
        self._label, self._web_acl = label, web_acl

    def address(self, slug: str, domain: str = "") -> str:
        """Return where the page of ``slug`` is once it was put."""
        branch = AmplifyBranch.objects.select_related("app").filter(slug=slug).first()
        if branch is None:
            return self._bucket.address(slug)
        return f"https://{slug}.{branch.app.domain or branch.app.default_domain}/{slug}/"

    def put_page(self, slug: str, files: Mapping[str, bytes], *, revision: int) -> str:
        """Make ``files`` (path within the page → content) the page of ``slug``."""
        version = version_of(files)
        branch = self._branch(slug)
        if not _decide(branch, version, revision):
            return version
        pages = [content for path, content in files.items() if path.endswith(".html")]
        framed = sorted({origin for page in pages for origin in framed_by(page).split()})
        AmplifyBranch.objects.filter(pk=branch.pk).update(framed_by=" ".join(framed))
        if not branch.is_live and not branch.job_id:
            self._bucket.keep_archive(slug, version, _archive(slug, files))
        self._deploy(branch)
        return version

    def show_version(self, slug: str, version: str, *, revision: int) -> None:
        """Make an earlier version the page of ``slug`` again."""
        branch = self._branch(slug)
        self._bucket.read_archive(slug, version)
        if _decide(branch, version, revision):
            self._deploy(branch)

    def take_down(self, slug: str, *, revision: int) -> None:
        """Serve no page of ``slug`` any more: its branch is deleted, which makes room for another."""
        branch = self._branch(slug)
        if _decide(branch, "", revision) and self._is_there(branch):
            self._amplify.delete_branch(appId=branch.app.app_id, branchName=slug)

    def put_state(self, slug: str, state: bytes, *, revision: int) -> None:
        """Replace the page's ``state.json`` in one step; no job."""
        self._bucket.put_state(slug, state, revision=revision)

    # ---------------------------------------------------------------- apps and branches

    def _branch(self, slug: str) -> AmplifyBranch:
        found = AmplifyBranch.objects.select_related("app").filter(slug=slug).first()
        if found is not None:
            return found
        campaign = Campaign.objects.get(Q(slug=slug) | Q(test_slug=slug))
        made, _ = AmplifyBranch.objects.get_or_create(
            slug=slug, defaults={"app": self._app(campaign.client_id)}
        )
        return made

    def _app(self, client_id: int) -> AmplifyApp:
        """Return a client's app, made if there is none; two who ask at once get the same."""
        with transaction.atomic():
            client = Client.objects.select_for_update().get(pk=client_id)
            known = AmplifyApp.objects.filter(client=client).first()
            if known is not None:
                return known
            name = f"{self._label or 'campaignhub'}-client-{client_id}"
            found = self._app_called(name) or self._make_app(name)
            return AmplifyApp.objects.create(
                client=client, app_id=found["appId"], default_domain=found["defaultDomain"]
            )

    def _app_called(self, name: str) -> dict[str, Any] | None:
        """Find an app that was made when nobody was left to note it."""
        pages = self._amplify.get_paginator("list_apps").paginate()
        return next((app for page in pages for app in page["apps"] if app["name"] == name), None)

    def _make_app(self, name: str) -> dict[str, Any]:
        try:
            app: dict[str, Any] = self._amplify.create_app(name=name, platform="WEB")["app"]
        except self._amplify.exceptions.LimitExceededException as error:
            raise HostIsFull(
                "Amplify takes no further app: a region has 25, one for each client. Ask AWS for more."
            ) from error
        return app

    def _settle(self, app: AmplifyApp) -> None:
        """Give an app its headers, its rule and its web ACL, where it lacks what they are now."""
        framed = {
            origin
            for branch in app.branches.exclude(version="")
            for origin in branch.framed_by.split()
        }
        settings = app_settings(framed, self._bucket.address("").rstrip("/"))
        digest = hashlib.sha256(f"{settings} {self._web_acl}".encode()).hexdigest()
        if app.settings_sha256 == digest:
            return
        answer = self._amplify.update_app(appId=app.app_id, **settings)
        if self._web_acl:
            self._web_acls.associate_web_acl(
                WebACLArn=self._web_acl, ResourceArn=answer["app"]["appArn"]
            )
        AmplifyApp.objects.filter(pk=app.pk).update(settings_sha256=digest)

    def _is_there(self, branch: AmplifyBranch) -> bool:
        try:
            self._amplify.get_branch(appId=branch.app.app_id, branchName=branch.slug)
        except self._amplify.exceptions.NotFoundException:
            return False
        return True

    def _make_branch(self, branch: AmplifyBranch) -> None:
        try:
            self._amplify.create_branch(
                appId=branch.app.app_id, branchName=branch.slug, enableAutoBuild=False
            )
        except self._amplify.exceptions.LimitExceededException as error:
            raise HostIsFull(FULL) from error
        if branch.app.domain:
            associate_domain(self._amplify, branch.app, branch.app.domain)

    # ---------------------------------------------------------------- deployments

    def _deploy(self, branch: AmplifyBranch) -> None:
        """Bring a branch to the version that its row names, or as far as it gets in a few seconds."""
        if branch.is_live:
            return
        job_id = branch.job_id or self._start(branch)
        for _ in range(LOOKS):
            job = {"branchName": branch.slug, "jobId": job_id}
            answer = self._amplify.get_job(appId=branch.app.app_id, **job)
            status = answer["job"]["summary"]["status"]
            rows = AmplifyBranch.objects.filter(pk=branch.pk, job_id=job_id)
            if status == "SUCCEED":
                rows.update(is_live=True)
                return
            if status not in _RUNNING:
                rows.update(job_id="")
                raise StillDeploying("Amplify did not deploy the page; it is deployed again.")
            sleep(LOOK_SECONDS)
        raise StillDeploying("Amplify is deploying the page, which takes about a minute.")

    def _start(self, branch: AmplifyBranch) -> str:
        """Start the job that deploys a branch's version, once no other works on the branch."""
        app_id, slug = branch.app.app_id, branch.slug
        archive = self._bucket.read_archive(slug, branch.version)
        self._settle(branch.app)
        if not self._is_there(branch):
            self._make_branch(branch)
        try:
            jobs = self._amplify.list_jobs(appId=app_id, branchName=slug, maxResults=10)
            if any(job["status"] in _RUNNING for job in jobs["jobSummaries"]):
                raise StillDeploying("Amplify is at work on an earlier version of the page.")
            made = self._amplify.create_deployment(appId=app_id, branchName=slug)
            _upload(made["zipUploadUrl"], archive)
            self._amplify.start_deployment(appId=app_id, branchName=slug, jobId=made["jobId"])
        except self._amplify.exceptions.LimitExceededException as error:
            raise StillDeploying(
                "Amplify deploys five pages at once; this one waits for its turn."
            ) from error
        job_id = str(made["jobId"])
        AmplifyBranch.objects.filter(pk=branch.pk, version=branch.version).update(job_id=job_id)
        return job_id


def _decide(branch: AmplifyBranch, version: str, revision: int) -> bool:
    """Note which version a branch is to show; False where a newer revision has decided otherwise."""
    rows = AmplifyBranch.objects.filter(pk=branch.pk, revision__lte=revision)
    if not rows.update(revision=revision):
        return False
    rows.exclude(version=version).update(version=version, job_id="", is_live=False)
    branch.refresh_from_db(fields=["revision", "version", "job_id", "is_live"])
    return branch.version == version


def _archive(slug: str, files: Mapping[str, bytes]) -> bytes:
    """Return a page as an archive, below its slug: by that the app's rule finds its state."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            archive.writestr(zipfile.ZipInfo(f"{slug}/{path}"), files[path])
    return content.getvalue()


def _upload(url: str, archive: bytes) -> None:
    """Send an archive to the address that Amplify signed for it.

    Raises:
        StillDeploying: it did not arrive; nothing is deployed by that.
    """
    try:
        answer = _pool().request(
            "PUT",
            url,
            body=archive,
            headers={"Content-Type": "application/zip"},
            timeout=urllib3.Timeout(connect=3, read=UPLOAD_SECONDS),
            retries=False,
        )
    except urllib3.exceptions.HTTPError as error:
        raise StillDeploying("The page did not reach Amplify; it is sent again.") from error
    if answer.status != 200:
        raise StillDeploying("Amplify refused the page's archive; it is sent again.")


@cache
def _pool() -> urllib3.PoolManager:
    return urllib3.PoolManager()
