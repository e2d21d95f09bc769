//! Rows and pairs by examples, and laws.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;
use crate::rules::{
    profile::{PairDraw, Threshold},
    response,
    testing::{any_error, any_outcome},
};

const DRAW: Draw<'static> = Draw { seed: 7, task: "seed.x/q.y" };
const PROFILES: [Profile; 3] = [Profile::paper(), Profile::released(), Profile::recommended()];

fn accuracy(value: f64) -> Accuracy {
    Accuracy { value, verifiable: true, booleans: 4, of: 4 }
}

fn candidate(text: &str, value: f64) -> Candidate<'_> {
    let kept = value > 0.5;
    Candidate { key: text, text, accuracy: Some(accuracy(value)), kept, score_kept: kept, ruling: None }
}

#[test]
fn chosen_and_rejected_row_by_row() {
    // One candidate beside a plain positive and a plain negative: is it SFT, ever chosen, ever rejected?
    let silent = Some(Accuracy { value: 0.0, verifiable: false, booleans: 0, of: 4 });
    let base = candidate("x", 0.0);
    let rows = [
        (Candidate { kept: true, score_kept: true, ..candidate("x", 1.0) }, [(true, true, false); 3]),
        (
            Candidate { kept: true, score_kept: false, ..candidate("x", 1.0) },
            [(false, true, false), (false, true, false), (false, false, false)],
        ),
        (candidate("x", 0.5), [(false, false, false), (false, true, false), (false, false, false)]),
        (candidate("x", 0.0), [(false, false, true); 3]),
        (candidate("x", 0.25), [(false, false, false); 3]),
        (Candidate { accuracy: silent, ..base }, [(false, false, true), (false, false, true), (false, false, false)]),
        (Candidate { accuracy: None, ..base }, [(false, false, false); 3]),
        (Candidate { ruling: Some(Ruling::Accepted), ..base }, [(true, true, false); 3]),
        (Candidate { ruling: Some(Ruling::Rejected), ..base }, [(false, false, false); 3]),
        (Candidate { ruling: Some(Ruling::Rejected), ..candidate("x", 1.0) }, [(false, false, false); 3]),
        (Candidate { ruling: Some(Ruling::UseAsNegative), ..candidate("x", 1.0) }, [(false, false, true); 3]),
    ];
    for (at, (row, expected)) in rows.into_iter().enumerate() {
        let all = [row, candidate("plain yes", 1.0), candidate("plainly no", 0.0)];
        for (profile, expected) in PROFILES.iter().zip(expected) {
            let profile = Profile { pairs: PairDraw::All, ..profile.clone() };
            let found = select(&all, &DRAW, Band::Inside, &profile);
            let pairs = (found.pairs.iter().any(|pair| pair.0 == 0), found.pairs.iter().any(|pair| pair.1 == 0));
            assert_eq!((found.sft.contains(&0), pairs.0, pairs.1), expected, "row {at} {}", profile.name);
            assert!(found.pairs.contains(&(1, 2)));
        }
    }
}

#[test]
fn equal_texts_are_one() {
    let mut all = vec![candidate("yes", 1.0), candidate("no", 0.0), candidate("yes", 1.0), candidate("no", 0.0)];
    for profile in &PROFILES {
        let found = select(&all, &DRAW, Band::Inside, profile);
        assert_eq!((found.sft, found.pairs), (vec![0], vec![(0, 1)]));
        assert_eq!(found.same_as, [None, None, Some(0), Some(1)]);
    }
    all[2].ruling = Some(Ruling::Rejected);
    for profile in &PROFILES {
        let found = select(&all, &DRAW, Band::Inside, profile);
        assert!(found.sft.is_empty() && found.pairs.is_empty(), "a rejected text does not come back through its twin");
    }
}

