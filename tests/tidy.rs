//! Reads the source and holds what no compiler holds.
