//! What a completion went through before it came, for its transcript.

use super::Engine;

impl Engine {
    /// The failed attempts of a stored completion, where it was made in this run; in order.
    pub(super) fn troubles_of(&self, completion: i64) -> Vec<(String, String)> {
        let views = self.jobs.views();
        let job = views.iter().find(|job| job.completion == Some(completion));
        let troubles = job.and_then(|job| job.tail.as_ref()).map(|tail| tail.attempts().troubles).unwrap_or_default();
        (1..).zip(troubles).map(|(n, trouble)| (format!("failed attempt {n}"), trouble)).collect()
    }
}
