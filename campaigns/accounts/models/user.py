"""Staff: who works here, in which role, for which client; and how often somebody tried to sign in."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from campaigns.accounts.rules.roles import Role
from campaigns.accounts.tenancy import TenantModel


class User(AbstractUser):
    """A member of staff. Superusers operate the platform and see every client."""

    session_version = models.PositiveIntegerField(default=0, editable=False)
    """Sessions carry it: all of an account's sessions end when it changes."""
    follows_jobs = models.BooleanField(default=False, editable=False)
    """Whether a job of theirs goes on, or has ended without their being told; else no page asks for jobs."""

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                condition=~models.Q(email=""),
                name="an_address_belongs_to_one_account",
            ),
        )

    def get_session_auth_hash(self) -> str:
        """Return what a session must carry to be this account's: password and version."""
        return self._session_hash()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Return what sessions carry that began under an earlier secret key."""
        for earlier in settings.SECRET_KEY_FALLBACKS:
            yield self._session_hash(earlier)

    def _session_hash(self, secret: str | bytes | None = None) -> str:
        value = f"{self.password}|{self.session_version}"
        return salted_hmac(
            "campaigns.session", value, secret=secret, algorithm="sha256"
        ).hexdigest()


class Membership(TenantModel):
    """A user's role at one client; without one, the client does not exist for them."""

    belongs_to = "client"
    log_name = "user:{row.user_id}"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    client = models.ForeignKey(
        "accounts.Client", on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])

    class Meta:
        verbose_name = "colleague"
        constraints = (
            models.UniqueConstraint(
                fields=("user", "client", "role"), name="a_role_is_given_once_per_client"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {Role(self.role).label} · {self.client}"


class SignInCount(models.Model):
    """Attempts of one kind: of an account, from an address, on a device. Short-lived: the clock removes old ones.

    ``key`` is a keyed hash: neither names, which people mix up with their
    passwords, nor addresses are kept here.
    """

    key = models.CharField(primary_key=True, max_length=64)
    attempts = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField(db_index=True)
    blocked_until = models.DateTimeField(null=True)
    logged_at = models.DateTimeField(null=True)
    """When the log last got a line about it."""

    def __str__(self) -> str:
        return f"{self.key[:8]} · {self.attempts}"
