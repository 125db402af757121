"""The machinery of the made-up centre: declarations in, files out."""
