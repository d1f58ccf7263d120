"""The resources that clients call, one module per family; each lists its ROUTES."""