#[test]
fn how_many_pairs() {
    let texts = ["alpha", "bravo", "charlie", "delta", "echo", "foxtrot"];
    let all: Vec<_> = texts.iter().enumerate().map(|(at, text)| candidate(text, f64::from(u8::from(at < 3)))).collect();
    let count = |pairs| select(&all, &DRAW, Band::Inside, &Profile { pairs, ..Profile::recommended() }).pairs;
    assert_eq!(count(PairDraw::All).len(), 9);
    let drawn = count(PairDraw::TwoByTwo);
    assert_eq!(drawn.len(), 4);
    assert_eq!(drawn.iter().map(|pair| pair.0).collect::<HashSet<_>>().len(), 2);
    let varied = count(PairDraw::UpTo(4));
    assert_eq!(varied.len(), 4);
    assert_eq!(varied.iter().map(|pair| pair.0).collect::<HashSet<_>>().len(), 3, "breadth first");
    assert_eq!(varied.iter().map(|pair| pair.1).collect::<HashSet<_>>().len(), 3);
    assert!(select(&all[..3], &DRAW, Band::Inside, &Profile::released()).pairs.is_empty());
    let one_each = [all[0], all[3]];
    assert_eq!(select(&one_each, &DRAW, Band::Inside, &Profile::released()).pairs, [(0, 1)]);
    let elsewhere =
        (0..20).any(|seed| select(&all, &Draw { seed, ..DRAW }, Band::Inside, &Profile::released()).pairs != drawn);
    assert!(elsewhere, "another seed draws others");
}

#[test]
fn pairs_that_begin_alike_are_avoided() {
    let (good, same) = ("The river is long and wide today.", "The river is long and wide, I say.");
    let (bad, worse) = ("No. It was never like that at all.", "No. It was never like that, sir!!");
    let all = [candidate(good, 1.0), candidate(same, 1.0), candidate(bad, 0.0), candidate(worse, 0.0)];
    assert_eq!(select(&all, &DRAW, Band::Inside, &Profile::recommended()).pairs.len(), 1);
    let all = [all[0], all[1], all[2], candidate("Something else.", 0.0)];
    assert_eq!(select(&all, &DRAW, Band::Inside, &Profile::recommended()).pairs.len(), 2);
}

#[test]
fn pairs_from_cases() {
    let (yes, no, none) = (Some(true), Some(false), None);
    let verdicts: [&[Option<bool>]; 7] =
        [&[yes, yes, no], &[no, no, no], &[no, none, no], &[none, none, none], &[yes, no, no], &[yes; 3], &[yes; 3]];
    let inputs = ["most", "all refuse", "none accepts", "errors", "one accepts", " ", "most"];
    let mut cases: Vec<_> = (0..7)
        .map(|at| {
            let input = inputs[at];
            CaseCandidate { key: input, input, kept: true, rejected: false, verdicts: verdicts[at] }
        })
        .collect();
    assert_eq!(case_pairs(&cases, &DRAW, &Profile::paper()), [(0, 1), (0, 2), (0, 3)]);
    assert_eq!(case_pairs(&cases, &DRAW, &Profile::released()), []);
    assert_eq!(case_pairs(&cases, &DRAW, &Profile::recommended()), [(0, 1)]);
    cases[1].kept = false;
    assert_eq!(case_pairs(&cases, &DRAW, &Profile::recommended()), []);
    assert_eq!(case_pairs(&cases, &DRAW, &Profile::paper()).len(), 3);
    cases[1].rejected = true;
    assert_eq!(case_pairs(&cases, &DRAW, &Profile::paper()), [(0, 2), (0, 3)]);
}

/// Responses with what the functions did on them.
fn tasks() -> impl Strategy<Value = Vec<(String, Vec<crate::domain::Outcome>, bool, Option<Ruling>)>> {
    let ruling = prop_oneof![
        6 => Just(None),
        1 => Just(Some(Ruling::Accepted)),
        1 => Just(Some(Ruling::Rejected)),
        1 => Just(Some(Ruling::UseAsNegative)),
    ];
    let outcomes = prop_oneof![prop::collection::vec(any_outcome(), 3), prop::collection::vec(any_error(), 3)];
    prop::collection::vec(("[a-d]{1,2}", outcomes, any::<bool>(), ruling), 0..9)
}

