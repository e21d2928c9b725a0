"""What the forms of the pages do beyond the catalogue: saving an edited draft, deleting a lead, tagging.

A sentence never does these; a person at a page does. Each is declared like a tool (with `form=True`) and called by its
name through the same door: arguments checked, one transaction, the gate, the audit log. See tools.catalogue.
"""
