//! Which query meets which instruction, and which seeds a self-instruct call shows: seeded draws by hash, so that
//! nothing depends on the order in which things arrive (paper 3.3: 16 queries an instruction).

use std::collections::{HashMap, HashSet};

use crate::domain::{Digest, ItemId, Language, digest::Prefix, digest_of};

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

/// Of so many queries of a language, or seeds, a draw looks at every one; of more, at so many for a start, so that its cost
/// does not grow with what there is. Which ones is drawn, too: each is as likely as any other.
pub const LOOKED_AT: usize = 4096;

/// A query on the ring of its language.
#[derive(Clone, Debug)]
struct Ready {
    /// Where it stands: a content-free draw.
    rank: Digest,
    key: String,
    topic: Option<String>,
    place: usize,
}

/// The queries that instructions are paired with, by language, each once. A language's queries stand on a ring, in the
/// order of a draw; an instruction begins at a place of its own.
#[derive(Clone, Debug, Default)]
pub struct Pool {
    project_seed: u64,
    rings: HashMap<Language, Vec<Ready>>,
}

impl Pool {
    /// Of queries with their places wherever they are kept.
    pub fn of<'q>(project_seed: u64, queries: impl Iterator<Item = (usize, QueryCandidate<'q>)>) -> Self {
        let (mut rings, mut seen): (HashMap<Language, Vec<Ready>>, _) = (HashMap::new(), HashSet::new());
        let ring = Prefix::of(&["assay/ring", &project_seed.to_string()]);
        for (place, QueryCandidate { key, language, topic }) in queries {
            if seen.insert((language, key)) {
                let (topic, rank) = (topic.map(str::to_owned), ring.with(key));
                rings.entry(language).or_default().push(Ready { rank, key: key.to_owned(), topic, place });
            }
        }
        rings.values_mut().for_each(|ring| ring.sort_unstable_by_key(|query| query.rank));
        Self { project_seed, rings }
    }

    /// How many there are of a language.
    pub fn len(&self, language: Language) -> usize {
        self.rings.get(&language).map_or(0, Vec::len)
    }

    /// The queries of an instruction in the order in which they are paired, by their places: those of its language that
    /// `open` lets through. `taken` holds the topics of the queries that it has already, where topics are spread.
    ///
    /// Without topics that is the lowest rank first. With them, a query of every topic comes before a second of any: the
    /// lowest ranks of each topic take turns. What was taken before keeps its turn, so that pairing later goes on as if
    /// all had been there from the start.
    pub fn draw<'p>(
        &'p self,
        instruction_key: &str,
        language: Language,
        taken: &[Option<&'p str>],
        open: impl Fn(usize) -> bool + 'p,
    ) -> impl Iterator<Item = usize> + 'p {
        let seed = self.project_seed.to_string();
        let ring = self.rings.get(&language).map_or(&[][..], Vec::as_slice);
        let ranks = Prefix::of(&["assay/pair", &seed, instruction_key]);
        let begin = digest_of(&["assay/ring-begin", &seed, instruction_key]);
        let begin = ring.partition_point(|query| query.rank < begin);
        let mut turns: HashMap<Option<&str>, usize> = HashMap::new();
        for topic in taken {
            *turns.entry(*topic).or_default() += 1;
        }
        (0..ring.len()).step_by(LOOKED_AT).flat_map(move |first| {
            let part = (first..ring.len().min(first + LOOKED_AT)).map(|at| &ring[(begin + at) % ring.len()]);
            let mut ranked: Vec<(Digest, &Ready)> =
                part.filter(|query| open(query.place)).map(|query| (ranks.with(&query.key), query)).collect();
            ranked.sort_unstable_by_key(|(rank, query)| (*rank, query.place));
            let mut order: Vec<(usize, Digest, usize)> = Vec::with_capacity(ranked.len());
            for (rank, query) in ranked {
                let turn = turns.entry(query.topic.as_deref()).or_default();
                *turn += 1;
                order.push((*turn, rank, query.place));
            }
            order.sort_unstable();
            order.into_iter().map(|(_, _, place)| place)
        })
    }
}

