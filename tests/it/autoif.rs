//! Tests of `assay autoif`, through the program.
