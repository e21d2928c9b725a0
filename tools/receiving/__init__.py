"""What mail brings back: opens and clicks, judged human or machine; bounces, complaints, events told by webhook."""
