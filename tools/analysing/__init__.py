"""The engine of the analytics tools: daily figures, trends, anomalies, forecasts, attribution, findings."""