/// The seeds that self-instruct call number `call` shows, lowest hash first, out of those that existed when the call
/// was first planned, in the order of their identities.
pub fn seed_subset(project_seed: u64, call: u32, seeds: &[ItemId], n: usize) -> Vec<ItemId> {
    let ranks = Prefix::of(&["assay/seeds", &project_seed.to_string(), &call.to_string()]);
    let begin = if seeds.len() > LOOKED_AT {
        let Digest([begin @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _]) = ranks.with("begin");
        seeds.partition_point(|seed| seed.hash < begin)
    } else {
        0
    };
    let some = (0..seeds.len().min(LOOKED_AT)).map(|at| seeds[(begin + at) % seeds.len()]);
    let mut ranked: Vec<(Digest, ItemId)> = some.map(|seed| (ranks.with(seed.to_string()), seed)).collect();
    ranked.sort_unstable();
    ranked.into_iter().take(n).map(|(_, seed)| seed).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rank of a query for an instruction: the lowest are paired. Keys are content-free, so an edit re-pairs nothing.
    fn pair_rank(project_seed: u64, instruction_key: &str, query_key: &str) -> Digest {
        digest_of(&["assay/pair", &project_seed.to_string(), instruction_key, query_key])
    }

    fn order_queries(
        seed: u64,
        key: &str,
        language: Language,
        candidates: &[QueryCandidate<'_>],
        taken: &[Option<&str>],
    ) -> Vec<usize> {
        let pool = Pool::of(seed, candidates.iter().copied().enumerate());
        pool.draw(key, language, taken, |_| true).collect()
    }

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

    /// The design's rule: the lowest hashes of all. Of very many, of those that are looked at first.
    #[test]
    fn the_lowest_ranks_are_paired_and_very_many_cost_no_more() {
        let keys: Vec<String> = (0..3 * LOOKED_AT).map(|n| format!("q.{n}")).collect();
        let query = |key| QueryCandidate { key, language: Language::English, topic: None };
        let all: Vec<QueryCandidate<'_>> = keys.iter().map(|key| query(key)).collect();
        let some = &all[..LOOKED_AT];
        let mut lowest: Vec<usize> = (0..some.len()).collect();
        lowest.sort_by_key(|at| pair_rank(7, "seed.x", some[*at].key));
        assert_eq!(order_queries(7, "seed.x", Language::English, some, &[]), lowest);
        let pool = Pool::of(7, all.iter().copied().enumerate());
        let looked = std::cell::Cell::new(0);
        let count = |_| {
            looked.set(looked.get() + 1);
            true
        };
        let first: Vec<usize> = pool.draw("seed.x", Language::English, &[], count).take(16).collect();
        assert_eq!(looked.get(), LOOKED_AT, "of three times as many");
        let whole: HashSet<usize> = pool.draw("seed.x", Language::English, &[], |_| true).collect();
        assert_eq!(whole.len(), all.len(), "in the end all come, each once");
        let rest: Vec<usize> =
            pool.draw("seed.x", Language::English, &[], |at| !first[..3].contains(&at)).take(13).collect();
        assert_eq!(rest, first[3..], "pairing later goes on");
        let mut met = HashSet::new();
        for n in 0..40 {
            met.extend(pool.draw(&format!("seed.{n}"), Language::English, &[], |_| true).take(16));
        }
        assert!(met.len() > 600, "instructions begin at places of their own: {}", met.len());
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
        let mut many: Vec<_> = (0..2 * LOOKED_AT).map(|n| ItemId::seed(&n.to_string())).collect();
        many.sort_unstable();
        let shown: HashSet<ItemId> = (0..100).flat_map(|call| seed_subset(7, call, &many, 8)).collect();
        assert!(shown.len() > 700, "{}", shown.len());
    }
}
