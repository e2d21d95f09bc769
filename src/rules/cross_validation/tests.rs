//! Truth tables of the profiles' rows, and laws.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    domain::{OutcomeKind, Value},
    rules::{
        profile::Threshold,
        testing::{any_error, any_outcome, no, raised, returned, yes},
    },
};

/// An instruction with no decisions: `rows[function][case]`.
#[derive(Clone, Debug)]
struct Fixture {
    expected: Vec<Json>,
    rows: Vec<Vec<Outcome>>,
    functions: Vec<Option<Ruling>>,
    cases: Vec<Option<Ruling>>,
}

impl Fixture {
    fn new(expected: Vec<Json>, rows: Vec<Vec<Outcome>>) -> Self {
        let (functions, cases) = (vec![None; rows.len()], vec![None; expected.len()]);
        Self { expected, rows, functions, cases }
    }

    fn judge(&self, profile: &Profile) -> CrossValidation {
        let cases = self.expected.iter().zip(&self.cases);
        let input = Input {
            functions: self.functions.clone(),
            cases: cases.map(|(expected, ruling)| CaseInput { expected, ruling: *ruling, copied: false }).collect(),
            outcomes: self.rows.iter().map(|row| row.iter().map(Some).collect()).collect(),
        };
        cross_validate(&input, profile)
    }
}

const FELL: Result<(), &str> = Err("below-threshold");

fn text(value: &str) -> Outcome {
    returned(Value::Str(value.to_owned()))
}

fn timeout() -> Outcome {
    Outcome::quiet(OutcomeKind::Timeout)
}

