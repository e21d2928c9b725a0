"""What the named records say of the tool: a sentence about a workflow wants a tool that takes a workflow.

The matcher sees only the words; these small corrections of its scores see which kinds of records a sentence names.
Their sizes are about the margin between neighbouring tools, so that they break ties and overrule nothing that is clear.
"""

from collections.abc import Set

from tools.core.declare import Tool

#: The tool takes the kind of record that is named.
TAKES = 0.06
#: It takes none of the kinds that are named.
IGNORES = -0.08
#: It cannot do without a record, and none is named or pointed at.
LACKS = -0.1


def correction(tool: Tool, named: Set[str], points: bool) -> float:
    """What to add to a tool's score. `named`: the nouns of the records named surely; `points`: "it", "that one"."""
    takes = {argument.noun for argument in tool.arguments if argument.noun}
    required = {argument.noun for argument in tool.required if argument.noun}
    if named & takes:
        return TAKES
    if named:
        return IGNORES
    return LACKS if required and not points else 0.0
