"""Keeping erased people out of every later delivery.

Belongs here: what becomes of a checked row that names an erased person.
Does not belong here: who has been erased (`tombstones`), the contract check (`check`).

| the person is                        | the row                                              |
|--------------------------------------|------------------------------------------------------|
| the agent for whom it counts         | is refused and counted as `refused:erased`, no text  |
| another agent in it, or its customer | counts; where the person stood there is nothing      |
| the subject of an erasure request    | counts, with the keyed hash of the key               |
| named in a row that was kept apart   | stays counted with its reasons, no text              |
"""

import re
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.landing.accounting import Accounting
from orchestration.landing.contract import Contract
from orchestration.landing.duplicates import row_digest
from orchestration.landing.erasure.person import IDENTITY
from orchestration.landing.erasure.tokens import (
    SUBJECT_KEY,
    column_scopes,
    own_columns,
    system_scope,
)
from orchestration.landing.erasure.tombstones import Tombstones
from orchestration.landing.expressions import quoted, text_literal

REFUSED = "refused:erased"
_NOWHERE = "false"
_WORD = re.compile("[0-9A-Za-z]+")
# An id may be several words, such as the five of a UUID.
_LONGEST_ID_WORDS = 6


def keep_erased_out(
    connection: duckdb.DuckDBPyConnection,
    accounting: Accounting,
    *,
    contract: Contract,
    source_system: str,
    home: Path,
) -> tuple[Accounting, bool]:
    """Take erased people out of `accepted` and `quarantined`.

    Answers how the rows count now, and whether the delivery named anybody erased.
    """
    tombstones = Tombstones(home)
    if not tombstones:
        return accounting, False
    door = _Door(connection, contract, source_system, tombstones)
    is_named = door.empty_quarantined()
    refused = door.refuse_own()
    is_named = door.blank_others() or refused > 0 or is_named
    if refused:
        accounting = replace(
            accounting,
            accepted=accounting.accepted - refused,
            quarantined=accounting.quarantined + refused,
            reasons={**accounting.reasons, REFUSED: refused},
        )
    return accounting, is_named


class _Door:
    """One delivery's checked tables, and the people who may not pass."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        contract: Contract,
        source_system: str,
        tombstones: Tombstones,
    ) -> None:
        self._connection, self._contract = connection, contract
        self._system, self._tombstones = source_system, tombstones

    def empty_quarantined(self) -> bool:
        """Drop what the rows kept apart say where one of their words names an erased person."""
        described = self._connection.execute("describe quarantined").fetchall()
        texts = [str(row[0]) for row in described if row[1] == "VARCHAR"]
        nothing = ", ".join(f"{quoted(name)} = null" for name in texts)
        found = [self._naming("quarantined", name, also_words=True) for name in texts]
        for condition in found:
            self._connection.execute(f"update quarantined set {nothing} where {condition}")
        return any(condition != _NOWHERE for condition in found)

    def refuse_own(self) -> int:
        """Refuse the rows that count for an erased agent; answers how many there were."""
        refused = 0
        for name in self._contract.columns:
            if name in own_columns(self._contract) or self._cannot_be_blank(name):
                refused += self._refuse(self._naming("accepted", name))
        return refused

    def blank_others(self) -> bool:
        """Leave nothing where an erased person stood beside the one for whom the row counts."""
        found = {name: self._naming("accepted", name) for name in self._contract.columns}
        digest = row_digest(list(self._contract.columns))
        for name, condition in found.items():
            if condition == _NOWHERE:
                continue
            self._connection.execute(
                f"create or replace temp table changing as select rowid as changed,"
                f" {quoted(name)} as said, {self._scope(name)} as scope"
                f" from accepted where {condition}"
            )
            instead = self._hashed_keys() if name == SUBJECT_KEY else "null"
            self._connection.execute(
                f"update accepted set {quoted(name)} = {instead}"
                " where rowid in (select changed from changing)"
            )
            self._connection.execute(
                f"update accepted set row_digest = {digest}"
                " where rowid in (select changed from changing)"
            )
        return any(condition != _NOWHERE for condition in found.values())

    def _cannot_be_blank(self, name: str) -> bool:
        return self._contract.columns[name].required and name != SUBJECT_KEY

    def _refuse(self, condition: str) -> int:
        self._connection.execute(
            f"insert into quarantined (part, reasons) select part, ['{REFUSED}'] from accepted"
            f" where {condition}"
        )
        deleted = self._connection.execute(f"delete from accepted where {condition}").fetchall()
        return int(deleted[0][0])

    def _naming(self, table: str, name: str, *, also_words: bool = False) -> str:
        """Write the condition for the rows in whose column an erased person stands."""
        if not also_words and not self._scopes(name):
            return _NOWHERE
        here = f"concat_ws(chr(31), {self._scope(name)}, {quoted(name)})"
        found = self._connection.execute(
            f"select distinct {here}, {self._scope(name)}, {quoted(name)} from {table}"
            f" where {quoted(name)} is not null"
        )
        naming = []
        while rows := found.fetchmany(10_000):
            naming += [
                text_literal(place)
                for place, scope, text in rows
                if self._tombstones.name(text, (scope,))
                or (also_words and self._has_an_erased_word(text))
            ]
        return f"{here} in ({', '.join(naming)})" if naming else _NOWHERE

    def _has_an_erased_word(self, text: str) -> bool:
        words = [word.span() for word in _WORD.finditer(text)]
        return any(
            self._tombstones.name(text[first:last], ())
            for number, (first, _) in enumerate(words)
            for _, last in words[number : number + _LONGEST_ID_WORDS]
        )

    def _scopes(self, name: str) -> tuple[str, ...]:
        return column_scopes(self._contract, name, source_system=self._system)

    def _scope(self, name: str) -> str:
        """Write the SQL of the scope in which a column's ids are unique."""
        if self._contract.feed == IDENTITY and name == "external_id":
            return f"{text_literal(system_scope(''))} || coalesce(identity_system, '')"
        if name == SUBJECT_KEY:
            return "coalesce(subject_type, '')"
        return text_literal((*self._scopes(name), "")[0])

    def _hashed_keys(self) -> str:
        """Write the keyed hash of each key that stands in the way."""
        keys = self._connection.execute("select distinct said, scope from changing").fetchall()
        arms = [
            f"when subject_key = {text_literal(said)} and subject_type = {text_literal(scope)}"
            f" then {text_literal(self._tombstones.hashed(said, scope))}"
            for said, scope in keys
        ]
        return f"case {' '.join(arms)} end"
