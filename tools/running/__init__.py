"""When things run: ticks that look for due rows, and jobs that an engine keeps across restarts."""
