"""Who may ask for every client's rows: a list of modules, read from the source."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from celery import current_app

from campaignhub.clock.management.commands.clock import load_rounds
from campaignhub.clock.rounds import ROUNDS
from campaignhub.env import ROOT

FOLDERS = ("campaignhub", "campaigns", "submissions", "ingest_lambda")
SAYS_NO_SCOPE = {
    # The clock, the drains, the commands: for every client, and sent by nobody.
    "campaigns.access.tasks": "block lists that the table lacks",
    "campaigns.accounts.tasks": "invitations that are due",
    "campaigns.jobs.services.running": "a job of the platform, which an operator started",
    "campaigns.jobs.tasks": "slices that are due",
    "campaigns.publishing.tasks": "campaigns that open and close",
    "campaigns.workbench.management.commands.demo": "makes its clients",
    "campaigns.workbench.management.commands.client_domain": "one client's domain",
    "campaigns.workbench.management.commands.pages": "every campaign",
    "campaigns.workbench.management.commands.republish": "every campaign",
    "submissions.awards.tasks": "awards that wait for their photos, entries that were held",
    "submissions.intake.drains": "the stream of the table",
    "submissions.intake.tasks": "photos and answers that are overdue",
    "submissions.mail.tasks": "mails that are due",
    "submissions.operations.management.commands.backfill": "the whole table",
    "submissions.operations.management.commands.reconcile": "the whole table",
    "submissions.operations.management.commands.restore_table": "the whole table",
    "submissions.operations.tasks": "the whole table, the whole bucket",
    "submissions.review.tasks": "the outbox",
    # Requests that nobody of the client sends.
    "campaigns.accounts.sign_in": "nobody is signed in yet",
    "campaigns.accounts.welcome.views": "who is invited works for the client from then on",
    "submissions.mail.services.outcomes": "the mail service names a mail",
    # One question each, whose answer is of no client.
    "campaigns.accounts.services.passwords": "Django's own command asks for the names of clients",
    "campaigns.accounts.services.scope": "reads the clients that make a scope",
    "campaigns.accounts.services.staff": "whether somebody works for any other client",
    "campaigns.accounts.tenancy.models": "what is unique is unique over all clients",
    "campaigns.setup.services.campaign": "whether an address is taken",
    "submissions.mirror.services.search": "candidates, of which the caller keeps its own",
}
"""Module → why no client confines it. A new line here is a decision; see DESIGN §5."""
DEFINES_IT = {"campaigns.accounts.tenancy", "campaigns.accounts.tenancy.scope"}
PAST_THE_MANAGER = {
    "campaignhub.health": "SELECT 1",
    "campaignhub.management.commands.up": "which tables and columns the database has; no row",
    "campaignhub.triggers": "a migration's; it asks SQLite which triggers a table has",
    "submissions.intake.drains": "SELECT 1",
    "submissions.mirror.services.by_campaign": "branches that Django has compiled, each confined",
    "submissions.operations.services.blocking": "PostgreSQL's views of its sessions; no row of a client",
    "submissions.mirror.services.upsert": "the drain's; it writes what the stream brings",
}
"""Modules that write SQL by hand, which no manager sees, and what it is."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Read every module of the product."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            if ".migrations." not in name:
                yield name.removesuffix(".__init__"), ast.parse(path.read_text())


def names(tree: ast.Module) -> set[str]:
    """Return what a module names, by whichever way it came by it."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.alias):
            found |= {node.name.rpartition(".")[2], node.asname or ""}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found


def taken(tree: ast.Module) -> set[str]:
    """Return what a module imports of the room that knows scopes."""
    return {
        one.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("campaigns.accounts.tenancy")
        for one in node.names
    }


def called(tree: ast.Module) -> set[str]:
    """Return the names of the methods that a module calls."""
    return {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }


def test_only_these_modules_ask_for_every_client_s_rows() -> None:
    asking = {name for name, tree in modules() if "unscoped" in names(tree)}
    assert asking - DEFINES_IT == set(SAYS_NO_SCOPE)


def test_no_other_module_makes_a_scope_of_every_client() -> None:
    """A scope that is made by hand could read ``None``, which is every client."""
    making = {name for name, tree in modules() if {"enter", "Scope"} & taken(tree)}
    assert making - DEFINES_IT == {
        "campaigns.accounts.services.scope",
        "campaigns.accounts.staff_scope",
        "campaigns.accounts.tenancy.query",  # to say whose it looks at
    }


def test_only_these_modules_write_sql_that_no_manager_sees() -> None:
    past = {
        name
        for name, tree in modules()
        if {"RawSQL", "RawQuerySet", "copy_context"} & names(tree)
        or {"cursor", "raw", "extra"} & called(tree)
    }
    assert past == set(PAST_THE_MANAGER)


def test_each_of_them_is_there() -> None:
    for name in (*SAYS_NO_SCOPE, *PAST_THE_MANAGER):
        assert import_module(name), name


def test_every_task_that_touches_rows_says_so_itself() -> None:
    """Run as clock and workers run it, without anybody's scope; what has no rows of clients is named."""
    of_no_client = {
        "accounts.clear_sessions",
        "accounts.clear_sign_in_counts",
        "clock.send_due_tasks",
        "publishing.announce_token_keys",
    }
    load_rounds()
    run: dict[str, Any] = {
        name: task for name, task in current_app.tasks.items() if "celery." not in name
    }
    run |= {name: one.run for name, one in ROUNDS.items()}
    tasks = {name: Path(import_module(one.__module__).__file__ or "") for name, one in run.items()}
    for name, path in tasks.items():
        functions = [
            node
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.FunctionDef) and node.name == name.rpartition(".")[2]
        ]
        asks = any(
            "unscoped" in ast.unparse(one) for node in functions for one in node.decorator_list
        )
        assert asks is (name not in of_no_client), name
