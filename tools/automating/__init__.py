"""Workflows: words <-> a typed graph, its checks, the logic that moves a person through it, and what is learned from it."""
