//! The label of an entailment answer (paper 3.2, "Back-translation verification").

use crate::domain::Label;

/// Words for the labels. Stems: what follows the stem within the word does not matter.
const WORDS: &[(&str, Label)] = &[
    ("entail", Label::Entailment),
    ("neutral", Label::Neutral),
    ("contradict", Label::Contradiction),
    ("蕴含", Label::Entailment),
    ("蕴涵", Label::Entailment),
    ("中立", Label::Neutral),
    ("中性", Label::Neutral),
    ("矛盾", Label::Contradiction),
];

/// What may stand before the label. The longest come first.
const KEYS: &[&str] = &["final label", "final answer", "label", "answer", "verdict", "标签", "结论", "答案"];

/// The label of the last line that gives one: `Label: neutral`, in any case, with Markdown or JSON around it. Nothing
/// where the line names several labels, denies one, or is a sentence about them.
pub fn parse_label(text: &str) -> Option<Label> {
    let lines: Vec<String> = text.lines().map(plain).filter(|line| !line.is_empty()).collect();
    if let Some(line) = lines.iter().rev().find(|line| after_key(line).is_some_and(|rest| !named(rest).is_empty())) {
        return only(after_key(line)?);
    }
    only(lines.last()?)
}

/// Small letters, without what Markdown and JSON put around words.
fn plain(line: &str) -> String {
    let kept: String = line.chars().filter(|c| !"*_`\"'{}[]#>“”".contains(*c)).collect();
    kept.trim().to_lowercase()
}

/// What follows the last `label:` of a line.
fn after_key(line: &str) -> Option<&str> {
    KEYS.iter()
        .filter_map(|key| line.rfind(key).map(|at| at + key.len()))
        .max()
        .map(|at| line[at..].trim_start())
        .and_then(|rest| rest.strip_prefix([':', '：', '=', '-']).or_else(|| rest.strip_prefix("is ")))
        .map(|rest| rest.trim_matches(|c: char| !c.is_alphanumeric()))
}

/// The label that a phrase consists of: it begins with one, names no other, and goes on for a few words at most, unless
/// a mark or a reason follows.
fn only(phrase: &str) -> Option<Label> {
    let phrase = phrase.trim_matches(|c: char| !c.is_alphanumeric());
    let (stem, label) = WORDS.iter().find(|(stem, _)| phrase.starts_with(stem))?;
    let others = named(phrase).into_iter().any(|other| other != *label);
    let rest = phrase[stem.len()..].trim_start_matches(|c: char| c.is_ascii_alphabetic()).trim_start();
    let ends = rest.is_empty() || rest.starts_with(|c: char| !c.is_alphanumeric());
    let explains = ["because", "since", "as ", "因为"].iter().any(|word| rest.starts_with(word));
    (!others && (ends || explains || rest.split_whitespace().count() <= 2)).then_some(*label)
}

fn named(phrase: &str) -> Vec<Label> {
    WORDS.iter().filter(|(stem, _)| phrase.contains(stem)).map(|(_, label)| *label).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_as_models_write_them() {
        let rows = [
            ("They differ.\nLabel: contradiction", Label::Contradiction),
            ("Label: Entailment.", Label::Entailment),
            ("**Label: neutral**", Label::Neutral),
            ("**Label:** *Neutral*", Label::Neutral),
            ("{\"label\": \"contradiction\"}", Label::Contradiction),
            ("```json\n{\n\"label\": \"entailment\"\n}\n```", Label::Entailment),
            ("entailment", Label::Entailment),
            ("The answer is contradictory, I first thought.\nLABEL: neutral\n", Label::Neutral),
            ("标签：矛盾", Label::Contradiction),
            ("Label: neutral\nLabel: contradiction", Label::Contradiction),
            ("Label: entailment (0.9)", Label::Entailment),
            ("Label: contradiction because one forbids what the other asks for", Label::Contradiction),
            ("Label: neutral. The second sentence asks for something else.", Label::Neutral),
        ];
        for (text, label) in rows {
            assert_eq!(parse_label(text), Some(label), "{text}");
        }
    }

    #[test]
    fn no_guess_is_made() {
        for text in [
            "",
            "Label:",
            "Label: entailment|neutral|contradiction",
            "Label: entailment or neutral",
            "Label: not a contradiction",
            "It could be entailment, neutral or contradiction.",
            "There is no contradiction here.",
            "Neutral seems wrong, as one entails the other.",
            "Label: unsure",
            "Label: neutral would be wrong here, I think",
        ] {
            assert_eq!(parse_label(text), None, "{text}");
        }
    }
}
