//! The small disk of the tests that fill one up: a tmpfs of a few megabytes, named in `ASSAY_TEST_SMALL_DISK`.

use std::path::PathBuf;

use tokio::sync::{Mutex, MutexGuard};

/// One test at a time fills it.
static ALONE: Mutex<()> = Mutex::const_new(());

fn named() -> Option<PathBuf> {
    let disk = std::env::var_os("ASSAY_TEST_SMALL_DISK").map(PathBuf::from);
    if disk.is_none() {
        println!("skipped: ASSAY_TEST_SMALL_DISK names no folder on a small disk");
    }
    disk
}

/// The disk, for as long as the guard is held.
pub async fn small_disk() -> Option<(PathBuf, MutexGuard<'static, ()>)> {
    Some((named()?, ALONE.lock().await))
}

/// The same for a test that is not asynchronous.
pub fn small_disk_blocking() -> Option<(PathBuf, MutexGuard<'static, ()>)> {
    Some((named()?, ALONE.blocking_lock()))
}
