"""Whose rows code may touch: declared once by each model, said by every entry point, and nobody's until then."""

from campaigns.accounts.tenancy.models import TenantManager, TenantModel, TenantQuerySet
from campaigns.accounts.tenancy.scope import OutsideScope, Scope, current, enter, scope, unscoped

__all__ = [
    "OutsideScope",
    "Scope",
    "TenantManager",
    "TenantModel",
    "TenantQuerySet",
    "current",
    "enter",
    "scope",
    "unscoped",
]
