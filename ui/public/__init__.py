"""The pages that readers of the house's mail see: plain HTML, no login, no script."""
