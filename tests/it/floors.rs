//! Tests of the floors.
