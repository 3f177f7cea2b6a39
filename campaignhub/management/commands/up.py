"""``manage.py up``: the whole platform on this machine, in one terminal."""

import os
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from campaignhub.deployment.errors import CannotDeploy
from campaignhub.env import ROOT, VAR, env
from campaignhub.local_aws.processes import EmbeddedError
from campaignhub.local_aws.services import Plan
from campaignhub.local_aws.supervisor import Supervisor
from campaignhub.private_files import UMASK


class Command(BaseCommand):
    """Start AWS's stand-in, the site, its drains, clock and workers, and the Pipes; Ctrl-C ends them."""

    help = "Run the whole platform on this machine, with a demo; Ctrl-C stops it."
    requires_system_checks = ()  # the services check themselves; here it would cost seconds

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until stopped; what it and its children write, nobody else reads."""
        os.umask(UMASK)
        settings = env()
        plan = Plan(
            root=ROOT,
            var=VAR,
            web_port=settings.web_port,
            aws_port=settings.aws_port,
            is_migrated=_is_migrated,
            bootstrap=_bootstrap,
            sender=settings.default_from_email,
            fixed=frozenset(settings.model_fields_set & {"web_port", "aws_port"}),
            parameters={
                "IngestConsumer": settings.ingest_consumer,
                "PipeTarget": settings.pipe_target,
            },
        )
        try:
            refuse_tables_of_another_version()
            Supervisor(plan).run()
        except (CannotDeploy, EmbeddedError) as error:
            raise CommandError(str(error)) from error


def refuse_tables_of_another_version() -> None:
    """Refuse a database that was not made by the migrations that are here.

    A history of migrations may be folded into new ones of the same names, so
    that the names alone do not tell: the tables must have their columns too.

    Raises:
        EmbeddedError: it was made by another version, and no migration leads from there to here.
    """
    try:
        loader = MigrationExecutor(connection).loader
        applied = set(loader.applied_migrations)
        is_other = not applied <= set(loader.disk_migrations)
        is_other = is_other or any(
            _lacks_columns(app) for app, last in loader.graph.leaf_nodes() if (app, last) in applied
        )
    except DatabaseError:
        return  # there is none yet
    finally:
        connection.close()
    if is_other:
        raise EmbeddedError(
            f"The data in {VAR} was made by another version of CampaignHub, whose tables were laid "
            f"out differently. Move it away (mv {VAR} {VAR}.before) and start again; or go back to "
            "that version."
        )


def _lacks_columns(app: str) -> bool:
    """Tell whether a table of an app lacks a column that its model has, or is not there."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_app_config(app).get_models():
            table = model._meta.db_table
            if table not in tables:
                return True
            described = connection.introspection.get_table_description(cursor, table)
            columns = {field.column for field in model._meta.local_concrete_fields}
            if not columns <= {column.name for column in described}:
                return True
    return False


def _is_migrated() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False
    finally:
        # The supervisor starts processes for hours; none of them shall inherit this.
        connection.close()


def _bootstrap(into: Path) -> None:
    try:
        call_command("bootstrap", into=into, republish=False)
    except Exception as exc:
        raise EmbeddedError(f"The demo could not be prepared: {type(exc).__name__}.") from exc
    finally:
        connection.close()
