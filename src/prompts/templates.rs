//! Loading, compiling and rendering templates.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
};

use minijinja::{AutoEscape, Environment, UndefinedBehavior, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;

use crate::domain::{CallKind, Digest, Language, digest_of};

use super::{
    bundled::{bundled, file_name},
    context::fields,
    error::PromptError,
};

/// The line that parts system from user message.
const PART: &str = "{# user #}";

/// A prompt, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The system message, where the template has one.
    pub system: Option<String>,
    /// The user message.
    pub user: String,
}

impl Rendered {
    /// Both messages as one text, as it is stored.
    pub fn joined(&self) -> String {
        match &self.system {
            Some(system) => format!("[system]\n{system}\n\n[user]\n{}", self.user),
            None => self.user.clone(),
        }
    }
}

/// One template, before and after compilation.
#[derive(Debug)]
struct Entry {
    /// The file's path, or the built-in name: for messages.
    name: String,
    hash: Digest,
    /// Lines before the user part, so that errors there name the file's line.
    user_line: usize,
    has_system: bool,
}

/// All templates of a project.
#[derive(Debug)]
pub struct Templates {
    compiled: Environment<'static>,
    entries: HashMap<(CallKind, Language), Entry>,
}

impl Templates {
    /// The built-in templates.
    ///
    /// # Errors
    /// Never in practice; a test renders them all.
    pub fn bundled() -> Result<Self, PromptError> {
        Self::build(|call, language| {
            Ok((format!("built-in {}", file_name(call, language)), bundled(call, language).to_owned()))
        })
    }

    /// The templates of a project: files of its `templates/` folder where there are some, else the built-in ones.
    /// `named` holds the calls that name another file there (`template = "..."`).
    ///
    /// A call's own file is `templates/en/score.md.j2`; a named one is looked for below `templates/en/` and then in
    /// `templates/`, with and without `.md.j2`.
    ///
    /// # Errors
    /// Where a file cannot be read, is missing though named, or is not well-formed.
    pub fn load(project: &Path, named: &[(CallKind, String)]) -> Result<Self, PromptError> {
        let dir = project.join("templates");
        Self::build(|call, language| {
            if let Some((_, name)) = named.iter().find(|(kind, _)| *kind == call) {
                return find_named(&dir, call, language, name);
            }
            let path = dir.join(file_name(call, language));
            match read(&path)? {
                Some(text) => Ok((path.display().to_string(), text)),
                None => Ok((format!("built-in {}", file_name(call, language)), bundled(call, language).to_owned())),
            }
        })
    }

    fn build(
        source: impl Fn(CallKind, Language) -> Result<(String, String), PromptError>,
    ) -> Result<Self, PromptError> {
        let mut all = Self { compiled: environment(), entries: HashMap::new() };
        for call in CallKind::ALL {
            for language in [Language::English, Language::Chinese] {
                let (name, text) = source(call, language)?;
                all.add(call, language, name, &text)?;
            }
        }
        Ok(all)
    }

    fn add(&mut self, call: CallKind, language: Language, name: String, text: &str) -> Result<(), PromptError> {
        let text = text.replace("\r\n", "\n");
        let (system, user) = split(&text);
        let user_line = system.map_or(0, |system| system.matches('\n').count() + 1);
        for (part, source, first) in [("system", system, 0), ("user", Some(user), user_line)] {
            let Some(source) = source else { continue };
            self.compiled.add_template_owned(part_name(call, language, part), source.to_owned()).map_err(|error| {
                PromptError::Syntax {
                    name: name.clone(),
                    line: first + error.line().unwrap_or(1),
                    message: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
                }
            })?;
        }
        let hash = digest_of(&["assay/template", &text]);
        self.entries.insert((call, language), Entry { name, hash, user_line, has_system: system.is_some() });
        Ok(())
    }

    /// Fills a template.
    ///
    /// # Errors
    /// Where the template uses what it is not given, or does too much.
    pub fn render(
        &self,
        call: CallKind,
        language: Language,
        context: &impl Serialize,
    ) -> Result<Rendered, PromptError> {
        let entry = &self.entries[&(call, language)];
        let part = |part: &str, first: usize| {
            let template = self.compiled.get_template(&part_name(call, language, part));
            template.and_then(|template| template.render(Serde(context))).map_err(|error| PromptError::Render {
                name: entry.name.clone(),
                line: first + error.line().unwrap_or(1),
                message: error.detail().map_or_else(|| error.kind().to_string(), str::to_owned),
                fields: fields(call).to_owned(),
            })
        };
        let system = if entry.has_system { Some(part("system", 0)?.trim().to_owned()) } else { None };
        let user = part("user", entry.user_line)?.trim().to_owned();
        Ok(Rendered { system: system.filter(|text| !text.is_empty()), user })
    }

    /// The digest of a template's text: part of what an answer was made from.
    pub fn template_hash(&self, call: CallKind, language: Language) -> Digest {
        self.entries[&(call, language)].hash
    }

    /// Where a template came from: its file, or its built-in name.
    pub fn origin(&self, call: CallKind, language: Language) -> &str {
        &self.entries[&(call, language)].name
    }
}

/// How many steps a rendering may take: a thousand times what the built-in ones take. A template that loops ends with an
/// error in place of never.
const FUEL: u64 = 1_000_000;

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    // The builder fails on clashing delimiters alone, and these are the usual ones.
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        environment.set_syntax(syntax);
    }
    environment
}

fn part_name(call: CallKind, language: Language, part: &str) -> String {
    format!("{}/{}#{part}", language.code(), call.name())
}

/// The system part, where there is a parting line, and the user part.
fn split(text: &str) -> (Option<&str>, &str) {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if line.trim() == PART {
            return (Some(&text[..start]), &text[start + line.len()..]);
        }
        start += line.len();
    }
    (None, text)
}

fn find_named(dir: &Path, call: CallKind, language: Language, name: &str) -> Result<(String, String), PromptError> {
    let with_ending = format!("{name}.md.j2");
    let places: [PathBuf; 4] = [
        dir.join(language.code()).join(name),
        dir.join(language.code()).join(&with_ending),
        dir.join(name),
        dir.join(&with_ending),
    ];
    for path in places {
        if let Some(text) = read(&path)? {
            return Ok((path.display().to_string(), text));
        }
    }
    Err(PromptError::Missing { call: call.name(), name: name.to_owned(), dir: dir.to_owned() })
}

/// A file's text; nothing where there is no such file.
fn read(path: &Path) -> Result<Option<String>, PromptError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(source) => Err(PromptError::Read { path: path.to_owned(), source }),
    }
}
