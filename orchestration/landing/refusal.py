"""How a delivery is refused: in words its sender can act on.

Belongs here: the one exception that stands for a refused delivery.
Does not belong here: the reasons for single rows; those are quarantined and counted (`check`).
"""


class DeliveryRefused(Exception):  # noqa: N818 - it is what happened, and reads so in a message
    """A whole delivery that cannot be used: which file, where in it, why, and what to do next."""

    def __init__(
        self, *, feed: str, file: str, reason: str, next_step: str, where: str | None = None
    ) -> None:
        self.feed, self.file, self.reason = feed, file, reason
        self.next_step, self.where = next_step, where
        place = f", {where}" if where else ""
        super().__init__(f"{feed}: {file}{place}: {reason}. Next: {next_step}.")


class DeliveriesRefused(Exception):  # noqa: N818 - it is what happened, and reads so in a message
    """All the refusals of one round of landing, one a line."""
