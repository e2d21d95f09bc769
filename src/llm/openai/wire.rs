//! The connection to one server: client, address, headers, key, patience.

use std::{error::Error as _, time::Duration};

use reqwest::{
    Client, RequestBuilder, Response,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
};

use super::{
    address::Address,
    retry::{Again, Failure},
    reuse::Reuse,
};
use crate::{
    config::{EndpointConfig, TimeoutConfig},
    llm::{Fault, LlmError, Secret, Wait},
};

/// How long a connection is kept for another request: less than the 5 s after which common servers close it.
const IDLE_CONNECTION: Duration = Duration::from_secs(4);

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub connect: Duration,
    pub first: Duration,
    pub idle: Duration,
    pub total: Duration,
}

impl Patience {
    fn new(timeouts: &TimeoutConfig) -> Result<Self, String> {
        let read = |name: &str, seconds: f64| match Duration::try_from_secs_f64(seconds) {
            // A year stands for ever: deadlines are computed by addition.
            Ok(time) if !time.is_zero() => Ok(time.min(Duration::from_secs(365 * 24 * 3600))),
            _ => Err(format!("timeouts.{name} is {seconds}; it must be a number of seconds above 0")),
        };
        Ok(Self {
            connect: read("connect_s", timeouts.connect_s)?,
            first: read("first_token_s", timeouts.first_token_s)?,
            idle: read("idle_s", timeouts.idle_s)?,
            total: read("total_s", timeouts.total_s)?,
        })
    }
}

/// A server that can be asked.
#[derive(Debug)]
pub(super) struct Wire {
    pub name: String,
    pub address: Address,
    pub patience: Patience,
    client: Client,
    /// Opens a connection for every request.
    fresh: Client,
    pub reuse: Reuse,
    /// Sensitive ones are marked so that nothing prints them.
    headers: HeaderMap,
    /// Everything that must not be repeated from a server's message.
    secrets: Vec<Secret>,
    /// Why the key is missing, where it is.
    keyless: Option<String>,
}

impl Wire {
    /// Reads the configuration; nothing is sent yet. A missing key is told by [`Wire::ready`], so that a project opens
    /// without it.
    pub fn open(name: &str, config: &EndpointConfig, base: &str, key: KeySource<'_>) -> Result<Self, String> {
        let (address, patience) = (Address::parse(base)?, Patience::new(&config.timeouts)?);
        let (mut headers, mut secrets) = custom(config)?;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let mut keyless = None;
        match config.key_env.as_deref().map(|variable| (variable, key(variable))) {
            None => {}
            Some((variable, Some(secret))) => {
                let mut value = HeaderValue::from_str(&format!("Bearer {}", secret.expose()))
                    .map_err(|_| format!("the key in {variable} (key_env) has characters that no key has"))?;
                value.set_sensitive(true);
                headers.insert(AUTHORIZATION, value);
                secrets.push(secret);
            }
            Some((variable, None)) => {
                keyless = Some(format!(
                    "the environment variable {variable} (key_env) is not set; export it and start again"
                ));
            }
        }
        let made = |idle| client(&address, &patience, idle).map_err(|error| format!("no client: {}", cause(&error)));
        let (client, fresh, reuse) = (made(usize::MAX)?, made(0)?, Reuse::default());
        Ok(Self { name: name.to_owned(), address, patience, client, fresh, reuse, headers, secrets, keyless })
    }

    /// Whether requests can be sent at all.
    pub fn ready(&self) -> Result<(), LlmError> {
        match &self.keyless {
            None => Ok(()),
            Some(reason) => Err(LlmError::Config { endpoint: self.name.clone(), reason: reason.clone() }),
        }
    }

    /// Asks for a completion, on a new connection where `fresh` says so or used ones tend to break.
    pub async fn post(&self, body: Vec<u8>, fresh: bool) -> reqwest::Result<Response> {
        let client = if fresh || self.reuse.hurts() { &self.fresh } else { &self.client };
        self.headed(client.post(self.address.chat.clone())).body(body).send().await
    }

    /// Asks for the list of models.
    pub async fn models(&self) -> reqwest::Result<Response> {
        self.headed(self.fresh.get(self.address.models.clone())).send().await
    }

    fn headed(&self, request: RequestBuilder) -> RequestBuilder {
        request.headers(self.headers.clone())
    }

    /// What a failure to send means.
    pub fn broken(&self, error: &reqwest::Error) -> Failure {
        let endpoint = self.name.clone();
        if error.is_connect() && error.is_timeout() {
            return Failure { error: self.late(Wait::Connect), again: Again::Backoff };
        }
        let reason = cause(error);
        if error.is_connect() {
            let error = LlmError::Connect { endpoint, url: self.address.shown.clone(), reason };
            return Failure { error, again: Again::Backoff };
        }
        let message = format!("the connection broke before an answer: {reason}; see the server's log, then run again");
        Failure { error: LlmError::Protocol { endpoint, fault: Fault::Cut, message }, again: Again::Fresh }
    }

    /// A timeout.
    pub fn late(&self, what: Wait) -> LlmError {
        let patience = &self.patience;
        let waited = match what {
            Wait::Connect => patience.connect,
            Wait::FirstToken => patience.first,
            Wait::Idle => patience.idle,
            Wait::Total => patience.total,
        };
        LlmError::Timeout { endpoint: self.name.clone(), what, seconds: waited.as_secs_f64() }
    }

    /// Takes keys out of what a server said.
    pub fn scrub(&self, mut error: LlmError) -> LlmError {
        if let LlmError::Status { message, .. } | LlmError::Quota { message, .. } | LlmError::Protocol { message, .. } =
            &mut error
        {
            *message = self.secrets.iter().fold(std::mem::take(message), |text, secret| secret.scrub(&text));
        }
        error
    }
}

/// Finds a key by the name of its environment variable.
pub(super) type KeySource<'a> = &'a dyn Fn(&str) -> Option<Secret>;

/// Keys from the environment.
pub(super) fn from_environment(variable: &str) -> Option<Secret> {
    std::env::var(variable).ok().filter(|key| !key.trim().is_empty()).map(|key| Secret::new(&key))
}

/// The configured headers. Any of them may be a key.
fn custom(config: &EndpointConfig) -> Result<(HeaderMap, Vec<Secret>), String> {
    let (mut headers, mut secrets) = (HeaderMap::new(), Vec::new());
    for (name, value) in &config.headers {
        let header: HeaderName = name.parse().map_err(|_| format!("headers: `{name}` is no header's name"))?;
        let mut content = HeaderValue::from_str(value)
            .map_err(|_| format!("headers: the value of `{name}` has forbidden characters"))?;
        content.set_sensitive(true);
        headers.insert(header, content);
        secrets.push(Secret::new(value));
    }
    Ok((headers, secrets))
}

fn client(address: &Address, patience: &Patience, idle: usize) -> reqwest::Result<Client> {
    // An error means that a provider is installed already, by an earlier endpoint: that one serves.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::trace!("a TLS provider is installed already");
    }
    let builder = Client::builder()
        .connect_timeout(patience.connect)
        .pool_max_idle_per_host(idle)
        .pool_idle_timeout(IDLE_CONNECTION)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("assay/", env!("CARGO_PKG_VERSION")));
    if address.is_local() { builder.no_proxy().build() } else { builder.build() }
}

/// The innermost cause: the outer ones repeat the address, which may hold a key.
pub(super) fn cause(error: &reqwest::Error) -> String {
    let mut inner: &dyn std::error::Error = match error.source() {
        Some(source) => source,
        None => return "the request could not be made".to_owned(),
    };
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}
