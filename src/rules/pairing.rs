//! Which query meets which instruction, and which seeds a self-instruct call shows: seeded draws by hash, so that
//! nothing depends on the order in which things arrive (paper 3.3: 16 queries an instruction).

use std::collections::{HashMap, HashSet};

use crate::domain::{Digest, ItemId, Language, digest_of};

/// The rank of a query for an instruction: the lowest are paired. Keys are content-free, so an edit re-pairs nothing.
pub fn pair_rank(project_seed: u64, instruction_key: &str, query_key: &str) -> Digest {
    digest_of(&["assay/pair", &project_seed.to_string(), instruction_key, query_key])
}

/// A query that may be paired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryCandidate<'a> {
    /// Its content-free key.
    pub key: &'a str,
    /// Its language.
    pub language: Language,
    /// Its topic, where topics are to be spread; queries without one are a topic of their own.
    pub topic: Option<&'a str>,
}

/// Whether a query's length is within the limits, in characters, both included.
pub fn length_fits(text: &str, [shortest, longest]: [u32; 2]) -> bool {
    let shortest = usize::try_from(shortest).unwrap_or(usize::MAX);
    let longest = usize::try_from(longest).unwrap_or(usize::MAX);
    (shortest..=longest).contains(&text.chars().take(longest.saturating_add(1)).count())
}

