"""Filters that name nothing of another client: a name in a filter is a leak as well."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from campaignhub.staff_site.access import scope


class ScopedClients(admin.RelatedFieldListFilter):
    """Offer one's own clients only."""

    def field_choices(self, _field: Any, request: HttpRequest, _model_admin: Any) -> Any:
        """Return the clients to choose from."""
        rows = scope().clients_of(request.user)
        return [(client.pk, str(client)) for client in rows.order_by("name")]
