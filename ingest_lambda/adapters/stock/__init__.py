"""The stock table: units of prizes that nobody has yet, and what is given. Every key and condition of it is here.

A table of its own, without a stream: no code and no winning moment reaches the
mirror, the ledger's scan does not walk over codes, and an import delays no
submission. Transactions span it and the main table.

Writers keep out of each other's way before they meet in a transaction, which costs
ten times as much: each thread draws a block of its own, and a moment is reserved for
half a second (``tried_by``, ``tried_until``). Both are hints. What is given once is so
by the given unit, whoever held a reservation.

==================  ===========================================  ====================================
item                pk                                           sk
==================  ===========================================  ====================================
winning moment      ``MOMENT#{campaign}#{set}#{local day}``      ``{at}#{rank}#{prize}#{unit}``
returned moment     ``MOMENT#{campaign}#RETURNED``               as before
block of units      ``UNIT#{campaign}#{prize}#{batch}#{block}``  ``BLOCK``
returned unit       ``UNIT#{campaign}#{prize}#RETURNED``         ``{unit}``
batch of a pool     ``POOL#{campaign}#{prize}``                  ``{batch}``
given unit          ``GIVEN#{campaign}#{prize}#{unit}``          ``GIVEN``
shared code         ``FALLBACK#{campaign}#{prize}``              ``FALLBACK``
==================  ===========================================  ====================================
"""

from typing import Any

from ingest_lambda.adapters.stock.blocks import BatchIsOpen as BatchIsOpen
from ingest_lambda.adapters.stock.blocks import BlockItems
from ingest_lambda.adapters.stock.given import GivenItems
from ingest_lambda.adapters.stock.given import given_part as given_part
from ingest_lambda.adapters.stock.given import unit_part as unit_part
from ingest_lambda.adapters.stock.moments import MomentItems
from ingest_lambda.adapters.stock.next_moments import MomentPlan as MomentPlan
from ingest_lambda.adapters.stock.next_moments import NextMoments as NextMoments
from ingest_lambda.adapters.stock.next_units import NextUnits as NextUnits
from ingest_lambda.adapters.stock.units import BlockUnit as BlockUnit
from ingest_lambda.adapters.stock.units import FallbackUnit as FallbackUnit
from ingest_lambda.adapters.stock.units import MomentUnit as MomentUnit
from ingest_lambda.adapters.stock.units import ReturnedUnit as ReturnedUnit
from ingest_lambda.adapters.stock.units import StockUnit as StockUnit
from ingest_lambda.adapters.stock.withdrawing import Withdrawals
from ingest_lambda.adapters.table import Store


class Stock:
    """The stock table in parts by subject, which share its client."""

    def __init__(self, client: Any, name: str, *, read_attempts: int = 1) -> None:
        self.store = Store(client, name, read_attempts=read_attempts)
        self.moments = MomentItems(self.store)
        self.blocks = BlockItems(self.store)
        self.given = GivenItems(self.store)
        self.withdrawals = Withdrawals(self.store, self.blocks, self.given)
