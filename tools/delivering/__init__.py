"""Email really sent: claims on the delivery ledger, letters, signing, SMTP, pace, links that tell who opened and clicked."""
