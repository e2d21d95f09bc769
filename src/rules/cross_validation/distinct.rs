//! What counts as one function and one case. The first occurrence keeps its place.

use std::{collections::HashMap, hash::Hash};

use serde_json::Value as Json;

use super::super::{
    profile::{Profile, ProfileName, ValuePolicy},
    python,
    verdict::expected_bool,
};

/// For each key, the position of the first equal one; an item is distinct where that is its own.
pub fn first_occurrences<K: Eq + Hash>(keys: impl IntoIterator<Item = K>) -> Vec<usize> {
    let mut first = HashMap::new();
    keys.into_iter().enumerate().map(|(at, key)| *first.entry(key).or_insert(at)).collect()
}

/// A source as the profile runs it: without white space around it; `released` also without every line that contains
/// `download` or `requests`, as code/3 deletes them.
pub fn prepare_source(source: &str, profile: &Profile) -> String {
    let source = python::strip(source);
    if profile.name != ProfileName::Released {
        return source.to_owned();
    }
    let kept = |line: &&str| !line.contains("download") && !line.contains("requests");
    source.split('\n').filter(kept).collect::<Vec<_>>().join("\n")
}

/// For each source, the position of the first that is the same function under the profile.
pub fn distinct_functions(sources: &[&str], profile: &Profile) -> Vec<usize> {
    first_occurrences(sources.iter().map(|source| prepare_source(source, profile)))
}

/// For each case (input, expected output), the position of the first that is the same case under the profile:
/// normalised outputs are equal as booleans, others as JSON is dumped. One input with contradictory outputs is two.
pub fn distinct_cases(cases: &[(&str, &Json)], profile: &Profile) -> Vec<usize> {
    first_occurrences(cases.iter().map(|(input, expected)| (*input, key(expected, profile.value_policy))))
}

#[derive(PartialEq, Eq, Hash)]
enum Expected {
    Boolean(bool),
    Dump(String),
}

fn key(expected: &Json, policy: ValuePolicy) -> Expected {
    let boolean = expected_bool(expected, policy).filter(|_| policy == ValuePolicy::Normalised);
    boolean.map_or_else(|| Expected::Dump(expected.to_string()), Expected::Boolean)
}
