//! The packed form of a batch of outcomes. Each source and each text is named once; what nearly every check gives
//! (a quiet `True` or `False`) takes a few bytes.
//!
//! `1`, sources, texts (count, then 32 bytes each), then count and entries: source, text, tag, and CPU time for the
//! quiet tags or the outcome as JSON behind its length. A returned float has its 8 bytes before the JSON, as reading
//! JSON may miss the last bit of one, and merging writes again what it read. Numbers are LEB128.

use std::collections::BTreeMap;

use crate::domain::{Digest, Outcome, OutcomeKind, Value, tree::OutcomeKey};

use super::error::{Res, Trouble};

const FORMAT: u8 = 1;
const JSON: u8 = 0;
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const FLOAT: u8 = 3;

/// The tag of an outcome that needs no JSON.
fn quiet_tag(outcome: &Outcome) -> Option<u8> {
    if !outcome.stdout.is_empty() || outcome.stdout_dropped != 0 {
        return None;
    }
    match &outcome.kind {
        OutcomeKind::Returned { value: Value::Bool(true), repr } if repr == "True" => Some(TRUE),
        OutcomeKind::Returned { value: Value::Bool(false), repr } if repr == "False" => Some(FALSE),
        _ => None,
    }
}

fn quiet(value: bool, cpu_us: u64) -> Outcome {
    let repr = if value { "True" } else { "False" }.to_owned();
    Outcome { cpu_us, ..Outcome::quiet(OutcomeKind::Returned { value: Value::Bool(value), repr }) }
}

fn put(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Names each digest once, in order.
fn table(bytes: &mut Vec<u8>, digests: impl Iterator<Item = Digest>) -> BTreeMap<Digest, u64> {
    let mut numbers: BTreeMap<Digest, u64> = digests.map(|digest| (digest, 0)).collect();
    put(bytes, numbers.len() as u64);
    for (number, (digest, slot)) in (0..).zip(numbers.iter_mut()) {
        *slot = number;
        bytes.extend_from_slice(&digest.0);
    }
    numbers
}

/// A batch, packed.
pub(super) fn write(outcomes: &BTreeMap<OutcomeKey, Outcome>) -> Res<Vec<u8>> {
    let mut bytes = vec![FORMAT];
    let sources = table(&mut bytes, outcomes.keys().map(|key| key.source));
    let texts = table(&mut bytes, outcomes.keys().map(|key| key.text));
    put(&mut bytes, outcomes.len() as u64);
    for (key, outcome) in outcomes {
        put(&mut bytes, sources.get(&key.source).copied().unwrap_or(0));
        put(&mut bytes, texts.get(&key.text).copied().unwrap_or(0));
        if let Some(tag) = quiet_tag(outcome) {
            bytes.push(tag);
            put(&mut bytes, outcome.cpu_us);
        } else {
            if let OutcomeKind::Returned { value: Value::Float(number), .. } = outcome.kind {
                bytes.push(FLOAT);
                bytes.extend_from_slice(&number.to_le_bytes());
            } else {
                bytes.push(JSON);
            }
            let json = super::apply::json(outcome)?;
            put(&mut bytes, json.len() as u64);
            bytes.extend_from_slice(json.as_bytes());
        }
    }
    Ok(bytes)
}

/// Reads a packed batch, outcome by outcome.
pub(super) fn read(bytes: &[u8], mut each: impl FnMut(OutcomeKey, Outcome)) -> Res<()> {
    let bad = || Trouble::Unreadable("packed outcomes cannot be read".to_owned());
    let mut left = Left(bytes);
    if left.byte() != Some(FORMAT) {
        return Err(Trouble::Unreadable("packed outcomes of an unknown format".to_owned()));
    }
    let sources = left.table().ok_or_else(bad)?;
    let texts = left.table().ok_or_else(bad)?;
    let count = left.number().ok_or_else(bad)?;
    for _ in 0..count {
        let (key, outcome) = left.entry(sources, texts).ok_or_else(bad)?;
        each(key, outcome);
    }
    Ok(())
}

/// What is left to read.
struct Left<'b>(&'b [u8]);

