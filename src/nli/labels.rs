//! Which output of a classifier means what, read from `config.json` (`id2label`): models disagree about the order.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::Label;

/// Where entailment, neutral and contradiction stand among a model's outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LabelOrder([usize; 3]);

/// The part of `config.json` that is read here.
#[derive(Deserialize)]
struct Named {
    #[serde(default)]
    id2label: BTreeMap<String, String>,
}

impl LabelOrder {
    /// Reads it from the text of a `config.json`.
    ///
    /// # Errors
    /// What is wrong, where the three labels are not all there, each once, and nothing else.
    pub fn read(config: &[u8]) -> Result<Self, String> {
        let named: Named = serde_json::from_slice(config).map_err(|error| format!("it is no JSON object: {error}"))?;
        let mut places = [None; 3];
        for (id, name) in &named.id2label {
            let at: usize = id.parse().map_err(|_| format!("id2label: `{id}` is no output's number"))?;
            let label = label_of(name).ok_or_else(|| unknown(&named.id2label))?;
            if at >= 3 || places[label as usize].replace(at).is_some() {
                return Err(unknown(&named.id2label));
            }
        }
        match places {
            [Some(entailment), Some(neutral), Some(contradiction)] => Ok(Self([entailment, neutral, contradiction])),
            _ => Err(unknown(&named.id2label)),
        }
    }

    /// A model's outputs as entailment, neutral, contradiction.
    pub const fn sort(self, outputs: [f32; 3]) -> [f32; 3] {
        let [entailment, neutral, contradiction] = self.0;
        [outputs[entailment], outputs[neutral], outputs[contradiction]]
    }

    /// The labels in the model's order.
    pub fn names(self) -> [&'static str; 3] {
        let mut names = [""; 3];
        for (at, name) in self.0.into_iter().zip(["entailment", "neutral", "contradiction"]) {
            names[at] = name;
        }
        names
    }
}

fn label_of(name: &str) -> Option<Label> {
    match name.trim().to_lowercase().as_str() {
        "entailment" | "entail" | "entails" | "e" => Some(Label::Entailment),
        "neutral" | "n" => Some(Label::Neutral),
        "contradiction" | "contradict" | "contradicts" | "c" => Some(Label::Contradiction),
        _ => None,
    }
}

fn unknown(found: &BTreeMap<String, String>) -> String {
    let names: Vec<&str> = found.values().map(String::as_str).collect();
    let found = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    format!("id2label must name entailment, neutral and contradiction, once each, and names {found}")
}
