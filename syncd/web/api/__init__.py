"""What may be asked over HTTP, a file a noun: each has its models, its handlers and its OPERATIONS."""
