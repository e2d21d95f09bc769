//! Where a server listens: `base_url` in the forms in which people write it.

use std::fmt;

use reqwest::Url;

use crate::llm::Secret;

/// A parameter of the query that is no key: it may be repeated in messages.
const HARMLESS: &str = "api-version";

/// A server's addresses.
#[derive(Clone)]
pub(super) struct Address {
    /// Where completions are asked for.
    pub chat: Url,
    /// Where models are listed.
    pub models: Url,
    /// The base for messages: no query, which may hold a key.
    pub shown: String,
    /// Whether the path names a version of the API.
    versioned: bool,
}

/// Without the query, which may hold a key.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Address").field(&self.shown).finish()
    }
}

impl Address {
    /// Reads a base URL: with or without a trailing slash, or pasted with `/chat/completions`.
    pub fn parse(base: &str) -> Result<Self, String> {
        let trimmed = base.trim();
        if !trimmed.starts_with("http://") && !trimmed.starts_with("https://") {
            let shown = trimmed.split(['?', '@']).next().unwrap_or_default();
            return Err(format!("base_url `{shown}` must begin with http:// or https://"));
        }
        let url = Url::parse(trimmed).map_err(|error| format!("base_url is no address ({error})"))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err("base_url holds a user or password; put the key in an environment variable and name it as \
                        key_env"
                .to_owned());
        }
        let path = url.path().trim_end_matches('/');
        let path = path.strip_suffix("/chat/completions").unwrap_or(path).trim_end_matches('/').to_owned();
        let at = |end: &str| {
            let mut url = url.clone();
            url.set_path(&format!("{path}{end}"));
            url.set_fragment(None);
            url
        };
        let mut shown = at("");
        shown.set_query(None);
        let is_version = |part: &str| part.len() > 1 && part.starts_with('v') && part.as_bytes()[1].is_ascii_digit();
        Ok(Self {
            chat: at("/chat/completions"),
            models: at("/models"),
            shown: shown.as_str().trim_end_matches('/').to_owned(),
            versioned: path.split('/').any(is_version),
        })
    }

    /// What must not be repeated from a server's message: the values of the query.
    pub fn secrets(&self) -> impl Iterator<Item = Secret> {
        let values = self.chat.query_pairs().filter(|(name, _)| name != HARMLESS);
        values.map(|(_, value)| Secret::new(&value)).collect::<Vec<_>>().into_iter()
    }

    /// A hint for answers that look like another page than the API.
    pub fn hint(&self) -> String {
        if self.versioned { String::new() } else { format!("; base_url has no version: try {}/v1", self.shown) }
    }

    /// Whether the server is on this machine, where no proxy stands between.
    pub fn is_local(&self) -> bool {
        match self.chat.host_str() {
            Some("localhost" | "[::1]") => true,
            Some(host) => host.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback()),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_address_are_one() {
        for base in ["http://h:1/v1", "http://h:1/v1/", " http://h:1/v1/chat/completions ", "http://h:1/v1//"] {
            let address = Address::parse(base).unwrap();
            assert_eq!(address.chat.as_str(), "http://h:1/v1/chat/completions", "{base}");
            assert_eq!(address.shown, "http://h:1/v1");
            assert_eq!(address.hint(), "");
        }
    }

    #[test]
    fn queries_are_kept_and_not_shown() {
        let address = Address::parse("https://h/openai?api-version=1&code=s3cret").unwrap();
        assert_eq!(address.chat.as_str(), "https://h/openai/chat/completions?api-version=1&code=s3cret");
        assert_eq!(address.hint(), "; base_url has no version: try https://h/openai/v1");
        assert!(!format!("{address:?}").contains("s3cret"));
        let secrets: Vec<Secret> = address.secrets().collect();
        assert_eq!(secrets, [Secret::new("s3cret")]);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        assert!(Address::parse("127.0.0.1:8080/v1").unwrap_err().contains("http://"));
        let error = Address::parse("https://me:hush@h/v1").unwrap_err();
        assert!(error.contains("key_env") && !error.contains("hush"));
        let error = Address::parse("h/v1?code=s3cret").unwrap_err();
        assert!(error.contains("`h/v1` must begin") && !error.contains("s3cret"), "{error}");
    }
}
