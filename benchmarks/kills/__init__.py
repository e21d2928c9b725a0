"""Processes killed (-9) at random moments while they send, publish, lead people, approve and do jobs.

Each module is one kind of work: `run(place, kills)` lets worker processes do it on a fresh database, kills so many of
them, and counts afterwards what the world outside got and what the records say of it.
"""
