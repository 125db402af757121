"""How an extract fails: in words the owner of the source can act on.

Belongs here: the one exception that stands for a failed extract.
Does not belong here: refusing what was delivered (`landing.refusal`).
"""


class ExtractFailed(Exception):  # noqa: N818 - it is what happened, and reads so in a message
    """An extract of which nothing can be loaded: what went wrong, and what to do next.

    `keeps_pages` says whether the pages fetched so far may still be continued from. Messages name
    a host, a path, a table or a variable: never an address with its query, never a secret.
    """

    def __init__(self, reason: str, *, next_step: str, keeps_pages: bool = False) -> None:
        self.reason, self.next_step, self.keeps_pages = reason, next_step, keeps_pages
        super().__init__(f"{reason}. Next: {next_step}.")
