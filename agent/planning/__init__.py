"""Undertakings of several steps: "plan the spring launch: a campaign with 12k, a mail to the VIPs and three posts"."""

from agent.planning.going_on import going_on
from agent.planning.outline import follows, outline
from agent.planning.planner import Planner

__all__ = ["Planner", "follows", "going_on", "outline"]
