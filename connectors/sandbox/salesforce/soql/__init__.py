"""SOQL: text → tree → what it means in an org → rows."""
