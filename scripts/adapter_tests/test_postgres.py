"""Classes of the suite that cannot run as they are: they ask how PostgreSQL is looked into."""

import os

import pytest

from dbt.tests.adapter.functions import test_udfs as functions
from dbt.tests.adapter.materialized_view import files
from dbt.tests.adapter.materialized_view.basic import MaterializedViewBasic
from dbt.tests.adapter.materialized_view.changes import (
    MaterializedViewChanges,
    MaterializedViewChangesApplyMixin,
    MaterializedViewChangesContinueMixin,
    MaterializedViewChangesFailMixin,
)
from dbt.tests.adapter.simple_copy.test_copy_uppercase import BaseSimpleCopyUppercase
from dbt.tests.util import get_model_file, set_model_file

INDEXED = """
{{ config(materialized='materialized_view', indexes=[{'columns': ['id']}]) }}
select * from {{ ref('my_seed') }}
"""
KINDS = {"r": "table", "v": "view", "m": "materialized_view"}


class LooksIntoPostgres:
    @pytest.fixture(scope="class", autouse=True)
    def models(self):
        yield {
            "my_table.sql": files.MY_TABLE,
            "my_view.sql": files.MY_VIEW,
            "my_materialized_view.sql": INDEXED,
        }

    @staticmethod
    def query_relation_type(project, relation):
        found = project.run_sql(
            "select c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            f"where n.nspname = '{relation.schema}' and c.relname = '{relation.identifier}'",
            fetch="one",
        )
        return KINDS[found[0]] if found else None

    @staticmethod
    def insert_record(project, table, record):
        project.run_sql(f"insert into {table} (id, value) values {record}")

    @staticmethod
    def refresh_materialized_view(project, materialized_view):
        project.run_sql(f"refresh materialized view {materialized_view}")

    @staticmethod
    def query_row_count(project, relation):
        return project.run_sql(f"select count(*) from {relation}", fetch="one")[0]


def indexed_columns(project, relation):
    return project.run_sql(
        "select a.attname from pg_index i join pg_attribute a "
        "on a.attrelid = i.indrelid and a.attnum = any(i.indkey) "
        f"where i.indrelid = '{relation.schema}.{relation.identifier}'::regclass order by 1",
        fetch="all",
    )


class ChangesOfIndexes(LooksIntoPostgres, MaterializedViewChanges):
    @staticmethod
    def check_start_state(project, materialized_view):
        assert indexed_columns(project, materialized_view) == [("id",)]

    @staticmethod
    def change_config_via_alter(project, materialized_view):
        before = get_model_file(project, materialized_view)
        set_model_file(project, materialized_view, before.replace("['id']", "['value']"))

    @staticmethod
    def check_state_alter_change_is_applied(project, materialized_view):
        assert indexed_columns(project, materialized_view) == [("value",)]

    @staticmethod
    def change_config_via_replace(project, materialized_view):
        pytest.skip("dbt-postgres knows of no change that asks for a new materialized view")


class TestMaterializedViews(LooksIntoPostgres, MaterializedViewBasic):
    pass


class TestChangesApplied(ChangesOfIndexes, MaterializedViewChangesApplyMixin):
    pass


class TestChangesLeft(ChangesOfIndexes, MaterializedViewChangesContinueMixin):
    pass


class TestChangesRefused(ChangesOfIndexes, MaterializedViewChangesFailMixin):
    pass


class MadeOnPostgres:
    """The suite of functions has no classes that run as they are."""


class TestFunctions(MadeOnPostgres, functions.UDFsBasic):
    pass


class TestDeterministicFunction(MadeOnPostgres, functions.DeterministicUDF):
    pass


class TestStableFunction(MadeOnPostgres, functions.StableUDF):
    pass


class TestNonDeterministicFunction(MadeOnPostgres, functions.NonDeterministicUDF):
    pass


class TestFunctionOfUnsupportedType(MadeOnPostgres, functions.ErrorForUnsupportedType):
    pass


class TestFunctionInPython(MadeOnPostgres, functions.PythonUDFNotSupported):
    pass


class TestFunctionWithoutRuntime(MadeOnPostgres, functions.PythonUDFRuntimeVersionRequired):
    pass


class TestFunctionWithoutEntryPoint(MadeOnPostgres, functions.PythonUDFEntryPointRequired):
    pass


class TestFunctionWithDefault(MadeOnPostgres, functions.SqlUDFDefaultArgSupport):
    expect_default_arg_support = True


class TestRelationOfFunction(MadeOnPostgres, functions.CanFindScalarFunctionRelation):
    pass


class TestCopyUppercase(BaseSimpleCopyUppercase):
    @pytest.fixture(scope="class")
    def dbt_profile_target(self):
        return {
            "type": "postgres",
            "threads": 4,
            "host": "localhost",
            "port": int(os.environ.get("POSTGRES_TEST_PORT", 5432)),
            "user": "root",
            "pass": "password",
            "dbname": "dbtMixedCase",
        }
