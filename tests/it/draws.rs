//! Random numbers that are the same in every run of a test.

use assay::domain::digest_of;

pub struct Draws {
    seed: u64,
    drawn: u64,
}

impl Draws {
    pub fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        self.drawn += 1;
        let digest = digest_of(&[self.seed.to_le_bytes(), self.drawn.to_le_bytes()]);
        (u64::from_le_bytes(digest.0[..8].try_into().unwrap()) % n.max(1) as u64) as usize
    }

    /// One of some.
    pub fn one<'t, T>(&mut self, of: &'t [T]) -> &'t T {
        &of[self.below(of.len())]
    }
}
