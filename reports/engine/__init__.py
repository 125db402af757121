"""Render, export, publish: how the night's tables become files that people read.

Belongs here: the machinery between the warehouse and `published/`.
Does not belong here: a sentence, a label or a number someone may want to change. Those are data
in `reports/wording`, `reports/pages.yml` and `reports/published_tables.yml`.
"""
