//! Memory images: the pristine one, the one after a load, and the pages in which an instance may differ from them.

use std::{ops::Range, sync::Arc};

use super::{error::SandboxError, instance::Instance, sys};

/// Pages an instance may have written before a new one is made for the next verifier. Different verifiers write
/// different pages, and each restore copies all of them: a verifier alone writes some 50, a new instance costs 0.3 ms
/// and a page fault for each of them.
const MANY_PAGES: usize = 400;

/// The memory of an instance that has done nothing yet, shared by all workers.
pub(super) type Pristine = Arc<[u8]>;

/// The memory after a load, as its difference from the pristine image.
pub(super) struct Loaded {
    /// Bytes of memory.
    size: usize,
    /// For each page, 1 + its place in `pages`, or 0 where it is the pristine one.
    places: Vec<u32>,
    /// The pages that differ, by index, and their content in that order.
    differing: Vec<u32>,
    pages: Vec<u8>,
}

impl Loaded {
    /// Stands for a load that cannot be restored.
    pub(super) const fn unknown() -> Self {
        Self { size: 0, places: Vec::new(), differing: Vec::new(), pages: Vec::new() }
    }

    #[cfg(test)]
    pub(super) fn of_weight(bytes: usize) -> Self {
        Self { pages: vec![0; bytes], ..Self::unknown() }
    }

    /// Bytes it takes.
    pub(super) const fn weight(&self) -> usize {
        self.pages.capacity() + (self.places.capacity() + self.differing.capacity()) * 4
    }

    /// Whether an instance that has done nothing yet can be brought to it.
    pub(super) const fn fits(&self, pristine: &[u8]) -> bool {
        self.size == pristine.len()
    }
}

/// The pages that an instance has written. They only become more.
pub(super) struct Written {
    map: sys::Pagemap,
    faults: i64,
    size: usize,
    known: Vec<bool>,
    /// Those known, in order, so that neighbours are put back together.
    list: Vec<u32>,
}

impl Written {
    /// Starts to keep book for a new instance; nothing where the system cannot tell.
    pub(super) fn new() -> Option<Self> {
        let map = sys::Pagemap::open()?;
        Some(Self { map, faults: -1, size: 0, known: Vec::new(), list: Vec::new() })
    }

    /// How many there are.
    pub(super) const fn pages(&self) -> usize {
        self.list.len()
    }

    /// Whether restoring has become dearer than starting anew.
    pub(super) const fn too_many(&self) -> bool {
        self.list.len() > MANY_PAGES
    }

    /// Learns which pages were written. Nothing where the system stopped telling: then no restore is exact.
    #[must_use]
    pub(super) fn learn(&mut self, memory: &[u8]) -> Option<()> {
        let range = memory.as_ptr_range();
        if memory.len() != self.size {
            self.size = memory.len();
            self.known.resize(memory.len().div_ceil(self.map.page_size()), false);
            self.faults = -1;
            if !sys::no_huge_pages(&range) {
                return None;
            }
        }
        let faults = sys::faults()?;
        if faults == self.faults {
            return Some(());
        }
        let (known, list) = (&mut self.known, &mut self.list);
        let scan = self.map.private_pages(&range, |page| {
            if !std::mem::replace(&mut known[page], true) {
                list.push(page as u32);
            }
        });
        scan.ok()?;
        list.sort_unstable();
        self.faults = sys::faults()?;
        Some(())
    }

    /// Takes the page faults so far for looked at: those since the last look were our own, in memory of our own or in
    /// pages that are known. Without it, what we allocate for an image would cost another scan.
    fn settle(&mut self) {
        self.faults = sys::faults().unwrap_or(-1);
    }

    /// The image as it is now, from what was learnt.
    pub(super) fn snapshot(&mut self, memory: &[u8], pristine: &[u8]) -> Loaded {
        let size = self.map.page_size();
        let range = |page: u32| page as usize * size..((page as usize + 1) * size).min(memory.len());
        let differs = |&page: &u32| pristine.get(range(page)) != Some(&memory[range(page)]);
        let differing: Vec<u32> = self.list.iter().copied().filter(differs).collect();
        // In one piece: growing it would copy it again and again.
        let mut pages = Vec::with_capacity(differing.len() * size);
        let mut places = vec![0; self.known.len()];
        for (place, &page) in (1..).zip(&differing) {
            pages.extend_from_slice(&memory[range(page)]);
            places[page as usize] = place;
        }
        self.settle();
        Loaded { size: memory.len(), places, differing, pages }
    }

    /// Puts the memory back to an image of the same size, be it of this instance or of another; false where it is not
    /// of that size.
    pub(super) fn restore(
        &mut self,
        instance: &mut Instance,
        pristine: &[u8],
        loaded: Option<&Loaded>,
    ) -> Result<bool, SandboxError> {
        let size = self.map.page_size();
        let memory = instance.rewind()?;
        if memory.len() != loaded.map_or(pristine.len(), |loaded| loaded.size) {
            return Ok(false);
        }
        let before = self.list.len();
        for &page in loaded.map_or(&[][..], |loaded| &loaded.differing) {
            if !std::mem::replace(&mut self.known[page as usize], true) {
                self.list.push(page);
            }
        }
        if self.list.len() > before {
            self.list.sort_unstable();
        }
        let place = |page: u32| loaded.and_then(|loaded| loaded.places.get(page as usize)).copied().unwrap_or(0);
        // Pages that lie one behind the other here and in one image.
        let beyond = |page: u32| page as usize * size >= pristine.len();
        let follows = |a: u32, b: u32| match place(a) {
            0 => place(b) == 0 && beyond(a) == beyond(b),
            at => place(b) == at + 1,
        };
        for run in self.list.chunk_by(|&a, &b| b == a + 1 && follows(a, b)) {
            let at = run[0] as usize * size;
            let end = (at + run.len() * size).min(memory.len());
            match content(at..end, size, pristine, loaded) {
                Some(source) => memory[at..end].copy_from_slice(source),
                None => memory[at..end].fill(0),
            }
        }
        if self.list.len() > before {
            self.settle();
        }
        Ok(true)
    }

    /// The pages in which memory differs from an image: verify mode.
    pub(super) fn differences(&self, memory: &[u8], pristine: &[u8], loaded: Option<&Loaded>) -> usize {
        let size = self.map.page_size();
        let differs = |(page, now): &(usize, &[u8])| {
            let at = page * size;
            match content(at..at + now.len(), size, pristine, loaded) {
                Some(expected) => *now != expected,
                None => now.iter().any(|&byte| byte != 0),
            }
        };
        memory.chunks(size).enumerate().filter(differs).count()
    }
}

/// What an image holds in a page; nothing where that is zeros beyond the pristine image.
fn content<'a>(
    range: Range<usize>,
    page_size: usize,
    pristine: &'a [u8],
    loaded: Option<&'a Loaded>,
) -> Option<&'a [u8]> {
    let page = range.start / page_size;
    match loaded.and_then(|loaded| Some((loaded, loaded.places.get(page)?.checked_sub(1)? as usize))) {
        Some((loaded, place)) => loaded.pages.get(place * page_size..place * page_size + range.len()),
        None => pristine.get(range),
    }
}