impl<'b> Left<'b> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn bytes(&mut self, count: u64) -> Option<&'b [u8]> {
        let (bytes, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(bytes)
    }

    fn table(&mut self) -> Option<&'b [[u8; 32]]> {
        let count = self.number()?;
        let (digests, _) = self.bytes(count.checked_mul(32)?)?.as_chunks::<32>();
        Some(digests)
    }

    fn entry(&mut self, sources: &[[u8; 32]], texts: &[[u8; 32]]) -> Option<(OutcomeKey, Outcome)> {
        let mut named = |digests: &[[u8; 32]]| {
            let number = usize::try_from(self.number()?).ok()?;
            digests.get(number).copied().map(Digest)
        };
        let key = OutcomeKey { source: named(sources)?, text: named(texts)? };
        let outcome = match self.byte()? {
            TRUE => quiet(true, self.number()?),
            FALSE => quiet(false, self.number()?),
            FLOAT => {
                let number = f64::from_le_bytes(self.bytes(8)?.try_into().ok()?);
                let Outcome { kind: OutcomeKind::Returned { repr, .. }, stdout, stdout_dropped, cpu_us } =
                    self.json()?
                else {
                    return None;
                };
                let kind = OutcomeKind::Returned { value: Value::Float(number), repr };
                Outcome { kind, stdout, stdout_dropped, cpu_us }
            }
            JSON => self.json()?,
            _ => return None,
        };
        Some((key, outcome))
    }

    fn json(&mut self) -> Option<Outcome> {
        let length = self.number()?;
        serde_json::from_slice(self.bytes(length)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::{Fault, LoadFault};

    use super::*;

    fn samples() -> BTreeMap<OutcomeKey, Outcome> {
        let fault =
            Fault { type_name: "ValueError".into(), message: "no\u{1b}".into(), line: Some(3), ..Fault::default() };
        let kinds = vec![
            OutcomeKind::Returned { value: Value::Bool(true), repr: "True".into() },
            OutcomeKind::Returned { value: Value::Bool(false), repr: "False".into() },
            OutcomeKind::Returned { value: Value::Str("True".into()), repr: "'True'".into() },
            OutcomeKind::Returned { value: Value::Int(-7), repr: "-7".into() },
            OutcomeKind::Returned { value: Value::Float(0.1 + 0.2), repr: "0.30000000000000004".into() },
            OutcomeKind::Returned { value: Value::Float(1.797e308 / 3.0), repr: "5.99e+307".into() },
            OutcomeKind::Returned { value: Value::None, repr: "None".into() },
            OutcomeKind::Returned { value: Value::Other { type_name: "Match".into() }, repr: "<m>".into() },
            OutcomeKind::Raised(fault.clone()),
            OutcomeKind::Timeout,
            OutcomeKind::Memory,
            OutcomeKind::Exit,
            OutcomeKind::Forbidden { what: "open".into() },
            OutcomeKind::Load { fault: LoadFault::Syntax, error: fault },
        ];
        let key = |n: usize| OutcomeKey::of(&format!("source {}", n % 3), &format!("text {n}"));
        let mut all: BTreeMap<_, _> = kinds
            .into_iter()
            .enumerate()
            .map(|(n, kind)| (key(n), Outcome { cpu_us: n as u64 * 1000, ..Outcome::quiet(kind) }))
            .collect();
        let loud = quiet(true, 5);
        all.insert(key(100), Outcome { stdout: "hi".into(), stdout_dropped: 2, ..loud });
        all
    }

    #[test]
    fn every_kind_comes_back() {
        let all = samples();
        let mut back = BTreeMap::new();
        read(&write(&all).unwrap(), |key, outcome| {
            back.insert(key, outcome);
        })
        .unwrap();
        assert_eq!(back, all);
    }

    #[test]
    fn damage_is_an_error() {
        let bytes = write(&samples()).unwrap();
        for length in 0..bytes.len() {
            assert!(read(&bytes[..length], |_, _| ()).is_err(), "{length} of {} bytes were read", bytes.len());
        }
    }
}
