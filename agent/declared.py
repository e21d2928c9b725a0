"""The tools' declarations, from which forms are made; no hub is needed for them."""

from tools.catalogue import all_tools, form_tools
from tools.core.declare import Tool
from tools.core.errors import NotFound

__all__ = ["declared_tool"]


def declared_tool(name: str) -> Tool:
    """The declaration of a tool: of the catalogue, or one that only the pages' forms call. Raises NotFound."""
    found = all_tools().get(name) or form_tools().get(name)
    if found is None:
        raise NotFound(f"There is no tool called {name}.", "tool")
    return found
