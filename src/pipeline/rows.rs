//! The rows of the data sets, as they would be exported now: decided rows, in the order of the instructions.

use crate::{
    dataset::rows::{PairRow, SftRow},
    domain::{Language, SlotKey},
    rules::datasets::{Seeded, compose},
};

use super::{
    settings::Settings,
    view::{InstructionView, PairView, ResponseView, TaskView},
};

/// Rows of one instruction.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// For supervised fine-tuning.
    pub sft: Vec<SftRow>,
    /// Preference pairs of both levels.
    pub pairs: Vec<PairRow>,
}

/// The rows an instruction gives under a view.
pub fn rows(view: &InstructionView, settings: &Settings) -> Rows {
    let mut rows = Rows::default();
    pair_rows(&mut rows, view, &view.text, &view.case_pairs);
    for task in &view.tasks {
        task_rows(&mut rows, view, task, settings);
    }
    rows
}

/// The prompt of a task as the project's option has it.
pub fn prompt_of(instruction: &str, query: &str, task: &SlotKey, settings: &Settings) -> String {
    let language = Language::detect(instruction);
    let seeded = Seeded { seed: settings.config.seed, task: task.as_str(), language };
    compose(instruction, query, &settings.config.prompt, seeded)
}

fn task_rows(rows: &mut Rows, view: &InstructionView, task: &TaskView, settings: &Settings) {
    let prompt = prompt_of(&view.text, &task.query, &task.key, settings);
    let text = |response: &ResponseView| response.text.as_deref().unwrap_or_default().to_owned();
    for response in task.responses.iter().filter(|response| response.sft) {
        rows.sft.push(SftRow {
            id: response.id,
            instruction: view.text.to_string(),
            query: task.query.to_string(),
            prompt: prompt.clone(),
            response: text(response),
            category: view.category.clone(),
            language: view.language,
        });
    }
    pair_rows(rows, view, &prompt, &task.pairs);
}

fn pair_rows(rows: &mut Rows, view: &InstructionView, prompt: &str, pairs: &[PairView]) {
    for pair in pairs.iter().filter(|pair| pair.is_given()) {
        rows.pairs.push(PairRow {
            id: pair.id,
            level: pair.level,
            prompt: prompt.to_owned(),
            chosen: pair.chosen.text.to_string(),
            rejected: pair.rejected.text.to_string(),
            category: view.category.clone(),
            language: view.language,
        });
    }
}
