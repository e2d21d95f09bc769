//! wasmtime's configuration, and the key under which its compiled code is kept.

use std::hash::{Hash, Hasher};

use sha2::{Digest as _, Sha256};
use wasmtime::{Config, Engine, OptLevel};

use crate::domain::{Digest, digest_of};

use super::{error::SandboxError, guest, strike, sys};

/// Stack of a worker thread. It must exceed [`WASM_STACK`] by what the host needs above and below, or a guest could
/// overflow it and abort the process.
pub(super) const THREAD_STACK: usize = 8 << 20;
/// Native stack that wasm code may use.
const WASM_STACK: usize = 4 << 20;
/// Address space per instance on machines that allow it: all a 32-bit memory can reach, so that bounds checks are free.
pub(super) const RESERVATION: u64 = 4 << 30;
/// Unmapped space behind a memory.
const GUARD: u64 = 32 << 20;
/// The wasmtime version in use, as pinned in `Cargo.toml`.
const WASMTIME: &str = "48.0.8";

/// How linear memory gets its address space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reservation {
    /// 4 GiB an instance where the system allows as many as there are cores, else on demand.
    #[default]
    Auto,
    /// Allocated as it grows, with explicit bounds checks: slower, for small or locked-down machines.
    OnDemand,
}

impl Reservation {
    /// What this means on this machine now.
    fn settle(self) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let bytes = usize::try_from(RESERVATION + 2 * GUARD).unwrap_or(usize::MAX);
        if self == Self::Auto && cfg!(target_pointer_width = "64") && sys::can_reserve(cores + 1, bytes) {
            Self::Auto
        } else {
            Self::OnDemand
        }
    }
}

/// How a call that takes too long is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Means {
    /// Compiled code looks at its deadline at every loop and call.
    Epoch,
    /// The memory is taken away, which needs a reservation and a system that tells where a fault was.
    Strike,
}

/// An engine for the guest, and how its calls are ended. `portable`: by what every system offers.
pub(super) fn engine(reservation: Reservation, portable: bool) -> Result<(Engine, Means), SandboxError> {
    let reserved = reservation.settle() == Reservation::Auto;
    let means = if reserved && strike::POSSIBLE && !portable { Means::Strike } else { Means::Epoch };
    let mut config = Config::new();
    config.cranelift_opt_level(OptLevel::Speed);
    config.epoch_interruption(means == Means::Epoch);
    // Filled at once: a tenth faster, as the interpreter calls through its table all the time, for 0.2 ms an instance.
    config.table_lazy_init(false);
    config.wasm_backtrace_max_frames(None);
    // Only checked against the other: no async call is made.
    config.async_stack_size(THREAD_STACK);
    config.max_wasm_stack(WASM_STACK);
    config.memory_init_cow(true);
    if reserved {
        config.memory_reservation(RESERVATION).memory_guard_size(GUARD);
    } else {
        config.memory_reservation(0).memory_guard_size(64 << 10).memory_reservation_for_growth(4 << 20);
    }
    let engine = Engine::new(&config).map_err(|e| SandboxError::engine("accept the configuration", &e))?;
    Ok((engine, means))
}

/// The key of compiled code: artefact, wasmtime version, engine configuration and target.
pub(super) fn key(engine: &Engine) -> Digest {
    let mut hasher = Sha(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let target = format!("{}-{}-{}", std::env::consts::ARCH, std::env::consts::OS, size_of::<usize>());
    let config = Digest(hasher.0.finalize().into()).hex();
    digest_of(&["assay/cwasm", &guest::artefact_digest().hex(), WASMTIME, &config, &target])
}

/// A hasher that is the same in every process, unlike the standard library's.
struct Sha(Sha256);

impl Hasher for Sha {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        let digest: [u8; 32] = self.0.clone().finalize().into();
        digest.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_depends_on_the_configuration_and_nothing_else() {
        let key = |reservation, portable| key(&engine(reservation, portable).unwrap().0);
        let auto = key(Reservation::Auto, false);
        assert_eq!(auto, key(Reservation::Auto, false));
        if Reservation::Auto.settle() == Reservation::Auto {
            assert_ne!(auto, key(Reservation::OnDemand, false));
            assert_eq!(auto == key(Reservation::Auto, true), !strike::POSSIBLE);
        }
    }

    #[test]
    fn the_version_in_the_key_is_the_one_pinned() {
        assert!(include_str!("../../Cargo.toml").contains(&format!("wasmtime = {{ version = \"={WASMTIME}\"")));
    }
}
