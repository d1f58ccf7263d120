"""mappings/*.yaml: which fields to ask a vendor for, what they mean to us, and how our wishes are written there."""

from syncd.mapping.files import check, load, load_all
from syncd.mapping.spec import FieldRule, StreamRule, SystemMapping, WriteRule
from syncd.mapping.writing import encode

__all__ = [
    "FieldRule",
    "StreamRule",
    "SystemMapping",
    "WriteRule",
    "check",
    "encode",
    "load",
    "load_all",
]
