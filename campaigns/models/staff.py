"""Staff: who works here, in which role, for which client."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from campaigns.rules.roles import Role


class User(AbstractUser):
    """A member of staff. Superusers operate the platform and see every client."""


class Membership(models.Model):
    """A user's role at one client; without one, the client does not exist for them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    client = models.ForeignKey(
        "campaigns.Client", on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=20, choices=[(role.value, role.label) for role in Role])

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "client", "role"), name="a_role_is_given_once_per_client"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {Role(self.role).label} · {self.client}"
