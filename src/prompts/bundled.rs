//! The built-in templates, compiled into the program.

use crate::domain::{CallKind, Language};

macro_rules! template {
    ($language:literal, $name:literal) => {
        include_str!(concat!("../../assets/templates/", $language, "/", $name, ".md.j2"))
    };
}

/// The built-in template of a call in a language.
pub const fn bundled(call: CallKind, language: Language) -> &'static str {
    match (language, call) {
        (Language::English, CallKind::SelfInstruct) => template!("en", "self_instruct"),
        (Language::English, CallKind::Verifiers) => template!("en", "verifiers"),
        (Language::English, CallKind::BackTranslate) => template!("en", "back_translate"),
        (Language::English, CallKind::Entail) => template!("en", "entail"),
        (Language::English, CallKind::Respond) => template!("en", "respond"),
        (Language::English, CallKind::Score) => template!("en", "score"),
        (Language::Chinese, CallKind::SelfInstruct) => template!("zh", "self_instruct"),
        (Language::Chinese, CallKind::Verifiers) => template!("zh", "verifiers"),
        (Language::Chinese, CallKind::BackTranslate) => template!("zh", "back_translate"),
        (Language::Chinese, CallKind::Entail) => template!("zh", "entail"),
        (Language::Chinese, CallKind::Respond) => template!("zh", "respond"),
        (Language::Chinese, CallKind::Score) => template!("zh", "score"),
    }
}

/// Every built-in template with its path below `templates/`, for `assay init`.
pub fn files() -> impl Iterator<Item = (String, &'static str)> {
    [Language::English, Language::Chinese].into_iter().flat_map(|language| {
        CallKind::ALL.into_iter().map(move |call| (file_name(call, language), bundled(call, language)))
    })
}

/// The path of a call's template below `templates/`.
pub fn file_name(call: CallKind, language: Language) -> String {
    format!("{}/{}.md.j2", language.code(), call.name())
}
