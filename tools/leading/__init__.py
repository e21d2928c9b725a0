"""What stands behind the lead tools: how a lead is found and shown, the rules for its values, segments and proposals."""
