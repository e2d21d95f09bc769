//! From a planned call to the prompt that is sent.

use crate::{
    domain::{Language, digest_of},
    prompts::{PromptError, Rendered, context},
};

use super::{
    settings::Settings,
    work::{CallTask, Prompt, WorkId},
};

/// Renders a call's prompt.
///
/// # Errors
/// Where the template uses what its call does not offer.
pub fn render(call: &CallTask, settings: &Settings) -> Result<Rendered, PromptError> {
    let (kind, language): (_, Language) = (call.call, call.language);
    let templates = &settings.templates;
    match call.prompt.clone() {
        Prompt::SelfInstruct { seeds, count } => {
            templates.render(kind, language, &context::SelfInstruct::new(seeds, count, language))
        }
        Prompt::Verifiers { instruction } => {
            templates.render(kind, language, &context::Verifiers::new(&instruction, language))
        }
        Prompt::BackTranslate { source } => templates.render(kind, language, &context::BackTranslate { source }),
        Prompt::Entail { premise, hypothesis } => {
            templates.render(kind, language, &context::Entail { premise, hypothesis })
        }
        Prompt::Respond { instruction, query } => {
            templates.render(kind, language, &context::Respond::new(&instruction, &query))
        }
        Prompt::Score { instruction, query, response } => {
            templates.render(kind, language, &context::Score { instruction, query, response })
        }
    }
}

/// The seed that is sent with a request, so that samples of one prompt differ and a take repeats where a server can.
pub fn sampling_seed(project_seed: u64, id: WorkId, call: &CallTask) -> u64 {
    let digest = digest_of(&[
        b"assay/sampling".as_slice(),
        &project_seed.to_le_bytes(),
        id.item.to_string().as_bytes(),
        &call.sample.to_le_bytes(),
        &call.nth.to_le_bytes(),
    ]);
    // 31 bits: some servers read the seed as a signed 32-bit number.
    u64::from(u32::from_le_bytes([digest.0[0], digest.0[1], digest.0[2], digest.0[3]]) & 0x7fff_ffff)
}
