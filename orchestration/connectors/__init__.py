"""Programs that fetch what a source holds and write it as files into the drop folder.

Nothing here reads a contract's rows, opens the warehouse or knows Dagster: an extract may fail and
be run again without touching anything else.
"""
