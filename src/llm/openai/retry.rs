//! When to ask again, and how long to wait before.

use std::time::Duration;

use crate::{
    domain::digest_of,
    llm::{LlmError, Request},
};

use super::{body::Quirk, form::Form};

/// What a failed attempt allows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Again {
    /// Nothing: the error is a result.
    Never,
    /// Another attempt after a growing pause.
    Backoff,
    /// Another attempt on a new connection, the first time at once: the used one may just have been closed.
    Fresh,
    /// Another attempt after the pause that the server asked for.
    After(Duration),
    /// Another attempt, not counted: the server is loading its model.
    Loading,
    /// Another attempt at once, not counted, with what was learnt.
    Learnt(Quirk),
    /// Another attempt, few in all: the answer had no text.
    Empty,
    /// Another attempt at once, not counted, for one answer alone: a request for several did not bring it.
    Alone,
}

/// A failed attempt.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub error: LlmError,
    pub again: Again,
}

impl Failure {
    /// Whether it is that of a choice that did not come.
    pub fn is_missing(&self) -> bool {
        self.again == Again::Alone
    }
}

/// How patient a client is.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// Attempts in all.
    pub attempts: u32,
    /// The first pause; each further one is twice as long.
    pub base: Duration,
    /// The longest pause of the program's own.
    pub cap: Duration,
    /// The longest pause that a server may ask for; more than that ends the request.
    pub longest_asked: Duration,
    /// How long to wait in all for a model to load.
    pub loading: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 5,
            base: Duration::from_secs(1),
            cap: Duration::from_secs(30),
            longest_asked: Duration::from_secs(300),
            loading: Duration::from_secs(600),
        }
    }
}

/// How often an answer without text is asked for in all.
const EMPTY_ATTEMPTS: u32 = 2;

/// Where a request stands.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Standing {
    /// Attempts made that count.
    pub attempts: u32,
    /// Of those, answers without text.
    pub empties: u32,
    /// Whether a connection broke before an answer.
    pub broken: bool,
    /// Whether no probabilities are asked for, and how often that was tried.
    pub bare: bool,
    /// See `bare`.
    pub bares: u8,
    /// The form of structured output that was refused last, where one was.
    pub below: Option<Form>,
    /// Since the first.
    pub elapsed: Duration,
    /// Spreads the pauses of requests that failed together.
    pub salt: u64,
}

impl Retry {
    /// The pause before the next attempt, or nothing where there is none.
    pub(super) fn pause(&self, again: Again, standing: Standing) -> Option<Duration> {
        let left = standing.attempts < self.attempts;
        match again {
            Again::Never => None,
            Again::Learnt(_) | Again::Alone => Some(Duration::ZERO),
            Again::Loading => (standing.elapsed < self.loading).then(|| Self::spread(self.base * 2, standing)),
            Again::Empty => (left && standing.empties < EMPTY_ATTEMPTS).then_some(Duration::ZERO),
            Again::After(asked) if asked > self.longest_asked => None,
            // A little more than asked, so that not everybody comes back in the same moment.
            Again::After(asked) => left.then(|| asked + Self::spread(self.base, standing) / 4),
            Again::Fresh if !standing.broken => left.then_some(Duration::ZERO),
            Again::Backoff | Again::Fresh => left.then(|| {
                let doubled = self.base.saturating_mul(1 << standing.attempts.saturating_sub(1).min(16));
                Self::spread(doubled.min(self.cap), standing)
            }),
        }
    }

    /// Between half of a pause and the whole, by a hash: no two requests the same, every run the same.
    fn spread(pause: Duration, standing: Standing) -> Duration {
        let digest = digest_of(&[
            b"assay/jitter".as_slice(),
            &standing.salt.to_le_bytes(),
            &standing.attempts.to_le_bytes(),
            &(standing.elapsed.as_secs()).to_le_bytes(),
        ]);
        let share = f64::from(u16::from_le_bytes([digest.0[0], digest.0[1]])) / f64::from(u16::MAX);
        pause.mul_f64(0.5 + share / 2.0)
    }
}

