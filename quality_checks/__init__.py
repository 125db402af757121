"""What must be true before anyone is scored."""
