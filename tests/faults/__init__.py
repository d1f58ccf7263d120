"""What failed when syncd was tried: a file a kind, a test a row, and those that are alike."""
