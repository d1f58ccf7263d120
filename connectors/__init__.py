"""The systems syncd talks to: a folder for each vendor, `base` the contract they keep, `sandbox` the stand-ins."""
