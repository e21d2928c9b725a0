"""Reports: one document of figures, written as HTML, PDF and Markdown."""
