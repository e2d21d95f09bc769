//! The prompt of a row: instruction and query in one text.

use serde::{Deserialize, Serialize};

use crate::domain::Language;

/// Which comes first. One option for SFT and pairs; the released scripts disagree with each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PromptOrder {
    /// The instruction, as in the paper's table 6 and its DPO samples.
    #[default]
    InstructionFirst,
    /// The query, as in code/9.
    QueryFirst,
}

/// Instruction and query in one prompt: each ends with a mark of its own or gets one; texts of several lines stand
/// apart.
pub fn compose(instruction: &str, query: &str, order: PromptOrder) -> String {
    let (first, second) = match order {
        PromptOrder::InstructionFirst => (instruction.trim(), query.trim()),
        PromptOrder::QueryFirst => (query.trim(), instruction.trim()),
    };
    if first.is_empty() || second.is_empty() {
        return [first, second].concat();
    }
    let chinese = Language::detect(first) == Language::Chinese;
    let several_lines = first.contains('\n') || second.contains('\n');
    let ends = first.ends_with(|c: char| c.is_ascii_punctuation() || "。！？：；…”」』）".contains(c));
    let stop = match (ends, chinese) {
        (true, _) => "",
        (false, true) => "。",
        (false, false) => ".",
    };
    let gap = match (several_lines, chinese) {
        (true, _) => "\n\n",
        (false, true) => "",
        (false, false) => " ",
    };
    format!("{first}{stop}{gap}{second}")
}

/// The prompt of an SFT row as code/9 writes it: first letters in capitals, query first, a full stop after a query
/// without "?" and ".", a full stop after every instruction.
pub fn sft_prompt_released(query: &str, instruction: &str) -> String {
    let gap = if query.contains(['?', '.']) { " " } else { ". " };
    format!("{}{gap}{}.", capital(query), capital(instruction))
}

/// The text with its first character in upper case, as `text[0].upper() + text[1:]`.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instruction_and_query_in_both_orders() {
        let first = PromptOrder::InstructionFirst;
        assert_eq!(compose("Use no commas", "What is tea?", first), "Use no commas. What is tea?");
        assert_eq!(compose("Use no commas.", "What is tea?", PromptOrder::QueryFirst), "What is tea? Use no commas.");
        assert_eq!(compose("不要使用逗号", "什么是茶？", first), "不要使用逗号。什么是茶？");
        assert_eq!(compose("Use no commas.", "Fix:\nx = 1", first), "Use no commas.\n\nFix:\nx = 1");
        assert_eq!(compose("Use no commas.", "", first), "Use no commas.");
    }

    #[test]
    fn the_released_prompt() {
        assert_eq!(sft_prompt_released("what is tea?", "use no commas"), "What is tea? Use no commas.");
        assert_eq!(sft_prompt_released("explain v2.0 now", "use no commas."), "Explain v2.0 now Use no commas..");
        assert_eq!(sft_prompt_released("ßtea", "x"), "SStea. X.");
        assert_eq!(sft_prompt_released("", "x"), ". X.");
    }
}
