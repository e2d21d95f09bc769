//! The connection to one server: client, address, headers, key, patience.

use std::{error::Error as _, path::Path, sync::Arc, time::Duration};

use reqwest::{
    Client, Proxy, RequestBuilder, Response,
    header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue},
    tls::Certificate,
};

use super::{
    address::Address,
    key::Key,
    refusal,
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
    /// The key, which all servers of an endpoint share.
    pub key: Arc<Key>,
}

impl Wire {
    /// Reads the configuration; nothing is sent yet. A missing key is told by [`Key::ready`].
    pub fn open(name: &str, config: &EndpointConfig, base: &str, key: Arc<Key>) -> Result<Self, String> {
        let (address, patience) = (Address::parse(base)?, Patience::new(&config.timeouts)?);
        let (mut headers, mut secrets) = custom(config)?;
        secrets.extend(address.secrets());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let certificates = certificates(config)?;
        let made = |idle| client(config, &address, &patience, &certificates, idle);
        let (client, fresh, reuse) = (made(usize::MAX)?, made(0)?, Reuse::default());
        Ok(Self { name: name.to_owned(), address, patience, client, fresh, reuse, headers, secrets, key })
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
        let mut headers = self.headers.clone();
        headers.extend(self.key.header().map(|key| (AUTHORIZATION, key)));
        request.headers(headers)
    }

    /// What a failure to send means.
    pub fn broken(&self, error: &reqwest::Error) -> Failure {
        let endpoint = self.name.clone();
        if error.is_connect() && error.is_timeout() {
            return Failure { error: self.late(Wait::Connect), again: Again::Backoff };
        }
        let reason = cause(error);
        if let Some(reason) = distrust(error) {
            let error = LlmError::Certificate { endpoint, url: self.address.shown.clone(), reason };
            return Failure { error, again: Again::Never };
        }
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

    /// A text without keys.
    pub fn clean(&self, text: &str) -> String {
        self.secrets.iter().fold(self.key.scrub(text), |text, secret| secret.scrub(&text))
    }

    /// A server's words as they are shown: without keys, one line, not long.
    pub fn quote(&self, text: &str) -> String {
        refusal::shorten(&self.clean(text))
    }

    /// Takes keys out of what a server said.
    pub fn scrub(&self, mut error: LlmError) -> LlmError {
        if let LlmError::Status { message, .. } | LlmError::Quota { message, .. } | LlmError::Protocol { message, .. } =
            &mut error
        {
            *message = self.clean(message);
        }
        error
    }
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

/// Certificates that are trusted beside the system's.
fn certificates(config: &EndpointConfig) -> Result<Vec<Certificate>, String> {
    let Some(file) = &config.ca_file else { return Ok(Vec::new()) };
    let read = |path: &Path| std::fs::read(path).map_err(|error| format!("ca_file {file} cannot be read: {error}"));
    let none = || format!("ca_file {file} holds no certificate: it must begin with -----BEGIN CERTIFICATE-----");
    match Certificate::from_pem_bundle(&read(Path::new(file))?) {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) | Err(_) => Err(none()),
    }
}

fn client(
    config: &EndpointConfig,
    address: &Address,
    patience: &Patience,
    certificates: &[Certificate],
    idle: usize,
) -> Result<Client, String> {
    // An error means that a provider is installed already, by an earlier endpoint: that one serves.
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::trace!("a TLS provider is installed already");
    }
    let mut builder = Client::builder()
        .connect_timeout(patience.connect)
        .pool_max_idle_per_host(idle)
        .pool_idle_timeout(IDLE_CONNECTION)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("assay/", env!("CARGO_PKG_VERSION")));
    if !certificates.is_empty() {
        builder = builder.tls_certs_merge(certificates.iter().cloned());
    }
    builder = match &config.proxy {
        Some(proxy) => builder.proxy(Proxy::all(proxy).map_err(|error| format!("proxy: {}", cause(&error)))?),
        None if address.is_local() => builder.no_proxy(),
        None => builder,
    };
    builder.build().map_err(|error| format!("no client: {}", cause(&error)))
}

/// What is wrong with the server's certificate, where that is what stands in the way.
fn distrust(error: &reqwest::Error) -> Option<String> {
    let mut inner = error.source();
    while let Some(source) = inner {
        if let Some(rustls::Error::InvalidCertificate(reason)) = source.downcast_ref() {
            return Some(reason.to_string());
        }
        // What an I/O error holds is not its source, but it itself.
        let held = source.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        inner = match held {
            Some(held) => Some(held),
            None => source.source(),
        };
    }
    None
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
