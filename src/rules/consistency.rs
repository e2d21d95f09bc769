//! Back-translation against the instruction (paper 3.2, "Back-translation verification": contradictions are dropped,
//! about 15 % there).

use crate::domain::{Label, Ruling};

use super::profile::{ConsistencyRule, Profile};

/// A function that cross-validation kept, with its label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Labelled {
    /// The label of (instruction, back-translation); nothing where it is not known or the answer held none.
    pub label: Option<Label>,
    /// What a person decided about the function. An accepted one is used whatever the label.
    pub ruling: Option<Ruling>,
}

/// How an instruction came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consistency {
    /// Whether each function goes on to verify responses; else `contradiction` or `rejected`.
    pub functions: Vec<Result<(), &'static str>>,
    /// Whether the instruction goes on; else `contradiction`, or `no-function` where none is left for another reason.
    pub instruction: Result<(), &'static str>,
}

/// Judges the kept functions, in their order. `accepted` says that a person accepted the instruction: then no label
/// drops anything.
pub fn consistency(functions: &[Labelled], accepted: bool, profile: &Profile) -> Consistency {
    let rule = if accepted { ConsistencyRule::Off } else { profile.consistency };
    let asked = match rule {
        ConsistencyRule::AnyOfFirstThree => 3,
        ConsistencyRule::Off => 0,
        ConsistencyRule::AnyDropsInstruction | ConsistencyRule::DropsFunction => functions.len(),
    };
    let judged = |(at, function): (usize, &Labelled)| match function.ruling {
        Some(Ruling::Accepted) => Ok(()),
        Some(Ruling::Rejected | Ruling::UseAsNegative) => Err("rejected"),
        None if at < asked && function.label == Some(Label::Contradiction) => Err("contradiction"),
        None => Ok(()),
    };
    let functions: Vec<_> = functions.iter().enumerate().map(judged).collect();
    let contradicted = functions.contains(&Err("contradiction"));
    let left = functions.iter().any(Result::is_ok);
    let drops = contradicted && (rule != ConsistencyRule::DropsFunction || !left);
    let instruction = match (drops, left) {
        (true, _) => Err("contradiction"),
        (false, false) => Err("no-function"),
        (false, true) => Ok(()),
    };
    Consistency { functions, instruction }
}

#[cfg(test)]
mod tests {
    use super::*;

    const E: Option<Label> = Some(Label::Entailment);
    const N: Option<Label> = Some(Label::Neutral);
    const C: Option<Label> = Some(Label::Contradiction);

    fn judge(labels: &[Option<Label>], profile: &Profile) -> (Vec<bool>, Result<(), &'static str>) {
        let functions: Vec<_> = labels.iter().map(|label| Labelled { label: *label, ruling: None }).collect();
        let judged = consistency(&functions, false, profile);
        (judged.functions.iter().map(Result::is_ok).collect(), judged.instruction)
    }

    #[test]
    fn one_contradiction_in_three_profiles() {
        let (paper, released, recommended) = (Profile::paper(), Profile::released(), Profile::recommended());
        let fell = Err("contradiction");
        assert_eq!(judge(&[E, N, E, C], &paper).1, fell);
        assert_eq!(judge(&[E, N, E, C], &released), (vec![true; 4], Ok(())));
        assert_eq!(judge(&[E, N, C, E], &released).1, fell);
        assert_eq!(judge(&[E, N, E, C], &recommended), (vec![true, true, true, false], Ok(())));
        assert_eq!(judge(&[C, C], &recommended), (vec![false, false], fell));
        for profile in [paper, released, recommended] {
            assert_eq!(judge(&[E, N, None], &profile), (vec![true; 3], Ok(())));
            assert_eq!(judge(&[], &profile).1, Err("no-function"));
        }
    }

    #[test]
    fn decisions_go_before_labels() {
        let accepted = Labelled { label: C, ruling: Some(Ruling::Accepted) };
        let rejected = Labelled { label: E, ruling: Some(Ruling::Rejected) };
        let paper = Profile::paper();
        assert_eq!(consistency(&[accepted], false, &paper).instruction, Ok(()));
        assert_eq!(consistency(&[rejected], false, &paper).instruction, Err("no-function"));
        let contradicted = Labelled { label: C, ruling: None };
        assert_eq!(consistency(&[contradicted], true, &paper).functions, [Ok(())]);
        assert_eq!(consistency(&[contradicted], true, &paper).instruction, Ok(()));
    }

    #[test]
    fn off_asks_nothing() {
        let profile = Profile { consistency: ConsistencyRule::Off, ..Profile::recommended() };
        assert_eq!(judge(&[C, C], &profile), (vec![true, true], Ok(())));
    }
}
