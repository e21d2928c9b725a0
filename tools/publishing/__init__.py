"""Publishing of social posts: one attempt each, over the platforms' documented HTTP APIs."""
