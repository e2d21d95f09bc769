//! Profiles side by side: what each keeps, and for every item on which they differ, why.

use std::{collections::BTreeMap, sync::Arc};

use serde::Serialize;

use super::{DatasetFacts, StageFacts};

/// What a profile says of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It is kept.
    Kept,
    /// A rule of its own drops it.
    Dropped,
    /// Something that it belongs to fell, so that no rule is asked about it.
    Unreached,
    /// What the rule asks for is not known.
    Unknown,
}

/// How an item stands under a profile, with the rule and the numbers that decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standing {
    /// What became of it.
    pub fate: Fate,
    /// A stable word for why it fell or is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The rule that was asked, in words.
    pub rule: Arc<str>,
    /// What it was asked about.
    pub numbers: BTreeMap<&'static str, f64>,
}

/// An item under every profile.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// `instruction`, `function`, `case`, `response` or `pair`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// The instruction that it belongs to.
    pub instruction: String,
    /// What it says, possibly long.
    pub text: String,
    /// How it stands, in the order of the columns.
    pub standings: Vec<Standing>,
}

/// An item on which profiles differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The item.
    #[serde(flatten)]
    pub item: Item,
    /// Why, in a sentence for every profile.
    pub explanation: String,
}

/// Items on which profiles differ in the same way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Group {
    /// What kind of items.
    pub kind: &'static str,
    /// What each profile says, in the order of the columns: `kept`, or the reason.
    pub verdicts: Vec<String>,
    /// How many items.
    pub items: u64,
    /// The first of them.
    pub example: String,
}

/// A profile's column.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Column {
    /// `paper`, `released`, `recommended`, or `in force` where `assay.toml` changes rules.
    pub profile: String,
    /// Whether the project runs under it.
    pub in_force: bool,
    /// Every rule, as it would stand under `[rules]`.
    pub rules: BTreeMap<String, String>,
    /// The funnel.
    pub stages: Vec<StageFacts>,
    /// The rows.
    pub datasets: DatasetFacts,
    /// What is not known under it, and what finding out would take at most.
    pub unknown: UnknownFacts,
}

/// What is not known, and what finding out takes at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UnknownFacts {
    /// Instructions whose fate is not known.
    pub instructions: u64,
    /// Responses whose fate is not known, those included that nobody asked for yet.
    pub responses: u64,
    /// Model calls.
    pub calls: u64,
    /// Checks in the sandbox.
    pub checks: u64,
}

/// The profiles compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Comparison {
    /// The profiles.
    pub columns: Vec<Column>,
    /// Rules that are not the same in all columns.
    pub different_rules: Vec<String>,
    /// Items that were compared.
    pub items: u64,
    /// Of those, items of which some profile does not know enough.
    pub unknown_items: u64,
    /// Items on which profiles differ as far as they know.
    pub differing_items: u64,
    /// The ways in which items differ, the commonest first within a kind.
    pub groups: Vec<Group>,
    /// The items on which profiles differ as far as they know, in the order of the project; the first 20,000.
    pub differences: Vec<Difference>,
}

/// The most differences that are kept one by one; beyond, they are counted.
const MOST: usize = 20_000;

/// The longest text of an item that is kept, in characters.
const LONGEST: usize = 400;

/// Takes items one by one and keeps those on which profiles differ, so that a large project's others cost nothing.
#[derive(Debug, Default)]
pub struct Comparer {
    names: Vec<String>,
    found: Comparison,
    groups: BTreeMap<(usize, Vec<String>), (u64, String)>,
}

impl Comparer {
    /// Of profiles in the order of the columns.
    pub fn of(names: impl IntoIterator<Item = String>) -> Self {
        Self { names: names.into_iter().collect(), ..Self::default() }
    }

    /// Takes an item in. It differs where one profile keeps what another that knows does not.
    pub fn add(&mut self, mut item: Item) {
        self.found.items += 1;
        self.found.unknown_items += u64::from(item.standings.iter().any(|standing| standing.fate == Fate::Unknown));
        if !differs(&item) {
            return;
        }
        self.found.differing_items += 1;
        let verdicts = verdicts(&item);
        let group = self.groups.entry((rank(item.kind), verdicts)).or_insert_with(|| (0, item.id.clone()));
        group.0 += 1;
        if self.found.differences.len() < MOST {
            if let Some((at, _)) = item.text.char_indices().nth(LONGEST) {
                item.text.truncate(at);
                item.text.push('…');
            }
            let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
            let explanation = explain(&names, &item.standings);
            self.found.differences.push(Difference { item, explanation });
        }
    }

    /// What was found.
    pub fn finish(self, columns: Vec<Column>) -> Comparison {
        let groups = self.groups.into_iter();
        let mut groups: Vec<Group> = groups
            .map(|((rank, verdicts), (items, example))| Group { kind: KINDS[rank], verdicts, items, example })
            .collect();
        groups.sort_by_key(|group| (rank(group.kind), std::cmp::Reverse(group.items)));
        Comparison { different_rules: different_rules(&columns), columns, groups, ..self.found }
    }
}

/// The ways in which an item differs: what makes items a group.
pub(super) fn verdicts(item: &Item) -> Vec<String> {
    item.standings.iter().map(verdict).collect()
}

/// The kinds in the order in which they are told.
pub(super) const KINDS: [&str; 5] = ["instruction", "function", "case", "response", "pair"];

