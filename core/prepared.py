"""Queries of every page view, put into SQL once in each process.

Django writes the SQL of a query anew each time it is asked, and that takes several times as long as the database needs
to answer. A prepared query is an ordinary queryset, written once with examples in the place of its values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable

Row = TypeVar("Row")

# Values that no page asks for, by their kind and their number in the query.
EXAMPLES: dict[type, Callable[[int], Any]] = {
    int: lambda number: -7_919_000 - number,
    str: lambda number: f"\0{number}",
}


@dataclass(frozen=True)
class Plan:
    """SQL, its parameters as (name of a value or None, constant), and how to make a row into what the query yields."""

    alias: str
    sql: str
    slots: tuple[tuple[str | None, Any], ...]
    compiler: Any
    converters: dict
    fields: list[str]
    start: int
    end: int
    annotations: dict[str, int]


class Prepared(Generic[Row]):
    """`Prepared(build, name=int, …)`; `build(name=…)` returns the queryset, of whole rows or of `values_list`.

    Values are whole numbers or text, each used in exact comparisons. Whatever else `build` reads is read once, so the
    present moment has no place in it; related rows and prefetches are not read along.
    """

    def __init__(self, build: Callable[..., "QuerySet[Any]"], **kinds: type):
        self.build = build
        self.kinds = kinds

    @cached_property
    def plan(self) -> Plan:
        examples = {name: EXAMPLES[kind](number) for number, (name, kind) in enumerate(self.kinds.items())}
        names = {example: name for name, example in examples.items()}
        queryset = self.build(**examples)
        compiler = queryset.query.get_compiler(queryset.db)
        sql, parameters = compiler.as_sql()
        if not set(names) <= set(parameters):
            raise ValueError("each value must be compared with a column of its own kind")
        start, end, fields = 0, len(compiler.select), []
        if issubclass(queryset._iterable_class, ModelIterable):
            chosen = compiler.klass_info["select_fields"]
            start, end = chosen[0], chosen[-1] + 1
            fields = [column[0].target.attname for column in compiler.select[start:end]]
        slots = tuple((names.get(parameter), parameter) for parameter in parameters)
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        return Plan(queryset.db, sql, slots, compiler, converters, fields, start, end, compiler.annotation_col_map)

    @cached_property
    def model(self) -> type[Model]:
        return self.plan.compiler.query.model

    def __call__(self, **values: int | str) -> list[Row]:
        """Ask the database; the rows are as fresh as those of any query."""
        plan = self.plan
        parameters = [constant if name is None else values[name] for name, constant in plan.slots]
        with connections[plan.alias].cursor() as cursor:
            cursor.execute(plan.sql, parameters)
            rows = cursor.fetchall()
        if plan.converters:
            rows = plan.compiler.apply_converters(rows, plan.converters)
        return [self._made(row) for row in rows] if plan.fields else [tuple(row) for row in rows]

    def _made(self, row) -> Row:
        plan = self.plan
        made = self.model.from_db(plan.alias, plan.fields, row[plan.start : plan.end])
        for name, position in plan.annotations.items():
            setattr(made, name, row[position])
        return made

    def first(self, **values: int | str) -> Row | None:
        """Return the first row; the query itself should ask for no more than one."""
        return next(iter(self(**values)), None)
