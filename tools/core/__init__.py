"""What all tools share: how one is declared, the door through which it is called, the gate, errors, results, records."""
