"""Talking about results: questions about the cause or the meaning of a figure, answered from looked-up figures."""
