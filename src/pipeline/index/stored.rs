//! The index in the store: whether it can be used, reading it back, and the counters for the first frame.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{Digest, ItemId, digest_of},
    pipeline::{
        settings::Settings,
        snapshot::{Datasets, Funnel},
    },
    store::{Op, Store, StoreError},
};

use super::entry::{Counts, Entry};

/// Under which settings it was made.
const KEY: &str = "index-key";
/// Up to which change it is whole.
const SEQ: &str = "index-seq";
/// The sums.
const TOTALS: &str = "index-totals";

/// What says that a stored index is whole.
pub const MARKS: &[&str] = &[KEY, SEQ, TOTALS];

/// The sums over all instructions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The funnel.
    pub funnel: Funnel,
    /// The data sets.
    pub datasets: Datasets,
}

#[derive(Serialize, Deserialize)]
struct Packed {
    funnel: Vec<u8>,
    datasets: Datasets,
}

/// An index that was read back.
#[derive(Debug)]
pub struct Loaded {
    /// The entries, in no order.
    pub entries: Vec<Entry>,
    /// Instructions, queries and calls that changed since.
    pub changed: Vec<ItemId>,
}

/// A number that stands for all that entries depend on beside the facts.
pub fn key(settings: &Settings) -> u64 {
    let profile = format!("{:?}", settings.profile);
    let config = format!("{:?} {:?} {}", settings.config.pipeline, settings.config.calls, settings.config.seed);
    let parts = [b"assay/index/3".as_slice(), profile.as_bytes(), config.as_bytes(), &settings.digest().0];
    let Digest([a, b, c, d, e, f, g, h, ..]) = digest_of(&parts);
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// The operations that mark a stored index as whole up to a change.
pub fn mark(key: u64, upto: i64, totals: &Totals) -> Vec<Op> {
    let set = |key: &str, value: String| Op::SetMeta { key: key.to_owned(), value };
    let packed = Packed { funnel: Counts::of(&totals.funnel).bytes().to_vec(), datasets: totals.datasets };
    let mut ops = vec![set(KEY, key.to_string()), set(SEQ, upto.to_string())];
    ops.extend(serde_json::to_string(&packed).ok().map(|text| set(TOTALS, text)));
    ops
}

/// The sums as they were stored last, for a first look; perhaps under other settings.
///
/// # Errors
/// Where the store cannot be read.
pub fn totals(store: &Store) -> Result<Option<Totals>, StoreError> {
    let packed = store.meta(TOTALS)?.and_then(|text| serde_json::from_str::<Packed>(&text).ok());
    Ok(packed.map(|packed| Totals { funnel: Counts::from_bytes(&packed.funnel).funnel(), datasets: packed.datasets }))
}

/// Reads the index back; nothing where there is none, or one of other settings.
///
/// # Errors
/// Where the store cannot be read.
pub fn load(store: &Store, settings: &Settings) -> Result<Option<Loaded>, StoreError> {
    let key = key(settings);
    if store.meta(KEY)?.is_none_or(|stored| stored != key.to_string()) {
        return Ok(None);
    }
    let Some(upto) = store.meta(SEQ)?.and_then(|text| text.parse().ok()) else { return Ok(None) };
    let mut changed = store.changed_since(upto)?;
    let mut entries = Vec::new();
    store.for_each_summary(|id, data| match Entry::read(id, key, data) {
        Some(entry) => entries.push(entry),
        None => changed.push(id),
    })?;
    Ok(Some(Loaded { entries, changed }))
}
