"""The base of every model whose rows belong to a client."""

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models.query import ModelIterable

from campaigns.accounts.tenancy.query import TenantQuery, leads_to_client, way_to_client
from campaigns.accounts.tenancy.scope import OutsideScope, current, unscoped

_M = TypeVar("_M", bound=models.Model)


class TenantQuerySet(models.QuerySet[_M]):
    """Rows within the scope: read, counted, changed, removed and added."""

    def __init__(self, model: Any = None, query: Any = None, **options: Any) -> None:
        super().__init__(model, query or TenantQuery(model), **options)

    def _fetch_all(self) -> None:
        fresh = self._result_cache is None
        super()._fetch_all()
        if fresh and self._result_cache and issubclass(self._iterable_class, ModelIterable):
            current().note_known(self.model, (row.pk for row in self._result_cache))

    def _raw_delete(self, using: str | None) -> int:
        confined: Any = self.all()
        confined.query = confined.query.confined()
        deleted: int = super(TenantQuerySet, confined)._raw_delete(using)
        return deleted

    _raw_delete.alters_data = True  # type: ignore[attr-defined]

    def _insert(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        rows = list(objs)
        for row in rows:
            refuse_foreign(row)
        return super()._insert(rows, *args, **kwargs)  # type: ignore[misc]

    _insert.alters_data = True  # type: ignore[attr-defined]
    _insert.queryset_only = False  # type: ignore[attr-defined]


class TenantManager(models.Manager[_M]):
    """The manager of rows that belong to clients: the default one, and the one that Django uses itself."""

    _queryset_class = TenantQuerySet


class TenantModel(models.Model):
    """A row that belongs to a client, and can be touched within a scope only.

    ``belongs_to`` names the column that leads to the client: a foreign key to it or
    to another such row, or the row's own key. ``belongs_to_model`` is whose key the
    column holds where it is no foreign key, as with what the mirror may get before
    its submission; within a scope of some clients such a row exists once its
    submission does.
    """

    belongs_to: ClassVar[str]
    belongs_to_model: ClassVar[type[models.Model] | None] = None

    objects = TenantManager()

    class Meta:
        abstract = True
        # Django's own queries too: foreign keys that are followed, saving, refreshing, cascades.
        base_manager_name = "objects"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Remove the row; Django would do so without asking a manager."""
        refuse_foreign(self)
        return super().delete(*args, **kwargs)

    def _perform_unique_checks(self, unique_checks: Any) -> Any:
        # The database keeps them over all clients. Within a scope a taken name would
        # look free, and its insert fail without a sentence.
        with unscoped("what is unique is unique over all clients"):
            return super()._perform_unique_checks(unique_checks)  # type: ignore[misc]

    def validate_constraints(self, exclude: Any = None) -> None:
        """Check the constraints as the database does: over all clients."""
        with unscoped("what is unique is unique over all clients"):
            super().validate_constraints(exclude)


def refuse_foreign(row: Any) -> None:
    """Refuse to add or remove a row whose client is known, without a query, to lie outside the scope.

    Raises:
        OutsideScope: it does, or there is no scope.
    """
    client_ids = current().client_ids
    if client_ids is None:
        return
    kind = type(row).__name__
    while row is not None:
        field, parent = way_to_client(type(row))
        key = getattr(row, field.attname)
        if leads_to_client(parent):
            if key not in client_ids and not (key is None and field.null):
                raise OutsideScope(f"{kind} belongs to a client outside the scope.")
            return
        row = field.get_cached_value(row, None) if field.is_relation else None
