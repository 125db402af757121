"""Where the page of a team or an agent stands.

Belongs here: the one rule that turns an id into a file name.
Does not belong here: the id itself. It is text from someone else's system and may hold a path, a
tag or a control character, so no part of it reaches the file system.
"""

from hashlib import blake2b

CENTRE_PAGE = "index.html"


def team_file(team_id: str | None) -> str:
    """Name the page of a team; agents without a team on record share one page."""
    return f"teams/{_digest('team', team_id)}.html"


def agent_file(agent_id: str) -> str:
    """Name the page of an agent."""
    return f"agents/{_digest('agent', agent_id)}.html"


def _digest(kind: str, identity: str | None) -> str:
    # Ten bytes: among a million ids the chance that any two meet is under one in 10^12.
    text = kind if identity is None else f"{kind}:{identity}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=10).hexdigest()
