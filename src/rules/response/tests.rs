//! Truth tables of response accuracy, and laws.

use proptest::prelude::*;

use super::*;
use crate::{
    domain::{OutcomeKind, Value},
    rules::{
        profile::Threshold,
        testing::{any_error, any_outcome, no, raised, returned, yes},
    },
};

fn of(outcomes: &[Outcome], profile: &Profile) -> Accuracy {
    accuracy(&outcomes.iter().map(Some).collect::<Vec<_>>(), profile)
}

/// The value and whether it is kept, as (value, reason).
fn judged(outcomes: &[Outcome], profile: &Profile) -> (f64, &'static str) {
    let accuracy = of(outcomes, profile);
    (accuracy.value, kept(&accuracy, None, profile).err().unwrap_or("kept"))
}

#[test]
fn accuracy_row_by_row() {
    let text = |value: &str| returned(Value::Str(value.to_owned()));
    let timeout = || Outcome::quiet(OutcomeKind::Timeout);
    let (low, none) = ("below-threshold", "not-verifiable");
    // paper, released, recommended
    let rows = [
        (vec![yes(), yes(), no()], [(2.0 / 3.0, "kept"), (2.0 / 3.0, "kept"), (2.0 / 3.0, "kept")]),
        (vec![yes(), no()], [(0.5, low), (0.5, "kept"), (0.5, low)]),
        (vec![no(), no()], [(0.0, low), (0.0, low), (0.0, low)]),
        (vec![yes(), raised()], [(0.5, low), (1.0, "kept"), (1.0, "kept")]),
        (vec![yes(), raised(), timeout()], [(1.0 / 3.0, low), (1.0, "kept"), (1.0, none)]),
        (vec![raised(), timeout()], [(0.0, low), (0.0, low), (0.0, none)]),
        (vec![], [(0.0, none), (0.0, low), (0.0, none)]),
        (vec![text("true"), text("True")], [(1.0, "kept"), (0.0, low), (1.0, "kept")]),
        (vec![text("false")], [(0.0, low), (0.0, low), (0.0, low)]),
        (vec![text("1")], [(0.0, low), (1.0, "kept"), (0.0, none)]),
        (vec![returned(Value::Float(0.7))], [(0.0, low), (0.0, low), (0.0, none)]),
        (vec![returned(Value::Int(2))], [(0.0, low), (2.0, "kept"), (0.0, none)]),
        (vec![returned(Value::Int(-1)), yes()], [(0.5, low), (0.0, low), (1.0, "kept")]),
        (vec![returned(Value::None), yes(), yes()], [(2.0 / 3.0, "kept"), (1.0, "kept"), (1.0, "kept")]),
    ];
    for (outcomes, expected) in rows {
        for (profile, expected) in [Profile::paper(), Profile::released(), Profile::recommended()].iter().zip(expected)
        {
            assert_eq!(judged(&outcomes, profile), expected, "{} {outcomes:?}", profile.name);
        }
    }
}

#[test]
fn decisions_go_before_accuracy() {
    for profile in [Profile::paper(), Profile::released(), Profile::recommended()] {
        let (all, none) = (of(&[yes()], &profile), of(&[raised()], &profile));
        assert_eq!(kept(&none, Some(Ruling::Accepted), &profile), Ok(()));
        assert_eq!(kept(&all, Some(Ruling::Rejected), &profile), Err("rejected"));
        assert_eq!(kept(&all, Some(Ruling::UseAsNegative), &profile), Err("rejected"));
    }
}

fn profiles() -> impl Strategy<Value = Profile> {
    prop::sample::select(vec![Profile::paper(), Profile::released(), Profile::recommended()])
}

proptest! {
    #[test]
    fn a_higher_threshold_never_keeps_more(
        outcomes in prop::collection::vec(any_outcome(), 0..6), profile in profiles(), low in 0.0..1.0_f64, more in 0.0..1.0_f64,
    ) {
        let kept_at = |bound| {
            let profile = Profile { response_kept: Threshold::AtLeast(bound), ..profile.clone() };
            kept(&of(&outcomes, &profile), None, &profile).is_ok()
        };
        prop_assert!(kept_at(low) || !kept_at(low + more));
    }

    #[test]
    fn order_does_not_matter(outcomes in prop::collection::vec(any_outcome(), 0..6), profile in profiles()) {
        let turned: Vec<_> = outcomes.iter().rev().cloned().collect();
        prop_assert_eq!(of(&outcomes, &profile), of(&turned, &profile));
    }

    #[test]
    fn errors_alone_are_never_kept(errors in prop::collection::vec(any_error(), 0..6), profile in profiles()) {
        let accuracy = of(&errors, &profile);
        prop_assert!(kept(&accuracy, None, &profile).is_err());
        prop_assert_eq!(accuracy.booleans, 0);
    }

    #[test]
    fn an_error_is_never_a_pass(outcomes in prop::collection::vec(any_outcome(), 0..6), profile in profiles(), error in any_error()) {
        let passes = |outcomes: &[Outcome]| {
            outcomes.iter().filter(|outcome| verdict(outcome, profile.value_policy).boolean() == Some(true)).count()
        };
        let mut more = outcomes.clone();
        more.push(error);
        prop_assert_eq!(passes(&more), passes(&outcomes));
        let (before, after) = (of(&outcomes, &profile), of(&more, &profile));
        prop_assert!(after.value <= before.value);
        prop_assert_eq!(after.booleans, before.booleans);
    }
}
