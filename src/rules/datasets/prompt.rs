//! The prompt of a task: instruction and query in one text. One option decides for SFT rows, pairs and, unless it is
//! switched off, for what the answering model is shown: what a response was sampled for is what it is trained under. The
//! released scripts disagree with each other (query first in code/9, instruction first in the DPO samples).

use crate::{
    config::{PromptConfig, PromptOrder},
    domain::{Language, digest_of},
};

/// What stands for the texts in a template.
const INSTRUCTION: &str = "{instruction}";
const QUERY: &str = "{query}";

/// The built-in templates, where a project names none of its own.
const ENGLISH: [&str; 5] = [
    "{instruction}\n{query}",
    "{query}\n{instruction}",
    "{query}\n\nFollow this in your answer: {instruction}",
    "Instruction: {instruction}\n\n{query}",
    "{query}\n\n({instruction})",
];

/// The Chinese ones.
const CHINESE: [&str; 5] = [
    "{instruction}\n{query}",
    "{query}\n{instruction}",
    "{query}\n\n回答时请遵守：{instruction}",
    "要求：{instruction}\n\n{query}",
    "{query}\n\n（{instruction}）",
];

/// What the choice of a template depends on beside the option.
#[derive(Clone, Copy, Debug)]
pub struct Seeded<'a> {
    /// The project's seed.
    pub seed: u64,
    /// The task's content-free key.
    pub task: &'a str,
    /// The instruction's language.
    pub language: Language,
}

/// The prompt of a task: the instruction, then the query on a new line (paper, table 6); the other way round; or after
/// a template that a seeded hash of the task chooses.
pub fn compose(instruction: &str, query: &str, option: &PromptConfig, seeded: Seeded<'_>) -> String {
    let template = match option.order {
        PromptOrder::InstructionFirst => ENGLISH[0],
        PromptOrder::QueryFirst => ENGLISH[1],
        PromptOrder::Templates => chosen(option, seeded),
    };
    fill(template, instruction.trim(), query.trim())
}

fn chosen<'o>(option: &'o PromptConfig, seeded: Seeded<'_>) -> &'o str {
    let built_in = match seeded.language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    };
    let digest = digest_of(&["assay/prompt", &seeded.seed.to_string(), seeded.task]);
    let number = u64::from_le_bytes(digest.0[..8].try_into().unwrap_or_default());
    let one_of = |count: usize| usize::try_from(number % count as u64).unwrap_or(0);
    match option.templates.as_slice() {
        [] => built_in[one_of(built_in.len())],
        own => &own[one_of(own.len())],
    }
}

/// A template with its texts put in place, each once; what the texts say is not looked at again.
fn fill(template: &str, instruction: &str, query: &str) -> String {
    let mut text = String::with_capacity(template.len() + instruction.len() + query.len());
    let mut rest = template;
    loop {
        let next = [(INSTRUCTION, instruction), (QUERY, query)]
            .into_iter()
            .filter_map(|(mark, said)| rest.find(mark).map(|at| (at, mark, said)))
            .min_by_key(|(at, _, _)| *at);
        let Some((at, mark, said)) = next else { break };
        text.push_str(&rest[..at]);
        text.push_str(said);
        rest = &rest[at + mark.len()..];
    }
    text.push_str(rest);
    text
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

    fn with(order: PromptOrder, templates: &[&str]) -> PromptConfig {
        PromptConfig { order, templates: templates.iter().map(|text| (*text).to_owned()).collect(), respond: true }
    }

    fn seeded(task: &str) -> Seeded<'_> {
        Seeded { seed: 7, task, language: Language::English }
    }

    #[test]
    fn instruction_and_query_in_both_orders() {
        let compose = |order| compose("Use no commas. ", " What is tea?", &with(order, &[]), seeded("x"));
        assert_eq!(compose(PromptOrder::InstructionFirst), "Use no commas.\nWhat is tea?");
        assert_eq!(compose(PromptOrder::QueryFirst), "What is tea?\nUse no commas.");
    }

    #[test]
    fn templates_are_drawn_by_task_and_stick() {
        let own = with(PromptOrder::Templates, &["A {instruction} B {query}", "{query} / {instruction}"]);
        let all: Vec<String> =
            (0..40).map(|n| compose("I {query}", "Q", &own, seeded(&format!("seed.{n}/q.{n}")))).collect();
        assert!(all.iter().all(|text| text == "A I {query} B Q" || text == "Q / I {query}"), "{all:?}");
        assert!(all.iter().any(|text| text.starts_with('A')) && all.iter().any(|text| text.starts_with('Q')));
        assert_eq!(compose("I", "Q", &own, seeded("t")), compose("I", "Q", &own, seeded("t")));
        let built_in = with(PromptOrder::Templates, &[]);
        for language in [Language::English, Language::Chinese] {
            let all: std::collections::BTreeSet<String> = (0..60)
                .map(|n| compose("I", "Q", &built_in, Seeded { seed: 7, task: &n.to_string(), language }))
                .collect();
            assert_eq!(all.len(), 5, "all of them take turns");
            assert!(all.iter().all(|text| text.contains('I') && text.contains('Q')));
        }
    }

    #[test]
    fn the_released_prompt() {
        assert_eq!(sft_prompt_released("what is tea?", "use no commas"), "What is tea? Use no commas.");
        assert_eq!(sft_prompt_released("explain v2.0 now", "use no commas."), "Explain v2.0 now Use no commas..");
        assert_eq!(sft_prompt_released("ßtea", "x"), "SStea. X.");
        assert_eq!(sft_prompt_released("", "x"), ". X.");
    }
}
