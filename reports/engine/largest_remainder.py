"""Parts that add up to their total as printed.

Belongs here: rounding a column so that a reader with a pencil finds no difference.
Does not belong here: what the parts are.
"""

import math
from collections.abc import Mapping


class PartsDoNotAddUpError(ValueError):
    """The parts are not those of this total: a mistake upstream, not one of rounding."""


def rounded_parts(parts: Mapping[str, float], *, total: float) -> dict[str, int]:
    """Round each part to tenths so that together they are the total rounded to tenths.

    Every part moves by less than one tenth; those nearest to the next tenth move first, and the
    name decides between equals.
    """
    wanted = round(total * 10)
    down = {name: math.floor(round(part * 10, 6)) for name, part in parts.items()}
    missing = wanted - sum(down.values())
    if not 0 <= missing <= len(parts):
        raise PartsDoNotAddUpError(f"{sum(parts.values()):.4f} is not {total:.4f}")
    nearest = sorted(down, key=lambda name: (down[name] - round(parts[name] * 10, 6), name))
    lifted = set(nearest[:missing])
    return {name: tenths + (name in lifted) for name, tenths in down.items()}
