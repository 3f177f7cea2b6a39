"""The table and the stock as the functions see them, once per process."""

from functools import cache

from campaignhub.aws import dynamodb
from campaignhub.env import env
from ingest_lambda.adapters import stock, table
from ingest_lambda.contract import complete
from ingest_lambda.functions import write

complete()  # every process of Django's comes by here before it starts a thread


@cache
def submissions_table() -> table.Table:
    """Return the submissions table."""
    return table.Table(table.quickened(dynamodb()), env().table_name)


@cache
def stock_table() -> stock.Stock:
    """Return the stock table: units of prizes, winning moments and to whom they are given."""
    return stock.Stock(table.quickened(dynamodb()), env().stock_table_name)


@cache
def giver() -> write.Giver:
    """Return what gives units of the stock, as the writer does."""
    return write.Giver(stock_table())
