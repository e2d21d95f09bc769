//! SHA-256 digests over length-prefixed parts: the one hash used for identities, task keys and seeded draws.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(#[serde(with = "hex_bytes")] pub [u8; 32]);

impl Digest {
    /// The digest of plain bytes, as `sha256sum` prints it.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Lower-case hexadecimal, 64 characters.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    /// The first `n` hexadecimal characters.
    pub fn short(&self, n: usize) -> String {
        let mut text = self.hex();
        text.truncate(n);
        text
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({})", self.short(12))
    }
}

/// The digest of a list of parts. Each part is preceded by its length as 8 little-endian bytes, so that no two
/// different lists collide by concatenation. The first part names what is hashed (`"assay/pair"`).
pub fn digest_of<P: AsRef<[u8]>>(parts: &[P]) -> Digest {
    Digest(hash_of(parts).finalize().into())
}

fn hash_of<P: AsRef<[u8]>>(parts: &[P]) -> Sha256 {
    parts.iter().fold(Sha256::new(), |hash, part| feed(hash, part.as_ref()))
}

fn feed(mut hash: Sha256, part: &[u8]) -> Sha256 {
    hash.update((part.len() as u64).to_le_bytes());
    hash.update(part);
    hash
}

/// The first parts of many digests, hashed once.
#[derive(Clone, Debug)]
pub struct Prefix(Sha256);

impl Prefix {
    /// Of these parts.
    pub fn of<P: AsRef<[u8]>>(parts: &[P]) -> Self {
        Self(hash_of(parts))
    }

    /// What [`digest_of`] gives for them and one more.
    pub fn with(&self, last: impl AsRef<[u8]>) -> Digest {
        Digest(feed(self.0.clone(), last.as_ref()).finalize().into())
    }
}

/// Lower-case hexadecimal of any bytes.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

/// The bytes that a hexadecimal text stands for, or nothing where it is not one of exactly `N` bytes.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let high = char::from(pair[0]).to_digit(16)?;
        let low = char::from(pair[1]).to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(bytes)
}

pub(crate) mod hex_bytes {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer, const N: usize>(bytes: &[u8; N], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&super::hex(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(from: D) -> Result<[u8; N], D::Error> {
        let text = String::deserialize(from)?;
        super::unhex(&text).ok_or_else(|| D::Error::custom(format!("expected {} hexadecimal digits", N * 2)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(digest_of(&["ab", "c"]), digest_of(&["a", "bc"]));
    }

    #[test]
    fn a_prefix_gives_the_digest_of_all_parts() {
        assert_eq!(Prefix::of(&["ab", "c"]).with("de"), digest_of(&["ab", "c", "de"]));
    }

    #[test]
    fn hex_round_trips() {
        let digest = digest_of(&["x"]);
        assert_eq!(unhex::<32>(&digest.hex()), Some(digest.0));
        assert_eq!(unhex::<32>("zz"), None);
    }
}