/// The queries of an instruction in the order in which they are paired, as positions among the candidates: those of
/// its language, none twice. `taken` holds the topics of the queries that it has already, where topics are spread.
///
/// Without topics that is the lowest rank first. With them, a query of every topic comes before a second of any: the
/// lowest ranks of each topic take turns. What was taken before keeps its turn, so that pairing later goes on as if all
/// had been there from the start.
pub fn order_queries(
    project_seed: u64,
    instruction_key: &str,
    language: Language,
    candidates: &[QueryCandidate<'_>],
    taken: &[Option<&str>],
) -> Vec<usize> {
    let mut seen = HashSet::new();
    let mut ranked: Vec<(Digest, usize)> = candidates
        .iter()
        .enumerate()
        .filter(|(_, query)| query.language == language && seen.insert(query.key))
        .map(|(at, query)| (pair_rank(project_seed, instruction_key, query.key), at))
        .collect();
    ranked.sort_unstable();
    let mut turns: HashMap<Option<&str>, usize> = HashMap::new();
    for topic in taken {
        *turns.entry(*topic).or_default() += 1;
    }
    // Where no candidate names a topic there is one, and its turns are the ranks.
    let spread = candidates.iter().any(|query| query.topic.is_some());
    let mut order: Vec<(usize, Digest, usize)> = ranked
        .into_iter()
        .map(|(rank, at)| {
            let turn = turns.entry(candidates[at].topic).or_default();
            *turn += usize::from(spread);
            (*turn, rank, at)
        })
        .collect();
    order.sort_unstable();
    order.into_iter().map(|(_, _, at)| at).collect()
}

/// The seeds that self-instruct call number `call` shows, lowest hash first, out of those that existed when the call
/// was first planned.
pub fn seed_subset(project_seed: u64, call: u32, seeds: &[ItemId], n: usize) -> Vec<ItemId> {
    let (seed, call) = (project_seed.to_string(), call.to_string());
    let rank = |id: &ItemId| digest_of(&["assay/seeds", &seed, &call, &id.to_string()]);
    let mut ranked: Vec<(Digest, ItemId)> = seeds.iter().map(|id| (rank(id), *id)).collect();
    ranked.sort_unstable();
    ranked.into_iter().take(n).map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: [&str; 6] = ["q.a", "q.b", "q.c", "q.d", "q.e", "q.f"];

    fn candidates() -> Vec<QueryCandidate<'static>> {
        KEYS.iter().map(|key| QueryCandidate { key, language: Language::English, topic: None }).collect()
    }

    fn choose_queries(
        seed: u64,
        key: &str,
        language: Language,
        candidates: &[QueryCandidate<'_>],
        n: usize,
    ) -> Vec<usize> {
        order_queries(seed, key, language, candidates, &[]).into_iter().take(n).collect()
    }

    #[test]
    fn topics_take_turns_and_pairing_sticks() {
        let keys: Vec<String> = (0..24).map(|n| format!("q.{n}")).collect();
        let topics = [Some("cooking"), Some("cooking"), Some("cooking"), Some("travel"), Some("travel"), None];
        let all: Vec<QueryCandidate<'_>> = keys
            .iter()
            .zip(topics.iter().cycle())
            .map(|(key, topic)| QueryCandidate { key, language: Language::English, topic: *topic })
            .collect();
        for seed in 0..20 {
            let order = order_queries(seed, "seed.x", Language::English, &all, &[]);
            assert_eq!(order.len(), 24);
            for round in 0..4 {
                let topics: HashSet<_> = order[round * 3..][..3].iter().map(|at| all[*at].topic).collect();
                assert_eq!(topics.len(), 3, "one of each topic in every round");
            }
            // Pairing some now and the rest later gives the same.
            for n in [0, 2, 5, 11] {
                let taken: Vec<_> = order[..n].iter().map(|at| all[*at].topic).collect();
                let rest: Vec<QueryCandidate<'_>> =
                    (0..24).filter(|at| !order[..n].contains(at)).map(|at| all[at]).collect();
                let later = order_queries(seed, "seed.x", Language::English, &rest, &taken);
                let keys = |list: &[QueryCandidate<'_>], at: &[usize]| -> Vec<String> {
                    at.iter().map(|at| list[*at].key.to_owned()).collect()
                };
                assert_eq!(keys(&rest, &later), keys(&all, &order[n..]), "seed {seed}, {n} before");
            }
            // Within a topic it is the design's rank that decides.
            let cooking: Vec<usize> = order.iter().copied().filter(|at| all[*at].topic == Some("cooking")).collect();
            let ranks: Vec<Digest> = cooking.iter().map(|at| pair_rank(seed, "seed.x", all[*at].key)).collect();
            assert!(ranks.is_sorted());
        }
    }

    #[test]
    fn order_of_arrival_does_not_matter() {
        let forwards = candidates();
        let mut backwards = forwards.clone();
        backwards.reverse();
        let names = |list: &[QueryCandidate<'static>]| -> Vec<&str> {
            choose_queries(1, "seed.x", Language::English, list, 3).into_iter().map(|at| list[at].key).collect()
        };
        assert_eq!(names(&forwards), names(&backwards));
        assert_eq!(names(&forwards).len(), 3);
    }

    #[test]
    fn a_smaller_choice_is_a_prefix_of_a_larger() {
        let list = candidates();
        let all = choose_queries(1, "seed.x", Language::English, &list, 9);
        assert_eq!(all.len(), 6);
        assert_eq!(choose_queries(1, "seed.x", Language::English, &list, 2), all[..2]);
        assert!((0..20).any(|seed| choose_queries(seed, "seed.x", Language::English, &list, 9) != all));
    }

    #[test]
    fn language_must_match_and_no_query_comes_twice() {
        let mut list = candidates();
        list[0].language = Language::Chinese;
        list.push(list[1]);
        let chosen = choose_queries(1, "seed.x", Language::English, &list, 9);
        assert_eq!(chosen.len(), 5);
        assert!(!chosen.contains(&0));
        assert_eq!(choose_queries(1, "seed.x", Language::Chinese, &list, 9), [0]);
    }

    #[test]
    fn length_limits_are_in_characters_and_included() {
        assert!(length_fits("四个汉字", [4, 4]));
        assert!(!length_fits("abc", [4, 9]));
        assert!(!length_fits("abcdefghij", [4, 9]));
    }

    #[test]
    fn calls_show_different_seeds() {
        let seeds: Vec<_> = (0..12).map(|n| ItemId::seed(&n.to_string())).collect();
        let mut shuffled = seeds.clone();
        shuffled.reverse();
        assert_eq!(seed_subset(7, 0, &seeds, 4), seed_subset(7, 0, &shuffled, 4));
        assert!((1..5).any(|call| seed_subset(7, call, &seeds, 4) != seed_subset(7, 0, &seeds, 4)));
        assert_eq!(seed_subset(7, 0, &seeds, 40).len(), 12);
    }
}
