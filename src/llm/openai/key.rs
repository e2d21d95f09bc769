//! The key of an endpoint: from the environment, or from a program that is run when the first request needs it.

use std::{
    fmt,
    process::Stdio,
    sync::{PoisonError, RwLock},
    time::Duration,
};

use reqwest::header::HeaderValue;
use tokio::process::Command;

use crate::{
    config::EndpointConfig,
    llm::{LlmError, Secret},
};

/// How long the program may take: a person may have to unlock something.
const PATIENCE: Duration = Duration::from_secs(120);

/// Finds a key by the name of its environment variable.
pub(super) type KeySource<'a> = &'a dyn Fn(&str) -> Option<Secret>;

/// Keys from the environment.
pub(super) fn from_environment(variable: &str) -> Option<Secret> {
    std::env::var(variable).ok().filter(|key| !key.trim().is_empty()).map(|key| Secret::new(&key))
}

/// Where the key comes from.
enum Source {
    /// There is none.
    None,
    /// The environment.
    Known,
    /// A variable that is not set.
    Missing(String),
    /// A program and its arguments.
    Command(Vec<String>),
}

/// The command is not shown: somebody may have put the key into it.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Known => "Known",
            Self::Missing(_) => "Missing",
            Self::Command(_) => "Command",
        })
    }
}

/// A key, shared by all servers of an endpoint. No `Debug` of it shows the key.
#[derive(Debug)]
pub(super) struct Key {
    endpoint: String,
    source: Source,
    held: RwLock<Held>,
    /// So that the program is run once, however many requests wait for it.
    running: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Held {
    now: Option<HeaderValue>,
    /// Every key there was: a server may repeat an old one.
    seen: Vec<Secret>,
}

impl Key {
    /// Reads the configuration. A variable that is not set is told by [`Key::ready`], so that a project opens without
    /// it.
    pub fn open(endpoint: &str, config: &EndpointConfig, source: KeySource<'_>) -> Result<Self, String> {
        let mut held = Held::default();
        let source = match &config.key_env {
            None if config.key_command.is_empty() => Source::None,
            None => Source::Command(config.key_command.clone()),
            Some(variable) => match source(variable) {
                None => Source::Missing(variable.clone()),
                Some(secret) => {
                    let bad = || format!("the key in {variable} (key_env) has characters that no key has");
                    held.take(secret).ok_or_else(bad)?;
                    Source::Known
                }
            },
        };
        Ok(Self {
            endpoint: endpoint.to_owned(),
            source,
            held: RwLock::new(held),
            running: tokio::sync::Mutex::default(),
        })
    }

    /// Waits until the key is there.
    pub async fn ready(&self) -> Result<(), LlmError> {
        let wrong = |reason: String| LlmError::Config { endpoint: self.endpoint.clone(), reason };
        match &self.source {
            Source::None | Source::Known => Ok(()),
            Source::Missing(variable) => Err(wrong(format!(
                "the environment variable {variable} (key_env) is not set; export it and start again"
            ))),
            Source::Command(_) if self.header().is_some() => Ok(()),
            Source::Command(command) => {
                let _one = self.running.lock().await;
                if self.header().is_some() {
                    return Ok(());
                }
                let secret = ask(command).await.map_err(wrong)?;
                let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
                held.take(secret).ok_or_else(|| wrong("key_command printed characters that no key has".to_owned()))
            }
        }
    }

    /// The value of the `Authorization` header, marked so that nothing prints it.
    pub fn header(&self) -> Option<HeaderValue> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).now.clone()
    }

    /// The server does not take the key: a program is asked for another one, as keys of some providers last an hour.
    pub fn refused(&self) {
        if matches!(self.source, Source::Command(_)) {
            self.held.write().unwrap_or_else(PoisonError::into_inner).now = None;
        }
    }

    /// Takes the key out of a text that a server sent.
    pub fn scrub(&self, text: &str) -> String {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.seen.iter().fold(text.to_owned(), |text, secret| secret.scrub(&text))
    }
}

impl Held {
    fn take(&mut self, secret: Secret) -> Option<()> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", secret.expose())).ok()?;
        value.set_sensitive(true);
        self.now = Some(value);
        if !self.seen.contains(&secret) {
            self.seen.push(secret);
        }
        Some(())
    }
}

/// Runs the program. Neither it nor what it prints is shown to anybody: it may be the key.
async fn ask(command: &[String]) -> Result<Secret, String> {
    let (program, arguments) = command.split_first().ok_or("key_command is empty")?;
    let by_hand = "run it by hand to see why";
    let run =
        Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true).output();
    let output = tokio::time::timeout(PATIENCE, run)
        .await
        .map_err(|_| format!("key_command did not end within {} s; {by_hand}", PATIENCE.as_secs()))?
        .map_err(|error| format!("key_command cannot be run: {error}; correct it in assay.toml"))?;
    if !output.status.success() {
        return Err(format!("key_command failed ({}); {by_hand}", output.status));
    }
    let key = String::from_utf8(output.stdout).unwrap_or_default();
    if key.trim().is_empty() {
        return Err(format!("key_command printed no key; {by_hand}"));
    }
    Ok(Secret::new(&key))
}
