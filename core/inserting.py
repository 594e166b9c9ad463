"""Rows made by the database from rows it holds: one `INSERT … SELECT`, however many they are."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import Func, Model, QuerySet, UUIDField, Value


class RandomUUID(Func):
    """A random UUID for each row."""

    arity = 0
    output_field = UUIDField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="LOWER(HEX(RANDOMBLOB(16)))", **context)

    def as_postgresql(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="GEN_RANDOM_UUID()", **context)


def insert_from(rows: QuerySet, model: type[Model], **values: Any) -> int:
    """Insert one row of `model` for each of `rows`, in their order; return how many.

    `values` are by the name of the field: an expression over `rows`, or a value that is the same for all. A field not
    named has its default, which must not differ from row to row. Neither `save()` nor signals are called.
    """
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    told = [values.pop(field.name) if field.name in values else field.get_default() for field in fields]
    if values:
        raise TypeError(f"{model.__name__} has no {', '.join(values)}")
    selected = rows.values_list(
        *(
            value if hasattr(value, "resolve_expression") else Value(value, getattr(field, "target_field", field))
            for field, value in zip(fields, told, strict=True)
        )
    )
    connection = connections[rows.db]
    try:
        sql, params = selected.query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:  # no row can be meant
        return 0
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {sql}", params)
        return cursor.rowcount
