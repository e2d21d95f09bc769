//! What only the operating system knows: thread CPU time, page faults, which pages were written. The one file with
//! raw system calls.
#![allow(unsafe_code, reason = "system calls without a safe wrapper among the dependencies")]

use std::{ops::Range, time::Duration};

/// CPU time this thread has used.
#[cfg(unix)]
pub(super) fn thread_cpu() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a valid timespec to write to; the clock exists on every supported Unix.
    let status = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    if status != 0 {
        return wall();
    }
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

/// CPU time this thread has used; on systems without such a clock here, time since the first call.
#[cfg(not(unix))]
pub(super) fn thread_cpu() -> Duration {
    wall()
}

fn wall() -> Duration {
    static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    START.get_or_init(std::time::Instant::now).elapsed()
}

/// Whether `count` reservations of `bytes` of address space can be held at once.
#[cfg(unix)]
pub(super) fn can_reserve(count: usize, bytes: usize) -> bool {
    let mut held = Vec::with_capacity(count);
    for _ in 0..count {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANON | libc::MAP_NORESERVE;
        // SAFETY: a fresh anonymous mapping without access, at an address of the kernel's choice, touches no memory
        // that anything else uses.
        let address = unsafe { libc::mmap(std::ptr::null_mut(), bytes, libc::PROT_NONE, flags, -1, 0) };
        if address == libc::MAP_FAILED {
            break;
        }
        held.push(address);
    }
    let all = held.len() == count;
    for address in held {
        // SAFETY: exactly the mapping made above, which nothing points into.
        unsafe { libc::munmap(address, bytes) };
    }
    all
}

/// Whether `count` reservations of `bytes` of address space can be held at once: assumed elsewhere.
#[cfg(not(unix))]
pub(super) fn can_reserve(_count: usize, _bytes: usize) -> bool {
    true
}

/// Knows which pages of this process were written since they were mapped.
#[cfg(target_os = "linux")]
pub(super) struct Pagemap {
    file: std::fs::File,
    page: usize,
    entries: Vec<u8>,
}

#[cfg(target_os = "linux")]
impl Pagemap {
    /// Opens it, where the kernel lets us.
    pub(super) fn open() -> Option<Self> {
        let file = std::fs::File::open("/proc/self/pagemap").ok()?;
        // SAFETY: sysconf reads a constant.
        let page = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).ok()?;
        page.is_power_of_two().then(|| Self { file, page, entries: Vec::new() })
    }

    /// Bytes in a page.
    pub(super) const fn page_size(&self) -> usize {
        self.page
    }

    /// Calls `found` with the index of each page of `memory` that is private to this process, present or swapped out:
    /// those written since they were mapped, and perhaps zero pages that were only read.
    ///
    /// # Errors
    /// Where the kernel stops telling; the caller must then treat every page as written.
    pub(super) fn private_pages(
        &mut self,
        memory: &Range<*const u8>,
        mut found: impl FnMut(usize),
    ) -> std::io::Result<()> {
        use std::os::unix::fs::FileExt;
        const PRESENT: u64 = 1 << 63;
        const SWAPPED: u64 = 1 << 62;
        const FILE_OR_SHARED: u64 = 1 << 61;
        let (start, end) = (memory.start.addr(), memory.end.addr());
        let pages = (end - start).div_ceil(self.page);
        self.entries.resize(pages * 8, 0);
        self.file.read_exact_at(&mut self.entries, (start / self.page * 8) as u64)?;
        for (index, entry) in self.entries.as_chunks::<8>().0.iter().enumerate() {
            let entry = u64::from_ne_bytes(*entry);
            if entry & SWAPPED != 0 || (entry & PRESENT != 0 && entry & FILE_OR_SHARED == 0) {
                found(index);
            }
        }
        Ok(())
    }
}

/// Page faults this thread has taken, minor and major. The first write to a copy-on-write page must fault, so while
/// this number stands still no further page was written by this thread.
#[cfg(target_os = "linux")]
pub(super) fn faults() -> Option<i64> {
    // SAFETY: rusage is plain integers, for which zero is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    // SAFETY: `usage` is a valid rusage to write to.
    let status = unsafe { libc::getrusage(libc::RUSAGE_THREAD, &raw mut usage) };
    (status == 0).then_some(usage.ru_minflt + usage.ru_majflt)
}

