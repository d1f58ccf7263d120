"""Views: what command line and API show of the store, as the JSON that both answer with."""
