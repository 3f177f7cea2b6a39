"""``column__prefix="smi"``: what begins so, found through a plain index on both databases."""

from typing import Any

from django.db.models import CharField, Lookup

_AFTER_ALL = "\U0010ffff"


@CharField.register_lookup
class Prefix(Lookup):
    """Match the beginning of a text by its bytes.

    SQLite cannot use an index for ``LIKE`` as Django writes it, hence a range
    there; PostgreSQL can, through an index with ``varchar_pattern_ops``.
    """

    lookup_name = "prefix"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return ``LIKE`` with the wildcards of the term itself disarmed."""
        column, parameters = self.process_lhs(compiler, connection)
        term = connection.ops.prep_for_like_query(self.rhs)
        return f"{column} LIKE %s", (*parameters, f"{term}%")

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the range of all texts that begin so."""
        column, parameters = self.process_lhs(compiler, connection)
        term = str(self.rhs)
        return (
            f"({column} >= %s AND {column} < %s)",
            (*parameters, term, *parameters, term + _AFTER_ALL),
        )