fn candidates<'a>(
    task: &'a [(String, Vec<crate::domain::Outcome>, bool, Option<Ruling>)],
    profile: &Profile,
) -> Vec<Candidate<'a>> {
    task.iter()
        .map(|(text, outcomes, score_kept, ruling)| {
            let accuracy = response::accuracy(&outcomes.iter().map(Some).collect::<Vec<_>>(), profile);
            let kept = response::kept(&accuracy, *ruling, profile).is_ok();
            Candidate { key: text, text, accuracy: Some(accuracy), kept, score_kept: *score_kept, ruling: *ruling }
        })
        .collect()
}

fn texts<'a>(all: &[Candidate<'a>], pairs: &[(usize, usize)]) -> HashSet<(&'a str, &'a str)> {
    pairs.iter().map(|(chosen, rejected)| (all[*chosen].text, all[*rejected].text)).collect()
}

proptest! {
    #[test]
    fn recommended_makes_no_negative_of_errors_alone(task in tasks()) {
        let profile = Profile::recommended();
        let all = candidates(&task, &profile);
        for (_, rejected) in select(&all, &DRAW, Band::Inside, &profile).pairs {
            let by_hand = all.iter().any(|other| {
                other.text == all[rejected].text && other.ruling == Some(Ruling::UseAsNegative)
            });
            prop_assert!(by_hand || all[rejected].accuracy.is_some_and(|accuracy| accuracy.booleans > 0));
        }
    }

    #[test]
    fn decisions_are_respected(task in tasks(), which in 0_usize..3) {
        let profile = &PROFILES[which];
        let all = candidates(&task, profile);
        let found = select(&all, &DRAW, Band::Inside, profile);
        for at in 0..all.len() {
            match all[at].ruling {
                Some(Ruling::Rejected) => {
                    prop_assert!(!found.sft.contains(&at));
                    prop_assert!(found.pairs.iter().all(|pair| pair.0 != at && pair.1 != at));
                }
                Some(Ruling::UseAsNegative) => {
                    prop_assert!(!found.sft.contains(&at));
                    prop_assert!(found.pairs.iter().all(|pair| pair.0 != at));
                }
                Some(Ruling::Accepted) => {
                    let twin = |other: &Candidate<'_>| {
                        other.text == all[at].text && other.ruling == Some(Ruling::UseAsNegative)
                    };
                    prop_assert!(all.iter().any(twin) || found.pairs.iter().all(|pair| pair.1 != at));
                }
                None => {}
            }
        }
    }

    #[test]
    fn the_order_of_different_responses_does_not_matter(task in tasks(), which in 0_usize..3) {
        let profile = &PROFILES[which];
        let mut seen = HashSet::new();
        let mut task = task;
        task.retain(|response| seen.insert(response.0.clone()));
        let all = candidates(&task, profile);
        let mut turned = all.clone();
        turned.reverse();
        let (found, other) = (select(&all, &DRAW, Band::Inside, profile), select(&turned, &DRAW, Band::Inside, profile));
        prop_assert_eq!(texts(&all, &found.pairs), texts(&turned, &other.pairs));
        prop_assert_eq!(found.sft.len(), other.sft.len());
    }

    #[test]
    fn a_higher_bar_never_chooses_more(task in tasks(), low in 0.0..1.0_f64, more in 0.0..1.0_f64) {
        let base = Profile { pairs: PairDraw::All, ..Profile::paper() };
        let all = candidates(&task, &base);
        let at = |bound| select(&all, &DRAW, Band::Inside, &Profile { chosen: ChosenRule::Accuracy(Threshold::AtLeast(bound)), ..base.clone() });
        // From just above 0, so that no response is chosen and rejected at once.
        let (low, high) = (at(low + 0.01), at(low + more + 0.01));
        prop_assert!(texts(&all, &high.pairs).is_subset(&texts(&all, &low.pairs)));
    }
}
