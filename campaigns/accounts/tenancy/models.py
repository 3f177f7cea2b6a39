"""The base of every model whose rows belong to a client."""

from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django.db import models
from django.db.models import F
from django.db.models.constants import OnConflict
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
        rows: Any = self._result_cache
        if fresh and rows and issubclass(self._iterable_class, ModelIterable):
            here = current()
            here.note_known(self.model, (row.pk for row in rows))
            field, parent = way_to_client(self.model)
            if parent is not None and not leads_to_client(parent):
                keys = (vars(row)[field.attname] for row in rows if field.attname in vars(row))
                here.note_known(parent, keys)

    def update(self, **values: Any) -> int:
        """Change rows of the scope; none of them goes to another client."""
        fields = self.model._meta
        refuse_moving(self.model, ((_field(fields, name), one) for name, one in values.items()))
        return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def _update(self, values: Any) -> int:
        refuse_moving(self.model, ((field, value) for field, _model, value in values))
        changed: int = super()._update(values)  # type: ignore[misc]
        return changed

    _update.alters_data = True  # type: ignore[attr-defined]
    _update.queryset_only = False  # type: ignore[attr-defined]

    def _raw_delete(self, using: str | None) -> int:
        confined: Any = self.all()
        confined.query = confined.query.confined()
        deleted: int = super(TenantQuerySet, confined)._raw_delete(using)
        return deleted

    _raw_delete.alters_data = True  # type: ignore[attr-defined]

    def _insert(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> Any:
        rows = list(objs)
        if kwargs.get("on_conflict") is OnConflict.UPDATE and current().client_ids is not None:
            raise OutsideScope("An insert that may change what is there can't be confined.")
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
    log_name: ClassVar[str] = ""
    """What the log calls a ``row`` that it has lines about, such as ``campaign:{row.slug}``."""

    objects = TenantManager()

    class Meta:
        abstract = True
        # Django's own queries too: foreign keys that are followed, saving, refreshing, cascades.
        base_manager_name = "objects"

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Remove the row; Django would do so without asking a manager."""
        refuse_foreign(self)
        _refuse_unless_within(type(self), type(self), self.pk)
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
    """Refuse to add or remove a row whose client lies outside the scope.

    Whether the row that it belongs to lies within is asked of the database, unless the
    scope has read that row or has it in hand.

    Raises:
        OutsideScope: it does, or there is no scope.
    """
    if current().client_ids is None:
        return
    kind = type(row)
    while True:
        field, parent = way_to_client(type(row))
        above = field.get_cached_value(row, None) if field.is_relation else None
        if above is None or leads_to_client(parent):
            _refuse_unless_within(kind, parent, getattr(row, field.attname), is_optional=field.null)
            return
        row = above


def refuse_moving(model: Any, values: Iterable[tuple[Any, Any]]) -> None:
    """Refuse new values of columns by which rows would belong to a client outside the scope.

    Raises:
        OutsideScope: one is such a key, or an expression, which nobody can look at.
    """
    here, (way, parent) = current(), way_to_client(model)
    itself = (way.name, way.attname, "pk" if way.primary_key else "")
    for field, value in values if here.client_ids is not None else ():
        if field != way or (isinstance(value, F) and vars(value)["name"] in itself):
            continue
        if hasattr(value, "resolve_expression"):
            raise OutsideScope(f"{model.__name__} would belong to a client that nobody named.")
        key = value.pk if isinstance(value, models.Model) else value
        _refuse_unless_within(model, parent, key, is_optional=field.null)


def _refuse_unless_within(kind: Any, parent: Any, key: Any, *, is_optional: bool = False) -> None:
    """Refuse a key of ``parent``, whose row decides whose a row of ``kind`` is."""
    here = current()
    if here.client_ids is None or (key is None and is_optional):
        return
    if leads_to_client(parent):
        is_within = key in here.client_ids
    else:
        is_within = here.knows(parent, [key]) or parent._base_manager.filter(pk=key).exists()
    if not is_within:
        raise OutsideScope(f"{kind.__name__} belongs to a client outside the scope.")


def _field(fields: Any, name: str) -> Any:
    return fields.pk if name == "pk" else fields.get_field(name)
