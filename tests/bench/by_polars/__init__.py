"""The same agent-days and KPIs, as a practised polars user would build them lazily."""
