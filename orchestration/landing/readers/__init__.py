"""One module per form in which a file can arrive.

Belongs here: from a vendor's file to text columns, and where in the file each row was.
Does not belong here: types and rules (`row_checks`), which form a file has (`reading`).
"""
