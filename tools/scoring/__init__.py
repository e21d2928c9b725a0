"""How promising a lead is: points for behaviour, recency and fit by open rules, and a likelihood learned from own data."""
