"""The hub's web pages: Gradio on FastAPI. `serve` runs them, `app` puts them together, each page is a module in `pages`."""
