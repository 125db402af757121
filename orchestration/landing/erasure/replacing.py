"""The SQL that says what a text column holds once a person is taken out of it.

Belongs here: replacing whole ids in the columns about people, and unmistakable ones everywhere.
Does not belong here: running it on a file (`rewriting`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from orchestration.landing.contract import Contract
from orchestration.landing.erasure.person import IDENTITY, Person
from orchestration.landing.erasure.tokens import (
    ANYWHERE,
    Token,
    column_scopes,
    customer_columns,
    own_columns,
    system_scope,
    words_pattern,
)
from orchestration.landing.expressions import quoted, text_literal


@dataclass(frozen=True, kw_only=True)
class Substitution:
    """One person, and what is put in the place of each of their tokens."""

    person: Person
    instead: dict[str, str]


def replacements(
    names: Iterable[str], *, contract: Contract, source_system: str, substitution: Substitution
) -> dict[str, str]:
    """Answer, for the text columns `names` of a batch, the SQL of their values without the person.

    A column that cannot hold any of the tokens is left out.
    """
    columns = _Columns(contract, source_system, substitution)
    replaced = {name: columns.without_the_person(name) for name in names}
    return {name: sql for name, sql in replaced.items() if sql != quoted(name)}


def is_changed(replaced: dict[str, str]) -> str:
    """Write the condition for a row that names the person."""
    changed = [f"{quoted(name)} is distinct from {sql}" for name, sql in replaced.items()]
    return f"({' or '.join(changed)})" if changed else "false"


def words_replaced(sql: str, substitution: Substitution) -> str:
    """Replace every unmistakable token that stands in a text as a word of its own."""
    words = substitution.person.words
    if not words:
        return sql
    replaced = sql
    for word in words:
        pattern = text_literal(words_pattern([word]))
        instead = text_literal(rf"\1{substitution.instead[word]}\2")
        for _ in range(2):  # two tokens side by side share the character between them
            replaced = f"regexp_replace({replaced}, {pattern}, {instead}, 'g')"
    any_word = text_literal(words_pattern(words))
    return f"case when regexp_matches({sql}, {any_word}) then {replaced} else {sql} end"


@dataclass(frozen=True)
class _Columns:
    contract: Contract
    source_system: str
    substitution: Substitution

    def without_the_person(self, name: str) -> str:
        column = self.contract.columns.get(name)
        if name == "source_system" or (column is not None and column.one_of):
            return quoted(name)
        sql = self._whole_replaced(name, words_replaced(quoted(name), self.substitution))
        if column is not None and column.personal not in {None, "pseudonym", "customer"}:
            # A name or a trait gets no pseudonym: it goes.
            return f"case when {self._is_own()} then null else {sql} end"
        return sql

    def _whole_replaced(self, name: str, sql: str) -> str:
        """Replace an id that is all a column says; a customer's key goes without a substitute."""
        is_blanked = name in customer_columns(self.contract)
        arms = []
        for token in self.substitution.person.tokens:
            condition = self._names(name, token)
            if condition and (token.scope != ANYWHERE or is_blanked):
                literal = text_literal(self.substitution.instead[token.text])
                arms.append(f"when {condition} then {'null' if is_blanked else literal}")
        return f"case {' '.join(arms)} else {sql} end" if arms else sql

    def _is_own(self) -> str:
        conditions = [
            condition
            for name in own_columns(self.contract)
            for token in self.substitution.person.tokens
            if (condition := self._names(name, token))
        ]
        return f"coalesce({' or '.join(conditions)}, false)" if conditions else "false"

    def _names(self, name: str, token: Token) -> str | None:
        """Write the condition that a column holds a token; none where it never can."""
        is_token = f"{quoted(name)} = {text_literal(token.text)}"
        scopes = column_scopes(self.contract, name, source_system=self.source_system)
        if not scopes or token.scope == ANYWHERE:
            return is_token if scopes else None
        if self.contract.feed == IDENTITY and name == "external_id":
            # Here the row itself says which system gave out the id.
            system = f"{text_literal(system_scope(''))} || identity_system"
            return f"({is_token} and {system} = {text_literal(token.scope)})"
        return is_token if token.scope in scopes else None
