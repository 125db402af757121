"""How a person is forgotten on request, everywhere at once and for good.

Belongs here: who is meant, what names them, taking that out of every file, keeping it out.
Does not belong here: who may ask, and whether the law lets us; a request says so (`legal_hold`).
"""
