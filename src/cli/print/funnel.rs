//! The funnel as text. The same state gives the same text: no times, no rates.

use std::fmt::Write;

use crate::{
    domain::Stage,
    pipeline::snapshot::{Datasets, Funnel, StageCounts},
};

/// Reasons shown for a stage.
const REASONS: usize = 4;

/// A table of the stages and a line on the data sets.
pub fn table(funnel: &Funnel, datasets: Datasets) -> String {
    let mut text = String::new();
    line(&mut text, ["stage", "in", "kept", "dropped", "failed", "pending", "stale"].map(str::to_owned), "why");
    for stage in Stage::ALL {
        let counts = funnel.stage(stage);
        let waiting = counts.pending + counts.running;
        let numbers = [counts.total, counts.kept, counts.dropped, counts.failed, waiting, counts.stale];
        let [total, kept, dropped, failed, waiting, stale] = numbers.map(|n| n.to_string());
        line(&mut text, [stage.to_string(), total, kept, dropped, failed, waiting, stale], &reasons(counts));
    }
    let pairs = datasets.pairs_instruction + datasets.pairs_query;
    let _infallible = write!(
        text,
        "\nSFT rows {}   pairs {pairs} ({} by query, {} by instruction)",
        datasets.sft, datasets.pairs_query, datasets.pairs_instruction
    );
    if datasets.outdated > 0 {
        let _infallible = write!(text, "   left out as outdated {}", datasets.outdated);
    }
    text.push('\n');
    text
}

fn line(text: &mut String, cells: [String; 7], why: &str) {
    let [stage, total, kept, dropped, failed, waiting, stale] = cells;
    let row = format!("{stage:<15} {total:>7} {kept:>7} {dropped:>8} {failed:>7} {waiting:>8} {stale:>6}   {why}");
    text.push_str(row.trim_end());
    text.push('\n');
}

/// The commonest reasons first; equal ones by name.
fn reasons(counts: &StageCounts) -> String {
    let mut all: Vec<_> = counts.reasons.iter().collect();
    all.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let more = all.len().saturating_sub(REASONS);
    let mut shown: Vec<String> = all.into_iter().take(REASONS).map(|(reason, n)| format!("{reason} {n}")).collect();
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    shown.join(" · ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::view::State;

    #[test]
    fn counts_and_reasons_line_up() {
        let mut funnel = Funnel::default();
        let counts = funnel.stage_mut(Stage::Verifiers);
        for (reason, n) in [("bad-json", 2), ("refusal", 11), ("duplicate", 2), ("empty", 1), ("cut-off", 1)] {
            (0..n).for_each(|_| counts.add(&State::Dropped(reason.into())));
        }
        (0..80).for_each(|_| counts.add(&State::Kept));
        counts.add(&State::Running);
        counts.add(&State::Pending);
        let datasets = Datasets { sft: 12, pairs_instruction: 3, pairs_query: 4, outdated: 1 };
        insta::assert_snapshot!(table(&funnel, datasets));
    }
}
