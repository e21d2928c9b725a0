"""Writing: what each kind of draft asks of the model, what it is shown and checked for, and its template."""
