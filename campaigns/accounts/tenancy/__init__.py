"""Whose rows code may touch: declared once by each model, said by every entry point, and nobody's until then."""

from campaigns.accounts.tenancy.models import TenantManager as TenantManager
from campaigns.accounts.tenancy.models import TenantModel as TenantModel
from campaigns.accounts.tenancy.models import TenantQuerySet as TenantQuerySet
from campaigns.accounts.tenancy.scope import OutsideScope as OutsideScope
from campaigns.accounts.tenancy.scope import Scope as Scope
from campaigns.accounts.tenancy.scope import current as current
from campaigns.accounts.tenancy.scope import enter as enter
from campaigns.accounts.tenancy.scope import scope as scope
from campaigns.accounts.tenancy.scope import unscoped as unscoped
