//! Printers of a derivation.
