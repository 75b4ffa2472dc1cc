"""Finding rows by a part of a name or the end of a number: a table of terms that the owner of the rows writes.

The owner declares the table (``class NoteTerm(BranchScoped, TermColumns, Base)``; without BranchScoped it is the
group's and says why), writes an entry's terms in the transaction that changes the entry, and asks by ``lookup``.
Every term is found by its beginning, in one range of one index: so a name is kept from each of its characters on, and a
number from its end.
"""

from __future__ import annotations

from shared.search.index import forget, lookup, range_of, write
from shared.search.model import TERM_LENGTH, TermColumns, term_keys
from shared.search.terms import name_terms, query_term, tail_term

__all__ = [
    "TERM_LENGTH", "TermColumns", "forget", "lookup", "name_terms", "query_term", "range_of", "tail_term",
    "term_keys", "write",
]  # fmt: skip
