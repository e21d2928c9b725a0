"""The models: where one is found, how it is spoken to, and how it writes."""
