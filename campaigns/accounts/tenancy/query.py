"""SQL that is confined to the scope when it is compiled, however the queryset came about.

At that moment, because Django makes querysets long before anybody asks them: a
form's choices while modules load, related managers, checks of uniqueness. One
that is evaluated after its request, or in a thread of its own, has no scope.

What a query joins is confined by what it is joined to, but for a way over
people, who may work for several clients: ``actor__memberships__client`` leads
out of the scope, and so does SQL written by hand.
"""

from typing import Any, cast

from django.db.models import Exists, Model, OuterRef, sql
from django.db.models.expressions import Col
from django.db.models.lookups import Exact, In
from django.db.models.sql.datastructures import Join
from django.db.models.sql.where import AND, WhereNode

from campaigns.accounts.tenancy.scope import Scope, current


class Among(In):
    """``column IN (ids)`` that SQLite starts no plan from: queries keep the plan that they were tuned for."""

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the condition with the sign by which SQLite leaves the column's indexes alone."""
        text, parameters = self.as_sql(compiler, connection)
        return f"+{text}", parameters


class TenantQuery(sql.Query):
    """A query on rows that belong to clients.

    It adds one condition on the row's own table and no join. A query that
    confines itself already (see :func:`_confines_itself`) stays as it is.
    """

    _was_confined = False

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        """Compile for the scope; see :meth:`confined`."""
        return sql.Query.get_compiler(self.confined(), *args, **kwargs)

    def chain(self, klass: Any = None) -> Any:
        """Confine what an update changes: Django makes a query of another class for it."""
        confined = self.confined() if klass is sql.UpdateQuery else self
        return sql.Query.chain(confined, klass)

    def confined(self) -> "TenantQuery":
        """Return the same query within the scope.

        Raises:
            OutsideScope: there is none.
        """
        if self._was_confined or self.is_empty():
            return self
        here = current()
        if here.client_ids is None or self.combinator or _confines_itself(self, here):
            return self  # of a union, each part is confined by itself
        query = cast(TenantQuery, self.clone())
        query._was_confined = True
        query.where.add(_condition(query, here.client_ids), AND)
        return query


def way_to_client(model: Any) -> tuple[Any, type[Model] | None]:
    """Return the column that leads to a row's client, and the model whose key it holds; none for the client itself."""
    field = model._meta.pk if model.belongs_to == "pk" else model._meta.get_field(model.belongs_to)
    parent = model.belongs_to_model or field.related_model
    return field, parent if parent is not None and hasattr(parent, "belongs_to") else None


def leads_to_client(parent: Any) -> bool:
    """Tell whether a column that holds a key of ``parent`` holds the client's id."""
    return parent is None or parent.belongs_to == "pk"


def _condition(query: TenantQuery, client_ids: frozenset[int]) -> Any:
    field, parent = way_to_client(query.model)
    if leads_to_client(parent):
        return Among(field.get_col(query.get_initial_alias()), sorted(client_ids))
    assert parent is not None
    query.get_initial_alias()
    owner = parent._base_manager.filter(pk=OuterRef(field.attname))
    return Exists(owner).resolve_expression(query)


def _confines_itself(query: TenantQuery, here: Scope) -> bool:
    """Tell whether one of the conditions that all hold leaves rows of the scope only.

    Such are: the column that leads to the client among ids of the scope, or
    among the keys of a query that is confined itself; the existence of the row
    that it leads to, in such a query; or one of these on a row that is joined to it.
    """
    if not query.where.children:
        return False
    conditions = list(_all_of(query.where))
    return _is_confined(query, query.get_initial_alias(), query.model, conditions, here)


def _is_confined(
    query: TenantQuery, alias: str, model: Any, conditions: list[Any], here: Scope
) -> bool:
    field, parent = way_to_client(model)
    if any(_leads_within(condition, alias, field, parent, here) for condition in conditions):
        return True
    if leads_to_client(parent):
        return False
    return any(
        _is_confined(query, joined, parent, conditions, here)
        for joined, table in query.alias_map.items()
        if isinstance(table, Join) and table.parent_alias == alias and table.join_field == field
    )


def _leads_within(condition: Any, alias: str, field: Any, parent: Any, here: Scope) -> bool:
    if isinstance(condition, Exact) and isinstance(condition.lhs, Exists):
        condition = condition.lhs if condition.rhs is True else None
    if isinstance(condition, Exists):
        rows: Any = condition.query
        return _is_of(rows, parent) and any(
            isinstance(link, Exact) and _is_key(link.lhs, rows) and _is(link.rhs, alias, field)
            for link in _all_of(rows.where)
        )
    if not isinstance(condition, Exact | In) or not _is(condition.lhs, alias, field):
        return False
    rows = condition.rhs
    if isinstance(rows, sql.Query):
        return _is_of(rows, parent) and len(rows.select) == 1 and _is_key(rows.select[0], rows)
    if hasattr(rows, "as_sql"):
        return False
    keys = rows if isinstance(condition, In) else [rows]
    if leads_to_client(parent):
        return set(keys) <= (here.client_ids or frozenset())
    return here.knows(parent, keys)


def _is_of(rows: Any, parent: Any) -> bool:
    return isinstance(rows, TenantQuery) and rows.model is parent and not rows.combinator


def _is(expression: Any, alias: str, field: Any) -> bool:
    return isinstance(expression, Col) and expression.alias == alias and expression.target == field


def _is_key(expression: Any, rows: Any) -> bool:
    return _is(expression, rows.base_table, rows.model._meta.pk)


def _all_of(where: Any) -> Any:
    """Yield the conditions that must all hold."""
    if where.negated or (where.connector != AND and len(where.children) > 1):
        return
    for child in where.children:
        if isinstance(child, WhereNode):
            yield from _all_of(child)
        else:
            yield child
