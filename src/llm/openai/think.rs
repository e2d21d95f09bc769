//! Reasoning that arrives inside the answer's text, as tags of the model's template.

/// Opening and closing tags that models are trained with.
const TAGS: [(&str, &str); 4] =
    [("<think>", "</think>"), ("<thinking>", "</thinking>"), ("<thought>", "</thought>"), ("[THINK]", "[/THINK]")];

/// Splits an answer into reasoning and text.
///
/// Reasoning is a block at the very beginning, closed or not (an unclosed one is all reasoning: the limit struck), and
/// everything before a closing tag that nothing opened (templates that put the opening tag into the prompt). A tag
/// further inside belongs to the answer: it may be about tags.
pub(super) fn split(text: &str) -> (Option<String>, &str) {
    let mut reasoning: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some((thought, after)) = leading(rest).or_else(|| reasoning.is_empty().then(|| begun(rest)).flatten()) {
        reasoning.push(thought.trim());
        rest = after.trim_start();
    }
    if reasoning.is_empty() { (None, text) } else { (Some(reasoning.join("\n")), rest) }
}

/// A block at the beginning, and what follows it.
fn leading(text: &str) -> Option<(&str, &str)> {
    let start = text.trim_start();
    let (inside, close) = TAGS.iter().find_map(|(open, close)| Some((start.strip_prefix(open)?, close)))?;
    Some(inside.split_once(close).unwrap_or((inside, "")))
}

/// A block whose beginning is in the prompt, and what follows it.
fn begun(text: &str) -> Option<(&str, &str)> {
    TAGS.iter().find_map(|(open, close)| {
        let (before, after) = text.split_once(close)?;
        (!before.contains(open)).then_some((before, after))
    })
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn forms_of_thinking() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(split("plain <b>x</b>"), (None, "plain <b>x</b>"));
        assert_eq!(split("  kept as it came\n"), (None, "  kept as it came\n"));
        assert_eq!(split("\n<think>\nhm\n</think>\n\nYes."), (some("hm"), "Yes."));
        assert_eq!(split("<think></think>\nYes."), (some(""), "Yes."));
        assert_eq!(split("so, hm</think>Yes."), (some("so, hm"), "Yes."));
        assert_eq!(split("<think>never ends"), (some("never ends"), ""));
        assert_eq!(split("<think>a</think><think>b</think>c"), (some("a\nb"), "c"));
        assert_eq!(split("[THINK]a[/THINK]c"), (some("a"), "c"));
    }

    #[test]
    fn an_answer_about_tags_is_an_answer() {
        for text in ["Write <think>x</think> first.", "<think>a</think>Use <think> and </think>."] {
            assert!(split(text).1.contains("<think>"), "{text}");
        }
    }
}
