//! The bundled artefact: CPython as one pre-initialised core module, compressed.

use std::sync::OnceLock;

use crate::domain::Digest;

use super::error::SandboxError;

/// The Python version inside.
pub const PYTHON_VERSION: &str = "3.13.5";

/// The artefact as shipped.
const ARTEFACT: &[u8] = include_bytes!("../../assets/guest/python-3.13.5.wasm.zst");

/// Far above the module's size: a bound for decompression only.
const MODULE_CAP: usize = 256 << 20;

/// The digest of the shipped artefact. It is part of every outcome's identity.
pub fn artefact_digest() -> Digest {
    static DIGEST: OnceLock<Digest> = OnceLock::new();
    *DIGEST.get_or_init(|| Digest::of_bytes(ARTEFACT))
}

/// The module's bytes.
pub(super) fn module() -> Result<Vec<u8>, SandboxError> {
    zstd::bulk::decompress(ARTEFACT, MODULE_CAP).map_err(|e| SandboxError::Guest(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_artefact_is_the_recorded_one() {
        let recorded = include_str!("../../assets/guest/SHA256SUMS");
        let mut lines = recorded.lines().map(|line| line.split_once("  ").unwrap());
        assert_eq!(lines.next(), Some((artefact_digest().hex().as_str(), "python-3.13.5.wasm.zst")));
        let module = Digest::of_bytes(&module().unwrap()).hex();
        assert_eq!(lines.next(), Some((module.as_str(), "python-3.13.5.wasm")));
    }
}
