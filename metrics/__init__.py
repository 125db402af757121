"""What we measure and how we judge it."""
