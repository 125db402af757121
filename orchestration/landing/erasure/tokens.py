"""What names a person, in which columns it does, and what stands there afterwards.

Belongs here: a token and its reach, pseudonyms, which column of a contract is about whom.
Does not belong here: finding a person's tokens (`person`), the SQL that replaces them
(`rewriting`).
"""

import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass

from orchestration.landing.contract import Contract

ANYWHERE, AGENT, CUSTOMER = "anywhere", "agent", "customer"
# A shorter id is also a score, a form's version or a language: outside of the columns that hold
# such ids it names nobody.
DISTINCTIVE_LENGTH = 6
PSEUDONYM = "erased-[0-9a-f]{16}"
# A row counts for the agent that one of these names; every other agent in it took part in it.
_COUNTS_FOR = {
    "agent_id",
    "agent_external_id",
    "attributed_agent_external_id",
    "external_id",
    "resolved_by_external_id",
}
SUBJECT_KEY = "subject_key"


@dataclass(frozen=True, kw_only=True)
class Token:
    """One text that names a person, and where: everywhere, or only in the columns of `scope`."""

    text: str
    scope: str


def system_scope(source_system: str) -> str:
    """Name the columns that hold the ids of one source system."""
    return f"system:{source_system}"


def column_scopes(contract: Contract, name: str, *, source_system: str) -> tuple[str, ...]:
    """Say which tokens a column of a feed may hold, by scope; none if it names nobody."""
    column = contract.columns.get(name)
    if column is None or column.personal is None:
        return ()
    if name == SUBJECT_KEY:
        return (AGENT, CUSTOMER)
    if column.personal == "customer":
        return (CUSTOMER,)
    if column.personal != "pseudonym":
        return ()
    return (AGENT,) if name.endswith("agent_id") else (system_scope(source_system),)


def own_columns(contract: Contract) -> list[str]:
    """Name the columns that say for whom a row counts."""
    return [name for name in contract.columns if name in _COUNTS_FOR]


def customer_columns(contract: Contract) -> list[str]:
    """Name the columns that hold a customer's key."""
    return [name for name, column in contract.columns.items() if column.personal == "customer"]


def pseudonym(text: str, *, salt: bytes) -> str:
    """Answer what stands for a token: the same in every batch, and random once `salt` is gone."""
    return f"erased-{hmac.digest(salt, text.encode(), 'sha256').hex()[:16]}"


def words_pattern(texts: Iterable[str]) -> str:
    """Write the regular expression that finds the texts as whole words, with what is around."""
    listed = "|".join(re.escape(text) for text in sorted(texts))
    return f"(^|[^0-9A-Za-z])(?:{listed})($|[^0-9A-Za-z])"
