"""What happens to rows on their way out of the made-up centre, and what the pipeline must count."""
