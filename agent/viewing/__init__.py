"""The views of the pages: see `agent.views`."""
