"""The admin of things that services make and end: pages of our own in the place of Django's form."""

from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from campaignhub.staff_site.scoped import ScopedModelAdmin
from campaignhub.staff_site.views import AddPage, RowPage


class ActionsAdmin(ScopedModelAdmin):
    """An admin whose rows are never edited in a form of Django's."""

    add_page: ClassVar[type[AddPage]]
    row_page: ClassVar[type[RowPage]]

    def add_view(self, request: HttpRequest, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """Show the form that makes one, or make what it asks for."""
        return self.add_page.as_view(model_admin=self)(request)

    def change_page(self, request: HttpRequest, object_id: UUID | int) -> HttpResponse:
        """Show one, or do what was asked of it."""
        return self.row_page.as_view(model_admin=self)(request, object_id=object_id)
