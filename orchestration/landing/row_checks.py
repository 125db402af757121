"""The SQL that reads the rows of a file, and names everything that is wrong with each.

Belongs here: which text a column is made of, rules between columns, what the mapping refuses.
Does not belong here: one column (`column_checks`), running it (`check`), files (`reading`).
"""

from dataclasses import dataclass
from functools import partial

from orchestration.landing.column_checks import (
    CONTROL,
    column_reasons,
    fold_name,
    text_name,
    typed_value,
)
from orchestration.landing.contract import Contract
from orchestration.landing.expressions import compile_expression, quoted, text_literal
from orchestration.landing.never_kept import NOT_KEPT
from orchestration.landing.row_zones import in_utc, zone_reasons
from orchestration.landing.source_set import FeedMapping


@dataclass(frozen=True, kw_only=True)
class RowChecks:
    """One feed's row checks: text columns, typed columns, and reason → condition.

    `early` are the conditions on the file's own columns, `late` those on text and typed values.
    """

    text: dict[str, str]
    folds: dict[str, str]
    typed: dict[str, str]
    early: dict[str, str]
    late: dict[str, str]

    @property
    def reasons(self) -> dict[str, str]:
        """Every reason with its condition on the row that `rows_sql` answers."""
        return {**{why: quoted(why) for why in self.early}, **self.late}

    def rows_sql(self, text_rows: str, *, numbered: bool = False) -> str:
        """Select the rows of a file: their text, typed values and early conditions."""
        number = ["row_number() over () as _row"] if numbered else []
        text = [f"{source} as {text_name(name)}" for name, source in self.text.items()]
        folds = [f"({sql}) as {fold_name(name)}" for name, sql in self.folds.items()]
        early = [f"({condition}) as {quoted(why)}" for why, condition in self.early.items()]
        typed = [f"{source} as {quoted(name)}" for name, source in self.typed.items()]
        return (
            f"(select *, {', '.join(typed)} from"
            f" (select {', '.join([*number, *text, *folds, *early])} from {text_rows}))"
        )

    def is_bad(self, *, may_hold_controls: bool) -> str:
        """Write the condition for a row that has a reason.

        Control characters are looked for once in all texts together: one search a column costs
        0.8 CPU seconds more in a million rows, and none at all saves 1.5.
        """
        strings = [text_name(name) for name in self.text if f"{CONTROL}:{name}" in self.late]
        together = f"regexp_matches(concat_ws('|', {', '.join(strings)}), '[\\x00-\\x1f\\x7f]')"
        found = [sql for why, sql in self.reasons.items() if not why.startswith(CONTROL)]
        if may_hold_controls:
            found.append(together)
        return " or ".join(f"coalesce(({sql}), false)" for sql in found)


def columns_read(contract: Contract, mapping: FeedMapping) -> frozenset[str]:
    """Name the columns of a file that may be asked for, whether it has them or not."""
    expressions = [*map(partial(_source_of, mapping=mapping), contract.columns)]
    expressions += [*mapping.refuse_when.values(), *mapping.fold.values()]
    named = (compile_expression(text).columns for text in expressions)
    return frozenset({mapping.row_zone.column} if mapping.row_zone else ()).union(*named)


def row_checks(
    contract: Contract, mapping: FeedMapping, *, names: tuple[str, ...]
) -> tuple[RowChecks, frozenset[str]]:
    """Build the checks for a file with the columns `names`; answer also what the file lacks."""
    text: dict[str, str] = {}
    early: dict[str, str] = {}
    lacking: set[str] = set()
    for name, column in contract.columns.items():
        expression = compile_expression(_source_of(name, mapping))
        absent = expression.columns - set(names)
        if absent and (column.required or name in mapping.columns):
            lacking |= absent
        text[name] = "null" if absent else _translated(name, expression.sql, mapping)
        if not absent:
            if expression.unreadable:
                wrong = (f"coalesce({condition}, false)" for condition in expression.unreadable)
                early[f"col:form:{name}"] = " or ".join(wrong)
            if mapping.row_zone and column.type == "timestamp":
                zone = mapping.row_zone
                lacking |= {zone.column} - set(names)
                early |= zone_reasons(name, text[name], zone=zone, contract=contract)
                text[name] = in_utc(text[name], zone=zone, contract=contract)
    for reason, condition in mapping.refuse_when.items():
        expression = compile_expression(condition)
        early[f"refused:{reason}"] = expression.sql
        lacking |= expression.columns - set(names)
    folds = {name: compile_expression(condition) for name, condition in mapping.fold.items()}
    for expression in folds.values():
        lacking |= expression.columns - set(names)
    checks = RowChecks(
        text=text,
        folds={name: fold.sql for name, fold in folds.items()},
        typed={
            name: typed_value(name, column, contract=contract, mapping=mapping)
            for name, column in contract.columns.items()
        },
        early=early,
        late=_late_reasons(contract, mapping),
    )
    return checks, frozenset(lacking)


def _translated(name: str, sql: str, mapping: FeedMapping) -> str:
    text = f"({sql})::varchar"
    words = mapping.words.get(name, {})
    listed = "".join(f" when {text_literal(a)} then {text_literal(b)}" for a, b in words.items())
    return f"(case {text}{listed} else {text} end)" if listed else text


def _late_reasons(contract: Contract, mapping: FeedMapping) -> dict[str, str]:
    late: dict[str, str] = {}
    for name, column in contract.columns.items():
        late |= column_reasons(name, column, contract=contract, mapping=mapping)
    return late | _row_reasons(contract)


def _row_reasons(contract: Contract) -> dict[str, str]:
    # Null is unknown, not wrong: a rule is broken where it is false.
    broken = {f"rule:{n}": f"not coalesce(({sql}), true)" for n, sql in contract.rules.items()}
    return broken | {f"{NOT_KEPT}{n}": f"({sql})" for n, sql in contract.never_keep.items()}


def _source_of(name: str, mapping: FeedMapping) -> str:
    if name in mapping.columns:
        return mapping.columns[name]
    if name in mapping.constants:
        return text_literal(mapping.constants[name])
    return quoted(name)