/// Keeps the kernel from joining pages of `memory` into huge ones behind our back: that would make pages writable
/// without a fault. Failure is fine where there are no huge pages to begin with.
#[cfg(target_os = "linux")]
pub(super) fn no_huge_pages(memory: &Range<*const u8>) -> bool {
    let length = memory.end.addr() - memory.start.addr();
    // SAFETY: the range is a mapped linear memory of wasmtime; this advice changes no content and no protection.
    let status = unsafe { libc::madvise(memory.start.cast_mut().cast(), length, libc::MADV_NOHUGEPAGE) };
    status == 0 || std::io::Error::last_os_error().raw_os_error() == Some(libc::EINVAL)
}

/// The CPU clock of a thread, which others can read too.
#[cfg(target_os = "linux")]
#[derive(Clone, Copy)]
pub(super) struct ThreadClock(Option<libc::clockid_t>);

#[cfg(target_os = "linux")]
impl ThreadClock {
    /// This thread's.
    pub(super) fn own() -> Self {
        let mut clock = 0;
        // SAFETY: `clock` is valid to write to, and this thread is alive.
        let status = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &raw mut clock) };
        Self((status == 0).then_some(clock))
    }

    /// CPU time that its thread has used; nothing once that has ended.
    pub(super) fn now(self) -> Option<Duration> {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: `time` is a valid timespec to write to; a clock that is no more is an error that is looked at.
        let status = unsafe { libc::clock_gettime(self.0?, &raw mut time) };
        (status == 0).then(|| Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32))
    }
}

/// Takes access to a guest's reserved address space away.
#[cfg(target_os = "linux")]
pub(super) fn take_away(space: Range<usize>) -> bool {
    protect(space, libc::PROT_NONE)
}

/// Gives access to a guest's memory back.
#[cfg(target_os = "linux")]
pub(super) fn give(memory: Range<usize>) -> bool {
    protect(memory, libc::PROT_READ | libc::PROT_WRITE)
}

#[cfg(target_os = "linux")]
fn protect(range: Range<usize>, protection: libc::c_int) -> bool {
    let start = std::ptr::without_provenance_mut::<libc::c_void>(range.start);
    // SAFETY: callers name address space that wasmtime reserved for a guest's memory and that lives as long as the lane
    // whose lock or signal handler is held; only its protection changes, to that of such a memory or to none at all.
    unsafe { libc::mprotect(start, range.len(), protection) == 0 }
}

/// The address whose access faulted.
#[cfg(target_os = "linux")]
pub(super) fn fault_address(info: *const libc::siginfo_t) -> Option<usize> {
    // SAFETY: the kernel hands a valid siginfo to signal handlers, whose address is set for faults.
    (!info.is_null()).then(|| unsafe { (*info).si_addr().addr() })
}

/// The address of the instruction that faulted.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub(super) fn program_counter(context: *const libc::c_void) -> Option<usize> {
    let context = context.cast::<libc::ucontext_t>();
    // SAFETY: the kernel hands a valid ucontext to signal handlers.
    let counter = unsafe { context.as_ref()?.uc_mcontext.gregs[libc::REG_RIP as usize] };
    usize::try_from(counter).ok()
}

/// The address of the instruction that faulted.
#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
pub(super) fn program_counter(context: *const libc::c_void) -> Option<usize> {
    let context = context.cast::<libc::ucontext_t>();
    // SAFETY: the kernel hands a valid ucontext to signal handlers.
    usize::try_from(unsafe { context.as_ref()?.uc_mcontext.pc }).ok()
}

/// Elsewhere nobody tells which pages were written: interpreters are made anew instead of restored.
#[cfg(not(target_os = "linux"))]
pub(super) struct Pagemap(std::convert::Infallible);

#[cfg(not(target_os = "linux"))]
impl Pagemap {
    pub(super) fn open() -> Option<Self> {
        None
    }

    pub(super) const fn page_size(&self) -> usize {
        match self.0 {}
    }

    pub(super) fn private_pages(&mut self, _: &Range<*const u8>, _: impl FnMut(usize)) -> std::io::Result<()> {
        match self.0 {}
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn faults() -> Option<i64> {
    None
}

#[cfg(not(target_os = "linux"))]
pub(super) fn no_huge_pages(_: &Range<*const u8>) -> bool {
    false
}
