"""What Amplify calls our clients and campaigns: an app each, a branch each."""

from django.db import models

from campaigns.accounts.tenancy import TenantModel


class AmplifyApp(TenantModel):
    """A client's app. ``domain`` is its own name, below which each campaign has a name of its own."""

    belongs_to = "client"

    client = models.OneToOneField(
        "accounts.Client", on_delete=models.PROTECT, related_name="amplify_app"
    )
    app_id = models.CharField(max_length=20, unique=True)
    default_domain = models.CharField(max_length=100)
    domain = models.CharField(max_length=253, blank=True)
    settings_sha256 = models.CharField(max_length=64, blank=True)
    """Of the headers and rules that the app has."""

    def __str__(self) -> str:
        return self.app_id


class AmplifyBranch(TenantModel):
    """A campaign's branch. Amplify refuses no late deployment, so what is deployed is decided here.

    ``job_id`` deploys ``version``; empty where nothing does. ``is_live`` tells that it has ended well.
    """

    belongs_to = "app"

    app = models.ForeignKey(AmplifyApp, on_delete=models.CASCADE, related_name="branches")
    slug = models.CharField(max_length=60, unique=True)
    revision = models.PositiveIntegerField(default=0)
    version = models.CharField(max_length=64, blank=True)
    job_id = models.CharField(max_length=255, blank=True)
    is_live = models.BooleanField(default=False)
    framed_by = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.slug