fn rank(kind: &str) -> usize {
    KINDS.iter().position(|known| *known == kind).unwrap_or(KINDS.len() - 1)
}

fn different_rules(columns: &[Column]) -> Vec<String> {
    let Some((first, rest)) = columns.split_first() else { return Vec::new() };
    let differ = |rule: &&String| rest.iter().any(|other| other.rules.get(*rule) != first.rules.get(*rule));
    first.rules.keys().filter(differ).cloned().collect()
}

/// Whether one profile keeps what another that knows does not.
fn differs(item: &Item) -> bool {
    let mut known = item.standings.iter().filter(|standing| standing.fate != Fate::Unknown);
    let first = known.next().map(|standing| standing.fate == Fate::Kept);
    known.any(|standing| Some(standing.fate == Fate::Kept) != first)
}

fn verdict(standing: &Standing) -> String {
    match (standing.fate, &standing.reason) {
        (Fate::Kept, _) => "kept".to_owned(),
        (Fate::Unknown, _) => "unknown".to_owned(),
        (_, Some(reason)) => reason.clone(),
        (Fate::Dropped, None) => "dropped".to_owned(),
        (Fate::Unreached, None) => "unreached".to_owned(),
    }
}

pub(super) fn explain(names: &[&str], standings: &[Standing]) -> String {
    let sentences = names.iter().zip(standings).map(|(name, standing)| {
        let reason = standing.reason.as_deref().unwrap_or("no reason told");
        let numbers = words(&standing.numbers);
        match standing.fate {
            Fate::Kept => format!("{name} keeps it: {numbers}; {}", standing.rule),
            Fate::Dropped => format!("{name} drops it ({reason}): {numbers}; {}", standing.rule),
            Fate::Unreached => format!("{name} does not come to it ({reason})"),
            Fate::Unknown => format!("{name} does not know ({reason})"),
        }
    });
    sentences.collect::<Vec<_>>().join(". ") + "."
}

/// Numbers for people.
fn words(numbers: &BTreeMap<&'static str, f64>) -> String {
    let said: Vec<String> = numbers.iter().map(|(name, value)| format!("{name} {}", short(*value))).collect();
    if said.is_empty() { "no numbers".to_owned() } else { said.join(", ") }
}

/// At most three digits behind the point.
pub(super) fn short(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn standing(fate: Fate, reason: &str) -> Standing {
        let reason = Some(reason.to_owned()).filter(|reason| !reason.is_empty());
        Standing { fate, reason, rule: "accuracy > 0.5".into(), numbers: BTreeMap::from([("accuracy", 0.5)]) }
    }

    fn item(id: &str, standings: Vec<Standing>) -> Item {
        Item { kind: "case", id: id.into(), instruction: "ins:1".into(), text: "t".into(), standings }
    }

    fn compare(columns: Vec<Column>, items: Vec<Item>) -> Comparison {
        let mut comparer = Comparer::of(columns.iter().map(|column| column.profile.clone()));
        items.into_iter().for_each(|item| comparer.add(item));
        comparer.finish(columns)
    }

    fn columns(n: usize) -> Vec<Column> {
        let column = |n: usize| Column { profile: ["paper", "released", "recommended"][n].into(), ..Column::default() };
        (0..n).map(column).collect()
    }

    #[test]
    fn only_what_is_known_differs() {
        use Fate::{Dropped, Kept, Unknown, Unreached};
        let items = vec![
            item("same", vec![standing(Kept, ""), standing(Kept, ""), standing(Kept, "")]),
            item("fell", vec![standing(Dropped, "a"), standing(Unreached, "b"), standing(Dropped, "c")]),
            item("one", vec![standing(Kept, ""), standing(Unknown, "not-run"), standing(Kept, "")]),
            item("two", vec![standing(Dropped, "below-threshold"), standing(Unknown, "not-run"), standing(Kept, "")]),
            item("three", vec![standing(Dropped, "below-threshold"), standing(Unknown, "not-run"), standing(Kept, "")]),
            item("four", vec![standing(Unreached, "instruction-dropped"), standing(Kept, ""), standing(Kept, "")]),
        ];
        let found = compare(columns(3), items);
        let ids: Vec<&str> = found.differences.iter().map(|difference| difference.item.id.as_str()).collect();
        assert_eq!(ids, ["two", "three", "four"]);
        assert_eq!((found.items, found.unknown_items, found.differing_items), (6, 3, 3));
        let groups: Vec<_> = found.groups.iter().map(|group| (group.items, group.verdicts.join("/"))).collect();
        assert_eq!(groups, [(2, "below-threshold/unknown/kept".into()), (1, "instruction-dropped/kept/kept".into())]);
        assert_eq!(
            found.differences[0].explanation,
            "paper drops it (below-threshold): accuracy 0.5; accuracy > 0.5. released does not know (not-run). \
             recommended keeps it: accuracy 0.5; accuracy > 0.5."
        );
    }

    #[test]
    fn rules_that_differ_are_named() {
        let mut columns = columns(2);
        for (column, bound) in columns.iter_mut().zip(["0.5", "0.8"]) {
            column.rules = BTreeMap::from([("a".into(), "1".into()), ("b".into(), bound.into())]);
        }
        assert_eq!(compare(columns, Vec::new()).different_rules, ["b"]);
    }

    #[test]
    fn numbers_are_short() {
        assert_eq!([0.5, 2.0 / 3.0, 8.0, 0.0, 10.0].map(short), ["0.5", "0.667", "8", "0", "10"]);
    }
}
