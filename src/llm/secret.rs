//! A key in memory: usable for a request, printable by nobody.

use std::fmt;

/// What is shown in a key's place.
const SHOWN: &str = "[key]";

/// Keys shorter than this are not searched for in messages: they would match everywhere.
const SHORTEST: usize = 6;

/// A secret whose `Debug` and `Display` say `[key]`. It is not `Serialize` on purpose.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a key; surrounding white space (a trailing newline of a file) is not part of it.
    pub fn new(key: &str) -> Self {
        Self(key.trim().to_owned())
    }

    /// The key itself. Only for the header of a request.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// Takes the key out of a text that a server sent.
    pub fn scrub(&self, text: &str) -> String {
        if self.0.len() < SHORTEST { text.to_owned() } else { text.replace(&self.0, SHOWN) }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SHOWN)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(SHOWN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_prints() {
        let key = Secret::new(" sk-abcdef123\n");
        assert_eq!(format!("{key} {key:?}"), "[key] [key]");
        assert_eq!(key.expose(), "sk-abcdef123");
        assert_eq!(key.scrub("bad key sk-abcdef123."), "bad key [key].");
    }
}
