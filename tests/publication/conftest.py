from tests.small_centre import built, warehouse

__all__ = ["built", "warehouse"]