/// One case under all functions: (votes, expected) to (accuracy, kept) for paper, released, recommended.
type CaseRow = (Vec<Outcome>, Json, [(Option<f64>, Result<(), &'static str>); 3]);

#[test]
fn case_accuracy_row_by_row() {
    let few = (None, Err("too-few-booleans"));
    let ok = |accuracy| (Some(accuracy), Ok(()));
    let fell = |accuracy| (Some(accuracy), FELL);
    let third = 1.0 / 3.0;
    let rows: Vec<CaseRow> = vec![
        (vec![yes(), yes(), no()], json!(true), [ok(2.0 / 3.0), ok(1.0), ok(2.0 / 3.0)]),
        (vec![yes(), no()], json!(true), [fell(0.5), ok(1.0), fell(0.5)]),
        (vec![yes(), yes(), raised(), timeout()], json!(true), [fell(0.5), ok(1.0), ok(1.0)]),
        (vec![yes(), raised(), raised()], json!(true), [fell(third), ok(1.0), few]),
        (vec![raised(), timeout()], json!(false), [fell(0.0), fell(0.0), few]),
        (vec![yes()], json!(true), [ok(1.0), ok(1.0), ok(1.0)]),
        (vec![raised()], json!(true), [fell(0.0), fell(0.0), few]),
        (vec![text("true"), text("True")], json!(true), [ok(1.0), fell(0.0), ok(1.0)]),
        (vec![yes(), yes()], json!("True"), [ok(1.0), fell(0.0), ok(1.0)]),
        (vec![text("True"), no()], json!("True"), [fell(0.5), ok(1.0), fell(0.5)]),
        (vec![returned(Value::Float(0.7)), yes(), yes()], json!(true), [ok(2.0 / 3.0), ok(1.0), ok(1.0)]),
        (vec![returned(Value::Int(1)), returned(Value::Int(1))], json!(true), [ok(1.0), ok(1.0), ok(1.0)]),
        (vec![returned(Value::Int(2)), returned(Value::Int(2))], json!(true), [fell(0.0), fell(0.0), few]),
        (vec![returned(Value::None), no(), no()], json!(false), [ok(2.0 / 3.0), ok(1.0), ok(1.0)]),
        (
            vec![yes(), yes()],
            json!("maybe"),
            [(None, Err("invalid-expected")), fell(0.0), (None, Err("invalid-expected"))],
        ),
        (vec![], json!(true), [fell(0.0), fell(0.0), few]),
    ];
    for (votes, expected, results) in rows {
        let fixture = Fixture::new(vec![expected], votes.iter().map(|vote| vec![vote.clone()]).collect());
        for (name, (accuracy, kept)) in
            [Profile::paper(), Profile::released(), Profile::recommended()].iter().zip(results)
        {
            let judged = fixture.judge(name).cases[0];
            assert_eq!((judged.accuracy, judged.kept), (accuracy, kept), "{} {votes:?}", name.name);
        }
    }
}

/// Four cases on which `good` and `good` agree, the first two true; `other` is the third function.
fn with_third(other: [Outcome; 5]) -> Fixture {
    let good = vec![yes(), yes(), no(), no(), yes()];
    let expected = vec![json!(true), json!(true), json!(false), json!(false), json!(true)];
    Fixture::new(expected, vec![good.clone(), good, other.to_vec()])
}

#[test]
fn function_accuracy_row_by_row() {
    let released = Profile { functions_before: 1, cases_before: 1, ..Profile::released() };
    let ok = |accuracy| (Some(accuracy), Ok(()));
    let fell = |accuracy| (Some(accuracy), FELL);
    let rows = [
        ([yes(), yes(), no(), no(), yes()], [ok(1.0), ok(1.0), ok(1.0)]),
        ([yes(), yes(), no(), no(), no()], [ok(0.8), ok(0.8), ok(0.8)]),
        ([yes(), yes(), no(), no(), raised()], [ok(0.8), ok(0.8), ok(0.8)]),
        ([yes(), yes(), no(), raised(), timeout()], [ok(0.6), fell(0.6), fell(0.6)]),
        ([yes(), yes(), yes(), yes(), yes()], [ok(0.6), fell(0.6), fell(0.6)]),
        ([text("true"), yes(), no(), no(), yes()], [ok(1.0), ok(0.8), ok(1.0)]),
        ([returned(Value::Float(0.7)), yes(), no(), no(), yes()], [ok(0.8), ok(0.8), ok(0.8)]),
        ([raised(), raised(), raised(), raised(), raised()], [fell(0.0), fell(0.0), fell(0.0)]),
    ];
    for (third, results) in rows {
        let fixture = with_third(third.clone());
        for (profile, expected) in [Profile::paper(), released.clone(), Profile::recommended()].iter().zip(results) {
            let judged = fixture.judge(profile).functions[2];
            assert_eq!((judged.accuracy, judged.kept), expected, "{} {third:?}", profile.name);
        }
    }
}

#[test]
fn a_vacuous_function_is_no_verifier() {
    let expected = vec![json!(true), json!(true), json!(true), json!(true), json!(false)];
    let mut rows = vec![vec![yes(), yes(), yes(), yes(), no()]; 2];
    rows.push(vec![yes(); 5]);
    let mut fixture = Fixture::new(expected, rows);
    assert_eq!(
        fixture.judge(&Profile::recommended()).functions[2],
        Judged { accuracy: Some(0.8), kept: Err("vacuous") }
    );
    assert_eq!(fixture.judge(&Profile::paper()).functions[2].kept, Ok(()));
    fixture.functions[2] = Some(Ruling::Accepted);
    assert_eq!(fixture.judge(&Profile::recommended()).functions[2].kept, Ok(()));
}

#[test]
fn paper_counts_all_cases_and_recommended_the_kept() {
    // The last case is refuted by all: out of C for recommended, a wrong answer of each function for paper.
    let expected = vec![json!(true), json!(false), json!(false)];
    let fixture = Fixture::new(expected, vec![vec![yes(), no(), yes()]; 2]);
    assert_eq!(fixture.judge(&Profile::paper()).functions[0].accuracy, Some(2.0 / 3.0));
    assert_eq!(fixture.judge(&Profile::recommended()).functions[0].accuracy, Some(1.0));
}

#[test]
fn what_an_instruction_needs() {
    let [paper, released, recommended] = [Profile::paper(), Profile::released(), Profile::recommended()];
    let none = Fixture::new(vec![json!(true)], vec![]);
    for profile in [&paper, &released, &recommended] {
        assert_eq!(none.judge(profile).instruction, Err("no-function"));
    }
    let no_case = Fixture::new(vec![], vec![vec![]; 3]);
    for profile in [&paper, &released, &recommended] {
        assert_eq!(no_case.judge(profile).instruction, Err("no-case"));
    }
    let one_sided = Fixture::new(vec![json!(true), json!(true)], vec![vec![yes(), yes()]; 3]);
    assert_eq!(one_sided.judge(&paper).instruction, Ok(()));
    assert_eq!(one_sided.judge(&released).instruction, Err("too-few-cases"));
    assert_eq!(one_sided.judge(&recommended).instruction, Err("one-sided-cases"));
    let two = Fixture::new(vec![json!(true), json!(false)], vec![vec![yes(), no()]; 2]);
    assert_eq!(two.judge(&paper).instruction, Ok(()));
    assert_eq!(two.judge(&released).instruction, Err("too-few-functions"));
    assert_eq!(two.judge(&recommended).instruction, Ok(()));
    let ten = Fixture::new(vec![json!(true); 10], vec![vec![yes(); 10]; 3]);
    assert_eq!(ten.judge(&released).instruction, Ok(()));
    let silent = Fixture::new(vec![json!(true); 10], vec![vec![raised(); 10]; 3]);
    assert_eq!(silent.judge(&paper).instruction, Err("no-case"));
    assert_eq!(silent.judge(&released).instruction, Err("no-function"));
    assert_eq!(silent.judge(&recommended).instruction, Err("no-case"));
}

#[test]
fn decisions_go_before_rules() {
    let mut fixture = with_third([no(), no(), yes(), yes(), no()]);
    fixture.functions[2] = Some(Ruling::Rejected);
    let judged = fixture.judge(&Profile::recommended());
    assert_eq!(judged.functions[2], Judged { accuracy: Some(0.0), kept: Err("rejected") });
    assert_eq!(judged.cases[0].accuracy, Some(1.0), "a rejected function has no vote");
    fixture.functions[2] = Some(Ruling::Accepted);
    let judged = fixture.judge(&Profile::recommended());
    assert_eq!(judged.functions[2], Judged { accuracy: Some(0.0), kept: Ok(()) });
    assert_eq!(judged.cases[0].accuracy, Some(2.0 / 3.0));
    fixture.cases = vec![Some(Ruling::Rejected), None, None, None, None];
    let judged = fixture.judge(&Profile::recommended());
    assert_eq!(judged.cases[0].kept, Err("rejected"));
    let refuted = Fixture {
        cases: vec![Some(Ruling::Accepted), None],
        ..Fixture::new(vec![json!(false), json!(true)], vec![vec![yes(), yes()]; 2])
    };
    assert_eq!(refuted.judge(&Profile::recommended()).cases[0].kept, Ok(()));
}

#[test]
fn what_has_not_run_is_counted() {
    let (expected, vote) = (json!(true), yes());
    let input = Input {
        functions: vec![None, None, Some(Ruling::Rejected)],
        cases: vec![CaseInput { expected: &expected, ruling: None, copied: false }],
        outcomes: vec![vec![Some(&vote)], vec![None], vec![]],
    };
    assert_eq!(cross_validate(&input, &Profile::paper()).unknown, 1);
}

#[test]
fn distinct_functions_and_cases() {
    let (released, paper) = (Profile::released(), Profile::paper());
    let sources = ["a\nx", " a\nx\n", "a\nimport requests\nx", "b"];
    assert_eq!(distinct_functions(&sources, &released), [0, 0, 0, 3]);
    assert_eq!(distinct_functions(&sources, &paper), [0, 0, 2, 3]);
    let (yes, word, number, no, odd) = (json!(true), json!("True"), json!(1), json!(false), json!("odd"));
    let cases = [("a", &yes), ("a", &word), ("a", &number), ("a", &no), ("b", &yes), ("a", &odd), ("a", &odd)];
    assert_eq!(distinct_cases(&cases, &paper), [0, 0, 0, 3, 4, 5, 5]);
    assert_eq!(distinct_cases(&cases, &released), [0, 1, 2, 3, 4, 5, 5]);
    assert_eq!(prepare_source("\u{a0}a\r\n download\nb\n", &released), "a\r\nb");
}

fn expected() -> impl Strategy<Value = Json> {
    prop_oneof![4 => any::<bool>().prop_map(Json::Bool), 1 => Just(json!("True")), 1 => Just(json!("odd"))]
}

fn fixtures() -> impl Strategy<Value = Fixture> {
    (0_usize..5, 0_usize..6).prop_flat_map(|(functions, cases)| {
        let row = prop::collection::vec(any_outcome(), cases);
        let ruling = prop_oneof![5 => Just(None), 1 => Just(Some(Ruling::Accepted)), 1 => Just(Some(Ruling::Rejected))];
        (
            prop::collection::vec(expected(), cases),
            prop::collection::vec(row, functions),
            prop::collection::vec(ruling.clone(), functions),
            prop::collection::vec(ruling, cases),
        )
            .prop_map(|(expected, rows, functions, cases)| Fixture { expected, rows, functions, cases })
    })
}

fn profiles() -> impl Strategy<Value = Profile> {
    prop::sample::select(vec![Profile::paper(), Profile::released(), Profile::recommended()])
}

fn kept(judged: &[Judged]) -> Vec<usize> {
    (0..judged.len()).filter(|at| judged[*at].kept.is_ok()).collect()
}

fn within(smaller: &[usize], larger: &[usize]) -> bool {
    smaller.iter().all(|at| larger.contains(at))
}

proptest! {
    #[test]
    fn a_higher_case_threshold_never_keeps_more_cases(
        fixture in fixtures(), profile in profiles(), low in 0.0..1.0_f64, more in 0.0..1.0_f64,
    ) {
        let at = |bound| kept(&fixture.judge(&Profile { case_kept: Threshold::AtLeast(bound), ..profile.clone() }).cases);
        prop_assert!(within(&at(low + more), &at(low)));
        let strict = kept(&fixture.judge(&Profile { case_kept: Threshold::Above(low), ..profile.clone() }).cases);
        prop_assert!(within(&strict, &at(low)));
    }

    #[test]
    fn a_higher_function_threshold_never_keeps_more_functions_or_instructions(
        fixture in fixtures(), profile in profiles(), low in 0.0..1.0_f64, more in 0.0..1.0_f64,
    ) {
        let at = |bound| fixture.judge(&Profile { function_kept: Threshold::AtLeast(bound), ..profile.clone() });
        let (high, low) = (at(low + more), at(low));
        prop_assert!(within(&kept(&high.functions), &kept(&low.functions)));
        prop_assert!(low.instruction.is_ok() || high.instruction.is_err());
    }

    #[test]
    fn needing_more_never_keeps_more_instructions(
        fixture in fixtures(), profile in profiles(), few in 0_u32..4, more in 0_u32..4,
    ) {
        let with = |n| [
            fixture.judge(&Profile { functions_before: n, ..profile.clone() }).instruction.is_ok(),
            fixture.judge(&Profile { cases_before: n, ..profile.clone() }).instruction.is_ok(),
            fixture.judge(&Profile { functions_after: n, ..profile.clone() }).instruction.is_ok(),
            fixture.judge(&Profile { cases_after: n, ..profile.clone() }).instruction.is_ok(),
        ];
        for (low, high) in with(few).into_iter().zip(with(few + more)) {
            prop_assert!(low || !high);
        }
    }

    #[test]
    fn order_does_not_matter(fixture in fixtures(), profile in profiles()) {
        let mut turned = Fixture {
            expected: fixture.expected.iter().rev().cloned().collect(),
            rows: fixture.rows.iter().rev().map(|row| row.iter().rev().cloned().collect()).collect(),
            functions: fixture.functions.iter().rev().copied().collect(),
            cases: fixture.cases.iter().rev().copied().collect(),
        }.judge(&profile);
        turned.functions.reverse();
        turned.cases.reverse();
        prop_assert_eq!(turned, fixture.judge(&profile));
    }

    #[test]
    fn errors_alone_keep_nothing(fixture in fixtures(), profile in profiles(), error in any_error()) {
        let mut fixture = fixture;
        for outcome in fixture.rows.iter_mut().flatten() {
            *outcome = error.clone();
        }
        fixture.functions.fill(None);
        fixture.cases.fill(None);
        let judged = fixture.judge(&profile);
        prop_assert!(kept(&judged.functions).is_empty());
        prop_assert!(kept(&judged.cases).is_empty());
        prop_assert!(judged.instruction.is_err());
    }

    #[test]
    fn an_error_never_helps_its_function(fixture in fixtures(), profile in profiles(), error in any_error()) {
        let Some(before) = fixture.judge(&profile).functions.first().copied() else { return Ok(()) };
        let mut worse = fixture;
        // All cases are decided, so that the error changes the function's accuracy and not the set it is counted on.
        worse.cases.fill(Some(Ruling::Accepted));
        let certain = worse.judge(&profile).functions[0];
        if let Some(outcome) = worse.rows[0].first_mut() {
            *outcome = error;
        }
        let after = worse.judge(&profile).functions[0];
        prop_assert!(after.accuracy <= certain.accuracy);
        prop_assert!(after.kept.is_err() || certain.kept.is_ok());
        prop_assert!(before.accuracy.is_some());
    }
}

#[test]
fn copied_cases_are_out_unless_a_person_wants_them() {
    let (yes, no, expected) = (yes(), no(), [json!(true), json!(false), json!(true)]);
    for (ruling, third) in
        [(None, Err("copied-example")), (Some(Ruling::Accepted), Ok(())), (Some(Ruling::Rejected), Err("rejected"))]
    {
        for profile in [Profile::paper(), Profile::released(), Profile::recommended()] {
            let profile = Profile { functions_before: 1, cases_before: 1, ..profile };
            let cases = [(None, false), (None, false), (ruling, true)];
            let cases = expected.iter().zip(cases);
            let input = Input {
                functions: vec![None],
                cases: cases.map(|(expected, (ruling, copied))| CaseInput { expected, ruling, copied }).collect(),
                outcomes: vec![vec![Some(&yes), Some(&no), Some(&yes)]],
            };
            let found = cross_validate(&input, &profile);
            assert_eq!(found.cases[2].kept, third, "{:?} {ruling:?}", profile.name);
            assert!(found.cases[0].kept.is_ok() && found.functions[0].kept.is_ok() && found.instruction.is_ok());
            assert_eq!(found.unknown, 0);
        }
    }
}

/// Exactly half is a tie: above it keeps, at it does not, for functions as for cases.
#[test]
fn half_is_a_tie_for_functions() {
    let fixture = Fixture::new(
        vec![json!(true), json!(false), json!(true), json!(false)],
        vec![vec![yes(), no(), yes(), no()], vec![yes(), no(), yes(), no()], vec![yes(), yes(), yes(), yes()]],
    );
    let released = Profile { functions_before: 1, cases_before: 1, ..Profile::released() };
    for (profile, expected) in [
        (Profile::paper(), (Some(0.5), FELL)),
        (released, (Some(0.5), FELL)),
        (Profile { function_kept: Threshold::AtLeast(0.5), ..Profile::paper() }, (Some(0.5), Ok(()))),
        (Profile { function_kept: Threshold::AtLeast(0.5), ..Profile::recommended() }, (Some(0.5), Err("vacuous"))),
    ] {
        let judged = fixture.judge(&profile).functions[2];
        assert_eq!((judged.accuracy, judged.kept), expected, "{}", profile.name);
    }
}
