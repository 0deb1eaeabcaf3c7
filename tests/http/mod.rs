//! One file for each endpoint. Assertions and attack rows give the tests their names.
