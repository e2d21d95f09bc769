//! From a planned call to the prompt that is sent.

use crate::{
    config::PromptConfig,
    domain::{ItemId, Language, digest_of},
    prompts::{PromptError, Rendered, context},
    rules::datasets::{Seeded, compose},
};

use super::{
    settings::Settings,
    work::{CallTask, Prompt},
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
            templates.render(kind, language, &context::Verifiers::new(&instruction, language, call.sample))
        }
        Prompt::BackTranslate { source } => templates.render(kind, language, &context::BackTranslate { source }),
        Prompt::Entail { premise, hypothesis } => {
            templates.render(kind, language, &context::Entail { premise, hypothesis })
        }
        Prompt::Respond { instruction, query } => {
            let option = &settings.config.prompt;
            let usual = PromptConfig::default();
            let option = if option.respond { option } else { &usual };
            let (seed, task) = (settings.config.seed, call.slot.as_str());
            let seeded = Seeded { seed, task, language: Language::detect(&instruction) };
            let prompt = compose(&instruction, &query, option, seeded);
            templates.render(kind, language, &context::Respond { instruction, query, prompt })
        }
        Prompt::Score { instruction, query, response } => {
            templates.render(kind, language, &context::Score { instruction, query, response })
        }
    }
}

/// The seed that is sent with a request for the `nth` completion of an item's sample, so that samples of one prompt
/// differ and a take repeats where a server can.
pub fn seed_of(project_seed: u64, item: ItemId, sample: u32, nth: u32) -> u64 {
    let digest = digest_of(&[
        b"assay/sampling".as_slice(),
        &project_seed.to_le_bytes(),
        item.to_string().as_bytes(),
        &sample.to_le_bytes(),
        &nth.to_le_bytes(),
    ]);
    // 31 bits: some servers read the seed as a signed 32-bit number.
    u64::from(u32::from_le_bytes([digest.0[0], digest.0[1], digest.0[2], digest.0[3]]) & 0x7fff_ffff)
}
