"""When things run, and what stops them."""
