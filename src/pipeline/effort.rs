//! How much is looked at: collections that grow with a project count what they hand out, in tests alone, so that a test
//! can hold that twice the work is twice the looks (`engine::growth`). Elsewhere it is nothing.

#[cfg(test)]
thread_local! {
    static LOOKS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Counts so many looks.
#[inline]
pub fn looked(many: usize) {
    #[cfg(test)]
    LOOKS.with(|looks| looks.set(looks.get() + many as u64));
    #[cfg(not(test))]
    let _ = many;
}

/// Counts what an iterator hands out.
#[inline]
pub fn counted<I: Iterator>(each: I) -> impl Iterator<Item = I::Item> {
    each.inspect(|_| looked(1))
}

/// The looks of this thread so far.
#[cfg(test)]
pub fn looks() -> u64 {
    LOOKS.with(std::cell::Cell::get)
}
