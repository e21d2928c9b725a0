"""What the pages are put together from: the frame, tables, cards, states, forms, approvals, charts, formats, links."""
