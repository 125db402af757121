"""The same agent-days and KPIs, as a practised pandas user would build them in memory."""
