//! What a pilot run says about the whole.

use std::{collections::BTreeSet, fmt};

use crate::{
    domain::{CallKind, InstructionTree, Slot, Stage, Usage},
    pipeline::{
        Project,
        cost::price,
        snapshot::{Datasets, Snapshot},
        summary,
        survey::each_view,
        view::State,
    },
    store::StoreError,
};

/// The pilot's instructions with all that was ever made from them, and what the whole would give at that rate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Projection {
    pilot: u64,
    whole: u64,
    rows: Datasets,
    requests: u64,
    tokens: u64,
    cost: Option<f64>,
    /// Seconds that a request of this run took, all that ran at once taken together; nothing where it made none.
    pace: Option<f64>,
    /// Whether self-instruct is still to add instructions.
    growing: bool,
}

impl Projection {
    /// Of the first `limit` instructions that novelty keeps. `requests`: how many this run made.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn of(project: &Project, last: &Snapshot, requests: u64, limit: u32) -> Result<Self, StoreError> {
        let config = &project.settings.config;
        let mut projection = Self::default();
        let mut asked = [0; CallKind::ALL.len()];
        each_view(project, |tree, view| {
            if view.novelty != State::Kept {
                return;
            }
            projection.whole += 1;
            if projection.whole > u64::from(limit) {
                return;
            }
            projection.pilot += 1;
            projection.rows.add(&summary::datasets(view));
            for (sum, call) in asked.iter_mut().zip(CallKind::ALL) {
                *sum += completions(tree, call);
            }
        })?;
        let means = project.store.call_means()?;
        let mut cost = Some(0.0);
        for (n, call) in asked.into_iter().zip(CallKind::ALL).filter(|(n, _)| *n > 0) {
            projection.requests += n;
            let Some(mean) = means.iter().find(|mean| mean.call == call) else { continue };
            let usage = Usage {
                prompt_tokens: times(n, mean.prompt_tokens),
                cached_tokens: times(n, mean.cached_tokens),
                completion_tokens: times(n, mean.completion_tokens),
            };
            projection.tokens += usage.prompt_tokens + usage.completion_tokens;
            let prices = config.endpoint_of(call).and_then(|(_, endpoint)| endpoint.prices);
            cost = cost.zip(prices).map(|(cost, prices)| cost + price(usage, prices));
        }
        let calls = project.store.calls()?.len() as u64;
        projection.growing =
            config.pipeline.self_instruct && calls < u64::from(config.calls.get(CallKind::SelfInstruct).samples);
        projection.cost = cost.filter(|_| projection.tokens > 0);
        projection.pace = (requests > 0).then(|| last.elapsed.as_secs_f64() / count(requests));
        Ok(projection)
    }

    /// A count of the pilot, scaled to the whole.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate, of what is not negative")]
    fn scaled(&self, n: u64) -> u64 {
        (count(n) * self.factor()).round() as u64
    }

    fn factor(&self) -> f64 {
        if self.pilot == 0 { 0.0 } else { count(self.whole) / count(self.pilot) }
    }
}

/// Completions of a kind that an instruction's items were ever read from.
fn completions(tree: &InstructionTree, call: CallKind) -> u64 {
    fn of<T>(slot: &Slot<T>) -> impl Iterator<Item = i64> + '_ {
        slot.versions.iter().filter_map(|version| version.completion)
    }
    let samples = || tree.tasks.iter().flat_map(|task| &task.samples);
    let found: BTreeSet<i64> = match call {
        CallKind::SelfInstruct => return 0,
        CallKind::Verifiers => tree.verifiers.iter().flat_map(|sample| of(&sample.function)).collect(),
        CallKind::BackTranslate => tree.verifiers.iter().flat_map(|sample| &sample.back).flat_map(of).collect(),
        CallKind::Entail => tree.verifiers.iter().flat_map(|sample| &sample.entailment).flat_map(of).collect(),
        CallKind::Respond => samples().flat_map(|sample| of(&sample.response)).collect(),
        CallKind::Score => samples().flat_map(|sample| &sample.scores).flat_map(of).collect(),
    };
    found.len() as u64
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
const fn count(n: u64) -> f64 {
    n as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an estimate, of what is not negative")]
fn times(n: u64, mean: f64) -> u64 {
    (count(n) * mean).round() as u64
}

impl fmt::Display for Projection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs = self.rows.pairs_instruction + self.rows.pairs_query;
        writeln!(
            f,
            "pilot: {} of {} instructions gave {} SFT rows and {pairs} pairs for {} requests and about {} tokens, over \
             all runs",
            self.pilot, self.whole, self.rows.sft, self.requests, self.tokens
        )?;
        if self.requests == 0 {
            return write!(f, "nothing was asked for them yet, so there is nothing to project from");
        }
        write!(
            f,
            "all {}: about {} SFT rows and {} pairs, {} requests, {} tokens",
            self.whole,
            self.scaled(self.rows.sft),
            self.scaled(pairs),
            self.scaled(self.requests),
            self.scaled(self.tokens)
        )?;
        if let Some(pace) = self.pace {
            let minutes = (pace * count(self.requests) * self.factor() / 60.0).ceil();
            write!(f, ", {minutes:.0} min at this run's speed")?;
        }
        match self.cost {
            Some(cost) => write!(f, ", cost {:.2}", cost * self.factor())?,
            None => write!(f, "; no prices are known")?,
        }
        if self.growing {
            write!(f, "\n{} is not done: what it still asks and adds is not in these numbers", Stage::SelfInstruct)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pilot() -> Projection {
        Projection {
            pilot: 10,
            whole: 40,
            rows: Datasets { sft: 12, pairs_instruction: 3, pairs_query: 4, outdated: 0 },
            requests: 100,
            tokens: 5000,
            cost: Some(0.5),
            pace: Some(0.9),
            growing: false,
        }
    }

    #[test]
    fn a_pilot_is_scaled_to_the_whole() {
        let text = pilot().to_string();
        assert!(text.contains("10 of 40 instructions gave 12 SFT rows and 7 pairs"), "{text}");
        assert!(text.contains("about 48 SFT rows and 28 pairs, 400 requests, 20000 tokens, 6 min"), "{text}");
        assert!(text.ends_with("cost 2.00"), "{text}");
    }

    #[test]
    fn what_was_not_measured_is_not_told() {
        let again = Projection { pace: None, growing: true, ..pilot() }.to_string();
        assert!(!again.contains("min") && again.contains("self-instruct is not done"), "{again}");
        let nothing = Projection { requests: 0, ..pilot() }.to_string();
        assert!(nothing.contains("nothing to project from") && !nothing.contains("all 40"), "{nothing}");
    }
}
