//! Short messages above the footer.

use std::time::Duration;

use super::go::About;

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Something happened.
    Info,
    /// Something went wrong.
    Bad,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// What it says; untrusted.
    pub text: String,
    /// How it is meant.
    pub mood: Mood,
    /// When it goes.
    pub until: Duration,
    /// How often it came.
    pub times: u32,
    /// What it is about, where one can go there.
    pub about: Option<About>,
    /// Whether it answers what was just done to an item; only the last such answer is shown.
    pub answer: bool,
}

/// How many are shown at once.
pub const MOST: usize = 3;

/// The messages on screen, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Toasts(pub Vec<Toast>);

impl Toasts {
    /// Shows a message from `now` on; the same message again is counted, not repeated. Longer ones stay longer.
    pub fn push(&mut self, now: Duration, mood: Mood, text: impl Into<String>, about: Option<About>) {
        let text = text.into();
        let stay = match mood {
            Mood::Info => Duration::from_secs(4),
            Mood::Bad => Duration::from_secs(9),
        };
        let until = now + stay + Duration::from_millis(20 * u64::try_from(text.len().min(200)).unwrap_or(0));
        if let Some(same) = self.0.iter_mut().find(|toast| toast.text == text) {
            same.times += 1;
            same.about = about.or(same.about);
            same.until = until;
            return;
        }
        self.0.push(Toast { text, mood, until, times: 1, about, answer: false });
        if self.0.len() > MOST {
            self.0.remove(0);
        }
    }

    /// Shows the answer to what was just done to an item, in the place of the one before.
    pub fn answer(&mut self, now: Duration, text: impl Into<String>, about: About) {
        self.0.retain(|toast| !toast.answer);
        self.push(now, Mood::Info, text, Some(about));
        if let Some(last) = self.0.last_mut() {
            last.answer = true;
        }
    }

    /// Takes away what has been there long enough; whether anything went.
    pub fn expire(&mut self, now: Duration) -> bool {
        let before = self.0.len();
        self.0.retain(|toast| toast.until > now);
        self.0.len() != before
    }
}