/// What spreads the pauses of a request.
pub(super) fn salt(request: &Request) -> u64 {
    let digest = digest_of(&[
        request.call.name().as_bytes(),
        request.slot.as_str().as_bytes(),
        &request.sample.to_le_bytes(),
        &request.nth.to_le_bytes(),
    ]);
    digest.0.iter().take(8).fold(0, |salt, &byte| salt << 8 | u64::from(byte))
}

/// The pause that a server asks for: `Retry-After` in seconds or as a date, or `retry-after-ms`.
pub(super) fn asked(headers: &reqwest::header::HeaderMap, now: jiff::Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |text: &str| text.parse::<f64>().ok().and_then(|n| Duration::try_from_secs_f64(n.max(0.0)).ok());
    if let Some(ms) = text("retry-after-ms").and_then(number) {
        return Some(ms / 1000);
    }
    let after = text("retry-after")?;
    number(after).or_else(|| {
        let at = jiff::fmt::rfc2822::parse(after).ok()?.timestamp();
        Some(Duration::try_from(at.duration_since(now)).unwrap_or_default())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::{HeaderMap, HeaderValue};

    fn standing(attempts: u32) -> Standing {
        Standing { attempts, salt: 7, ..Standing::default() }
    }

    #[test]
    fn pauses_grow_up_to_the_cap_and_end() {
        let retry = Retry { attempts: 9, ..Retry::default() };
        for (attempts, most) in [(1, 1), (2, 2), (3, 4), (6, 30), (8, 30)] {
            let pause = retry.pause(Again::Backoff, standing(attempts)).unwrap().as_secs_f64();
            assert!(pause <= f64::from(most) && pause >= f64::from(most) / 2.0, "{attempts}: {pause}");
        }
        assert_eq!(retry.pause(Again::Backoff, standing(9)), None);
        assert_eq!(retry.pause(Again::Never, standing(1)), None);
    }

    #[test]
    fn requests_that_fail_together_do_not_return_together() {
        let retry = Retry::default();
        let pause = |salt| retry.pause(Again::Backoff, Standing { attempts: 3, salt, ..Standing::default() });
        assert_ne!(pause(1), pause(2));
        assert_eq!(pause(1), pause(1));
    }

    #[test]
    fn servers_may_ask_for_a_pause_but_not_for_ever() {
        let retry = Retry::default();
        let pause = retry.pause(Again::After(Duration::from_secs(20)), standing(1)).unwrap();
        assert!(pause >= Duration::from_secs(20) && pause < Duration::from_secs(21));
        assert_eq!(retry.pause(Again::After(Duration::from_secs(3600)), standing(1)), None);
    }

    #[test]
    fn empty_answers_are_asked_for_twice() {
        let retry = Retry::default();
        let with = |empties| retry.pause(Again::Empty, Standing { attempts: empties, empties, ..Standing::default() });
        assert_eq!((with(1), with(2)), (Some(Duration::ZERO), None));
    }

    #[test]
    fn retry_after_in_its_forms() {
        let now: jiff::Timestamp = "2026-11-20T07:00:00Z".parse().unwrap();
        let read = |name: &'static str, value: &'static str| {
            asked(&HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_static(value))]), now)
        };
        assert_eq!(read("retry-after", "7"), Some(Duration::from_secs(7)));
        assert_eq!(read("retry-after", "0.5"), Some(Duration::from_millis(500)));
        assert_eq!(read("retry-after-ms", "250"), Some(Duration::from_millis(250)));
        assert_eq!(read("retry-after", "Fri, 20 Nov 2026 07:00:09 GMT"), Some(Duration::from_secs(9)));
        assert_eq!(read("retry-after", "Fri, 20 Nov 2026 06:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(read("retry-after", "soon"), None);
        assert_eq!(read("x-other", "7"), None);
    }
}
