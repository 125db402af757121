"""Everything that names one person, found from the one key that a request gives.

Belongs here: the ids of an agent in every system, over all time; a customer's key.
Does not belong here: where those ids stand (`rewriting`, `search`).
"""

from dataclasses import dataclass

import duckdb

from orchestration.landing.batches import BatchStore
from orchestration.landing.erasure.requests import Request
from orchestration.landing.erasure.tokens import (
    AGENT,
    ANYWHERE,
    CUSTOMER,
    DISTINCTIVE_LENGTH,
    Token,
    system_scope,
)
from orchestration.landing.expressions import text_literal

IDENTITY = "agent_identity"


@dataclass(frozen=True, kw_only=True)
class Person:
    """One person: what names them alone, and how many ids they share with somebody else.

    An id that one system gave to two agents, one after the other, is also the other's name: it
    stays, and no longer leads to this person, because their identity row loses the agent_id.
    """

    is_customer: bool
    tokens: tuple[Token, ...]
    shared_ids: int = 0

    @property
    def words(self) -> list[str]:
        """The tokens that mean this person wherever they stand."""
        return [token.text for token in self.tokens if token.scope == ANYWHERE]


def find_person(request: Request, store: BatchStore) -> Person:
    """Find the tokens of the person whom a request is about."""
    key, is_customer = request.subject_key, request.subject_type == "customer"
    identities = _identities(store)
    of_others = {name for name in identities if is_customer or name[0] != key}
    names_of_others = {name for agent, _, external in of_others for name in (agent, external)}
    tokens = {
        Token(text=key, scope=_reach(key, CUSTOMER if is_customer else AGENT, names_of_others))
    }
    given_to_others = {(system, external) for _, system, external in of_others}
    own = {(system, external) for _, system, external in identities - of_others}
    # Where no identity leads to the agent, sources use the agent_id itself.
    for system, external in own - given_to_others:
        scope = _reach(external, system_scope(system), names_of_others)
        tokens.add(Token(text=external, scope=scope))
    return Person(
        is_customer=is_customer,
        tokens=tuple(sorted(tokens, key=lambda token: (token.scope, token.text))),
        shared_ids=len(own & given_to_others),
    )


def _reach(text: str, scope: str, names_of_others: set[str]) -> str:
    is_unmistakable = len(text) >= DISTINCTIVE_LENGTH and text not in names_of_others
    return ANYWHERE if is_unmistakable else scope


def _identities(store: BatchStore) -> set[tuple[str, str, str]]:
    """List agent, system and external id of every identity we ever held."""
    files = [
        text_literal(str(store.rows_file(batch)))
        for batch in store.batches()
        if batch.feed == IDENTITY
    ]
    if not files:
        return set()
    found = duckdb.execute(
        "select distinct agent_id, identity_system, external_id"
        f" from read_parquet([{', '.join(files)}], union_by_name = true)"
    ).fetchall()
    return {(str(agent), str(system), str(external)) for agent, system, external in found}
