//! Reading `assay.toml`.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    check::{Problem, check},
    error::ConfigError,
    model::Config,
    place::{self, Place},
    suggest::closest,
};

/// The name of a project's configuration.
pub const FILE_NAME: &str = "assay.toml";

/// A configuration and where it came from.
#[derive(Clone, Debug, PartialEq)]
pub struct Loaded {
    /// What it says.
    pub config: Config,
    /// The project's folder.
    pub dir: PathBuf,
    /// The file as it was read.
    pub text: String,
}

impl Loaded {
    /// The configuration file.
    pub fn path(&self) -> PathBuf {
        self.dir.join(FILE_NAME)
    }

    /// The project's name: its folder's.
    pub fn name(&self) -> String {
        let dir = fs::canonicalize(&self.dir).unwrap_or_else(|_| self.dir.clone());
        dir.file_name().map_or_else(|| "project".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    /// An error that points at a key of this file, for rules that live above this floor.
    pub fn blame(&self, problem: Problem) -> ConfigError {
        blame(&self.path(), &self.text, problem)
    }
}

/// The folder of the nearest `assay.toml`, from a folder upward.
///
/// # Errors
/// Where there is none.
pub fn find_project(from: &Path) -> Result<PathBuf, ConfigError> {
    let start = fs::canonicalize(from).unwrap_or_else(|_| from.to_owned());
    start
        .ancestors()
        .find(|dir| dir.join(FILE_NAME).is_file())
        .map(Path::to_owned)
        .ok_or_else(|| ConfigError::NoProject(from.to_owned()))
}

/// Reads and checks the `assay.toml` of a folder.
///
/// # Errors
/// Where it is missing, unreadable, no TOML, or says what cannot be: with file, line, column, key and what to do.
pub fn load(dir: &Path) -> Result<Loaded, ConfigError> {
    let path = dir.join(FILE_NAME);
    let bytes = fs::read(&path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => ConfigError::NoProject(dir.to_owned()),
        _ => ConfigError::Read { path: path.clone(), source },
    })?;
    let text = decode(&path, bytes)?;
    let config = parse(&path, &text)?;
    Ok(Loaded { config, dir: dir.to_owned(), text })
}

fn decode(path: &Path, bytes: Vec<u8>) -> Result<String, ConfigError> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let good = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        let byte = error.as_bytes()[valid];
        ConfigError::NotUtf8 { path: path.to_owned(), place: Place::of(&good, good.len()), byte }
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Reads and checks the text of an `assay.toml`; `path` is for messages.
///
/// # Errors
/// As [`load`].
pub fn parse(path: &Path, text: &str) -> Result<Config, ConfigError> {
    let config: Config = toml::from_str(text).map_err(|error| explain(path, text, &error))?;
    match check(&config).into_iter().next() {
        Some(problem) => Err(blame(path, text, problem)),
        None => Ok(config),
    }
}

fn blame(path: &Path, text: &str, problem: Problem) -> ConfigError {
    ConfigError::Bad {
        path: path.to_owned(),
        place: place::of_key(text, &problem.key),
        key: problem.key.join("."),
        message: problem.message,
        fix: problem.fix,
    }
}

/// Turns what the TOML reader says into words with a place, a key and advice.
fn explain(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let span = error.span().unwrap_or(0..0);
    let keys = place::path_at(text, &span);
    let key = if keys.is_empty() { FILE_NAME.to_owned() } else { keys.join(".") };
    let message = error.message().replace('\n', " ");
    let fix = advice(&message, keys.last().map(String::as_str));
    let message = in_words(&message);
    ConfigError::Bad { path: path.to_owned(), place: Place::of(text, span.start), key, message, fix }
}

/// What the reader expects, in words for people.
fn in_words(message: &str) -> String {
    let Some((said, kind)) = message.rsplit_once("expected ") else { return message.to_owned() };
    let kind = match kind.trim() {
        "a string" => "text in \"double quotes\"",
        "a boolean" | "bool" => "true or false",
        "f64" => "a number",
        "i64" => "a whole number",
        "u64" | "u32" | "u16" | "u8" | "usize" => "a whole number from 0",
        _ => return message.to_owned(),
    };
    format!("{said}expected {kind}")
}

fn advice(message: &str, key: Option<&str>) -> String {
    let known: Vec<&str> = message.split('`').skip(1).step_by(2).skip(1).collect();
    if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        let name = message.split('`').nth(1).or(key).unwrap_or_default();
        return match closest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "remove it; `assay config keys` lists every key".to_owned(),
        };
    }
    if message.starts_with("invalid type") || message.starts_with("invalid value") {
        return "`assay config keys` shows the type and default of every key".to_owned();
    }
    "mend the TOML here; text values stand in \"double quotes\"".to_owned()
}
