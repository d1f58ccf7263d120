"""The systems syncd talks to: each folder holds one vendor, `base` the contract they all keep, `sandbox` the stand-ins."""
