"""The declarative part: which vendor field means what, the signed agreement, registers and industry tables."""
