"""The HTTP API under /api/marketing: every tool at its route, made from the declarations; plans, conversations, chat.

`app` answers requests, `operations` says which there are, `openapi` describes them, `tools` calls the tools.
"""
