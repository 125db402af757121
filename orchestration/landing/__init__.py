"""How a delivered file becomes rows that are believed, and how none of them is lost.

Belongs here: finding deliveries, the contract check, raw and quarantine batches, applying them.
Does not belong here: Dagster, fetching from systems (`connectors`), any business meaning (dbt).
"""
