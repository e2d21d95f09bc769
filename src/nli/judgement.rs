//! What is asked and what comes back.

use crate::domain::Label;

/// Does the hypothesis follow from the premise?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// The instruction.
    pub premise: String,
    /// The back-translation.
    pub hypothesis: String,
}

/// What a model makes of a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judgement {
    /// The most probable label; of equal ones the first in the order below.
    pub label: Label,
    /// Probabilities of entailment, neutral and contradiction, to four digits: what two machines can agree on.
    pub probabilities: [f64; 3],
    /// Tokens that the model read, special ones included.
    pub tokens: usize,
    /// Tokens that were cut away because the model can read no more.
    pub cut: usize,
}

impl Judgement {
    /// From the logits of entailment, neutral and contradiction.
    pub fn of_logits(logits: [f32; 3], tokens: usize, cut: usize) -> Self {
        let exact = softmax(logits);
        let mut label = Label::Entailment;
        for (candidate, at) in [(Label::Neutral, 1), (Label::Contradiction, 2)] {
            if exact[at] > exact[label as usize] {
                label = candidate;
            }
        }
        Self { label, probabilities: exact.map(|value| (value * 1e4).round() / 1e4), tokens, cut }
    }

    /// The judgement as a model that writes would say it.
    pub fn words(&self) -> String {
        let label = match self.label {
            Label::Entailment => "entailment",
            Label::Neutral => "neutral",
            Label::Contradiction => "contradiction",
        };
        let [entailment, neutral, contradiction] = self.probabilities;
        let said = format!(
            "Label: {label}\nentailment {entailment:.4}, neutral {neutral:.4}, contradiction {contradiction:.4}"
        );
        match self.cut {
            0 => said,
            cut => format!("{said}; {cut} tokens were cut, as {} are read at most", self.tokens),
        }
    }
}

/// Probabilities of logits.
fn softmax(logits: [f32; 3]) -> [f64; 3] {
    let logits = logits.map(f64::from);
    let most = logits.into_iter().fold(f64::NEG_INFINITY, f64::max);
    let raised = logits.map(|logit| (logit - most).exp());
    let sum: f64 = raised.iter().sum();
    raised.map(|value| value / sum)
}
