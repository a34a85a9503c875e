"""The vendor's nouns as attrs classes, one module per API of the vendor: shapes, ids, units. No I/O."""
