//! What a completion costs the program: see below.
fn main() {}
