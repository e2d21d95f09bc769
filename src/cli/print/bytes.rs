//! Sizes, for people.

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::store::{DiskUse, Opening};

/// Between two words about one long task.
const EVERY: Duration = Duration::from_secs(2);

/// Says on stderr what opening a large database is busy with, at once and then now and then.
pub fn opening() -> impl Fn(Opening) + Sync {
    let said: Mutex<Option<Instant>> = Mutex::new(None);
    move |what| {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.is_some_and(|said| said.elapsed() < EVERY) {
            return;
        }
        *said = Some(Instant::now());
        match what {
            Opening::Checking(of) => {
                super::say(format!(
                    "looking at every page of the database ({}), as it was not closed in order",
                    bytes(of)
                ));
            }
            Opening::Copying(done, of) => {
                let (done, of) = (bytes(done), bytes(of));
                super::say(format!("copying the database before its format changes: {done} of {of}"));
            }
        }
    }
}

/// What a project takes on disk, as a line; nothing where nothing was stored.
pub fn on_disk(dir: &Path) -> String {
    let DiskUse { database, log, copies } = DiskUse::of(dir);
    if database == 0 {
        return String::new();
    }
    let mut more = String::new();
    if copies > 0 {
        more = format!("   copies of older formats {} (`assay gc --backups` drops them)", bytes(copies));
    }
    format!("on disk {}{more}\n", bytes(database + log))
}

/// A number of bytes with a unit, as file managers write it (1 kB is 1000 bytes).
#[expect(clippy::cast_precision_loss, reason = "rounded to three digits")]
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if n < 1000 {
        return format!("{n} B");
    }
    let mut number = n as f64 / 1000.0;
    let mut unit = 0;
    while number >= 999.95 && unit + 1 < UNITS.len() {
        number /= 1000.0;
        unit += 1;
    }
    format!("{number:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_change_where_the_number_would_have_four_digits() {
        let said = [0, 999, 1000, 1_549, 999_949, 999_950, 2_100_000_000].map(bytes);
        assert_eq!(said, ["0 B", "999 B", "1.0 kB", "1.5 kB", "999.9 kB", "1.0 MB", "2.1 GB"]);
    }
}
