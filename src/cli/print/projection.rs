//! What a pilot run says about the whole.

use std::fmt;

use crate::{
    domain::Stage,
    pipeline::snapshot::{Datasets, Snapshot},
};

/// A pilot's yield and cost, and what the whole would give at that rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    pilot: u64,
    whole: u64,
    rows: Datasets,
    requests: u64,
    tokens: u64,
    cost: Option<f64>,
    seconds: f64,
}

impl Projection {
    /// Of a run on the first `limit` instructions, from what was there before and after.
    pub fn of(before: &Snapshot, after: &Snapshot, limit: u32) -> Self {
        let whole = after.funnel.stage(Stage::SelfInstruct).kept;
        let tokens = |snapshot: &Snapshot| snapshot.usage.prompt_tokens + snapshot.usage.completion_tokens;
        Self {
            pilot: u64::from(limit).min(whole),
            whole,
            rows: after.datasets,
            requests: after.requests.saturating_sub(before.requests),
            tokens: tokens(after).saturating_sub(tokens(before)),
            cost: after.cost.map(|cost| cost - before.cost.unwrap_or(0.0)),
            seconds: after.elapsed.as_secs_f64(),
        }
    }

    /// A count of the pilot, scaled to the whole.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate"
    )]
    fn scaled(&self, n: u64) -> u64 {
        if self.pilot == 0 { 0 } else { (n as f64 * self.factor()).round() as u64 }
    }

    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    fn factor(&self) -> f64 {
        if self.pilot == 0 { 0.0 } else { self.whole as f64 / self.pilot as f64 }
    }
}

impl fmt::Display for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.rows.pairs_instruction + self.rows.pairs_query;
        writeln!(
            f,
            "pilot: {} of {} instructions gave {} SFT rows and {pairs} pairs for {} requests and {} tokens",
            self.pilot, self.whole, self.rows.sft, self.requests, self.tokens
        )?;
        write!(
            f,
            "all {}: about {} SFT rows and {} pairs, {} requests, {} tokens, {:.0} min at this speed",
            self.whole,
            self.scaled(self.rows.sft),
            self.scaled(pairs),
            self.scaled(self.requests),
            self.scaled(self.tokens),
            self.seconds * self.factor() / 60.0
        )?;
        match self.cost {
            Some(cost) => write!(f, ", cost {:.2}", cost * self.factor()),
            None => write!(f, "; no prices are known"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pilot_is_scaled_to_the_whole() {
        let projection = Projection {
            pilot: 10,
            whole: 40,
            rows: Datasets { sft: 12, pairs_instruction: 3, pairs_query: 4, outdated: 0 },
            requests: 100,
            tokens: 5000,
            cost: Some(0.5),
            seconds: 90.0,
        };
        let text = projection.to_string();
        assert!(text.contains("10 of 40 instructions gave 12 SFT rows and 7 pairs"), "{text}");
        assert!(text.contains("about 48 SFT rows and 28 pairs, 400 requests, 20000 tokens, 6 min"), "{text}");
        assert!(text.ends_with("cost 2.00"), "{text}");
    }
}
