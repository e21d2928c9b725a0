"""The segment language: conditions in words <-> a typed condition tree <-> one SQL query.

`read_conditions("status is customer and city is Berlin", now)` gives the tree, `in_words(tree)` the words again,
`segment_query(session, tree, now)` the ids of the leads it holds for.
"""

from tools.segmenting.conditions import read_conditions
from tools.segmenting.query import condition, count_segment, segment_query
from tools.segmenting.tokens import UnclearConditions
from tools.segmenting.tree import Condition, load_tree, store_tree
from tools.segmenting.wording import in_words

__all__ = [
    "Condition",
    "UnclearConditions",
    "condition",
    "count_segment",
    "in_words",
    "load_tree",
    "read_conditions",
    "segment_query",
    "store_tree",
]
