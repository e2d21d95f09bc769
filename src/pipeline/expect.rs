//! What each slot would be made from now: the task keys of an instruction's tree.

use crate::domain::{
    CallKind, Language, Made,
    body::{BackTranslation, Content, QueryBody, ResponseBody, VerifierBody},
    tree::InstructionTree,
};

use super::settings::Settings;

/// The expectations of one instruction, whose text holds for all of them.
#[derive(Clone, Copy, Debug)]
pub struct Expect<'a> {
    settings: &'a Settings,
    instruction: &'a dyn Content,
    /// The language prompts are written in.
    pub language: Language,
}

impl<'a> Expect<'a> {
    /// The expectations of a tree; nothing while its instruction says nothing.
    pub fn of(tree: &'a InstructionTree, settings: &'a Settings) -> Option<Self> {
        let body = tree.slot.body()?;
        Some(Self { settings, instruction: body, language: body.language })
    }

    fn made(&self, call: CallKind, contents: &[&dyn Content], sample: u32) -> Made {
        self.settings.made_from(call, self.language, contents, sample)
    }

    /// A verifier sample: made from the instruction.
    pub fn verifier(&self, sample: u32) -> Made {
        self.made(CallKind::Verifiers, &[self.instruction], sample)
    }

    /// A back-translation: made from the function alone, so that it cannot peek.
    pub fn back(&self, function: &VerifierBody, sample: u32) -> Made {
        self.made(CallKind::BackTranslate, &[function], sample)
    }

    /// An entailment label: premise and hypothesis.
    pub fn entailment(&self, back: &BackTranslation, sample: u32) -> Made {
        self.made(CallKind::Entail, &[self.instruction, back], sample)
    }

    /// A response: instruction and query.
    pub fn response(&self, query: &QueryBody, sample: u32) -> Made {
        self.made(CallKind::Respond, &[self.instruction, query], sample)
    }

    /// A score: instruction, query and response.
    pub fn score(&self, query: &QueryBody, response: &ResponseBody, judge: u32) -> Made {
        self.made(CallKind::Score, &[self.instruction, query, response], judge)
    }
}
