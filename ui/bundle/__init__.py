"""The sources of the visual pages (JavaScript), and what bundles them: see `building`."""
