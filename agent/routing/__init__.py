"""Routing: which tool a sentence asks for, by its likeness to example sentences, and by the model where that is unsure."""
