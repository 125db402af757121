"""The words that every declaration of this package is written with.

Belongs here: the closed lists of values, names, dates and shares, and the refusal of unknown keys.
Does not belong here: any declaration itself. See `catalogue` and `scoring`.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=63)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Day = Annotated[date, Field(strict=True)]
Share = Annotated[Decimal, Field(ge=0, le=1)]

Perspective = Literal[
    "customer_outcome", "contact_quality", "schedule", "handling", "growth", "experience"
]
Better = Literal["higher", "lower", "within_band"]
Unit = Literal["seconds", "share", "points"]
Dimension = Literal["role", "channel", "queue_family", "tenure_band"]


class Declaration(BaseModel):
    """Part of a file; an unknown key is an error, not a comment."""

    model_config = ConfigDict(frozen=True, extra="forbid")
