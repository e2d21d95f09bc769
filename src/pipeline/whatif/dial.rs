//! The values of a profile that can be turned, and over which range.

use crate::rules::{
    Profile,
    profile::{ChosenRule, PairDraw, Threshold},
};

/// One value of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dial {
    /// `case_kept`
    CaseKept,
    /// `function_kept`
    FunctionKept,
    /// `functions_before`
    FunctionsBefore,
    /// `cases_before`
    CasesBefore,
    /// `functions_after`
    FunctionsAfter,
    /// `cases_after`
    CasesAfter,
    /// `response_kept`
    ResponseKept,
    /// `score_kept`
    ScoreKept,
    /// `chosen`, where it is a bound of its own.
    Chosen,
    /// `pairs`, where it is a number.
    Pairs,
    /// `pass_rate_from`
    PassRateFrom,
    /// `pass_rate_to`
    PassRateTo,
    /// `sft_per_instruction`; 0 is no cap.
    SftPerInstruction,
    /// `pairs_per_instruction`; 0 is no cap.
    PairsPerInstruction,
    /// `category_share`
    CategoryShare,
    /// `language_share`
    LanguageShare,
}

impl Dial {
    /// All of them, in the order of the stages.
    pub const ALL: [Self; 16] = [
        Self::CaseKept,
        Self::FunctionKept,
        Self::FunctionsBefore,
        Self::CasesBefore,
        Self::FunctionsAfter,
        Self::CasesAfter,
        Self::ResponseKept,
        Self::ScoreKept,
        Self::Chosen,
        Self::Pairs,
        Self::PassRateFrom,
        Self::PassRateTo,
        Self::SftPerInstruction,
        Self::PairsPerInstruction,
        Self::CategoryShare,
        Self::LanguageShare,
    ];

    /// The key under `[rules]`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::CaseKept => "case_kept",
            Self::FunctionKept => "function_kept",
            Self::FunctionsBefore => "functions_before",
            Self::CasesBefore => "cases_before",
            Self::FunctionsAfter => "functions_after",
            Self::CasesAfter => "cases_after",
            Self::ResponseKept => "response_kept",
            Self::ScoreKept => "score_kept",
            Self::Chosen => "chosen",
            Self::Pairs => "pairs",
            Self::PassRateFrom => "pass_rate_from",
            Self::PassRateTo => "pass_rate_to",
            Self::SftPerInstruction => "sft_per_instruction",
            Self::PairsPerInstruction => "pairs_per_instruction",
            Self::CategoryShare => "category_share",
            Self::LanguageShare => "language_share",
        }
    }

    /// What the value means, in a few words.
    pub const fn about(self) -> &'static str {
        match self {
            Self::CaseKept => "share of functions that must agree with a case",
            Self::FunctionKept => "share of cases that a function must agree with",
            Self::FunctionsBefore => "usable functions an instruction needs before cross-validation",
            Self::CasesBefore => "cases it needs before cross-validation",
            Self::FunctionsAfter => "functions that must be left after it",
            Self::CasesAfter => "cases that must be left after it",
            Self::ResponseKept => "share of functions that must accept a response",
            Self::ScoreKept => "mean score of the judges, from 0 to 10",
            Self::Chosen => "accuracy from which a response can be chosen in a pair",
            Self::Pairs => "pairs drawn from one task at most",
            Self::PassRateFrom => "share of a task's responses that must pass",
            Self::PassRateTo => "share of a task's responses that may pass",
            Self::SftPerInstruction => "SFT rows of one instruction at most; 0: all",
            Self::PairsPerInstruction => "pairs of one instruction at most, of each level; 0: all",
            Self::CategoryShare => "share of a data set that one category may make up",
            Self::LanguageShare => "share of a data set that one language may make up",
        }
    }

    /// The bound behind it, where it is one that is met or exceeded; nothing for a number.
    pub const fn threshold(self, profile: &Profile) -> Option<Threshold> {
        match self {
            Self::CaseKept => Some(profile.case_kept),
            Self::FunctionKept => Some(profile.function_kept),
            Self::ResponseKept => Some(profile.response_kept),
            Self::ScoreKept => Some(profile.score_kept),
            Self::Chosen => match profile.chosen {
                ChosenRule::Accuracy(bound) => Some(bound),
                ChosenRule::KeptAndScored => None,
            },
            Self::FunctionsBefore
            | Self::CasesBefore
            | Self::FunctionsAfter
            | Self::CasesAfter
            | Self::Pairs
            | Self::PassRateFrom
            | Self::PassRateTo
            | Self::SftPerInstruction
            | Self::PairsPerInstruction
            | Self::CategoryShare
            | Self::LanguageShare => None,
        }
    }

    /// What it is set to; nothing where the profile has no such value.
    pub fn get(self, profile: &Profile) -> Option<f64> {
        Some(match self {
            Self::CaseKept => profile.case_kept.bound(),
            Self::FunctionKept => profile.function_kept.bound(),
            Self::FunctionsBefore => f64::from(profile.functions_before),
            Self::CasesBefore => f64::from(profile.cases_before),
            Self::FunctionsAfter => f64::from(profile.functions_after),
            Self::CasesAfter => f64::from(profile.cases_after),
            Self::ResponseKept => profile.response_kept.bound(),
            Self::ScoreKept => profile.score_kept.bound(),
            Self::Chosen => match profile.chosen {
                ChosenRule::Accuracy(bound) => bound.bound(),
                ChosenRule::KeptAndScored => return None,
            },
            Self::Pairs => match profile.pairs {
                PairDraw::UpTo(most) => f64::from(most),
                PairDraw::All | PairDraw::TwoByTwo => return None,
            },
            Self::PassRateFrom => profile.pass_rate_from,
            Self::PassRateTo => profile.pass_rate_to,
            Self::SftPerInstruction => f64::from(profile.sft_per_instruction),
            Self::PairsPerInstruction => f64::from(profile.pairs_per_instruction),
            Self::CategoryShare => profile.category_share,
            Self::LanguageShare => profile.language_share,
        })
    }

    /// The points of its range; none where the profile has no such value.
    pub fn range(self, profile: &Profile) -> Vec<f64> {
        let Some(now) = self.get(profile) else { return Vec::new() };
        // Divided, not multiplied: 6 / 20 is the 0.3 that people write, 6 * 0.05 is not.
        let steps = |n: u32, per_one: f64| (0..=n).map(move |step| f64::from(step) / per_one);
        let mut points: Vec<f64> = match self {
            Self::CaseKept | Self::FunctionKept | Self::ResponseKept | Self::Chosen => steps(20, 20.0).collect(),
            Self::PassRateFrom | Self::PassRateTo | Self::CategoryShare | Self::LanguageShare => {
                steps(20, 20.0).collect()
            }
            Self::SftPerInstruction | Self::PairsPerInstruction => steps(16, 1.0).collect(),
            Self::ScoreKept => steps(20, 2.0).collect(),
            Self::FunctionsBefore | Self::FunctionsAfter | Self::Pairs => steps(8, 1.0).collect(),
            Self::CasesBefore | Self::CasesAfter => steps(16, 1.0).collect(),
        };
        points.retain(|point| (point - now).abs() > 1e-9);
        points.push(now);
        points.sort_by(f64::total_cmp);
        points
    }

    /// A profile with the value turned.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts are small and not negative")]
    pub fn set(self, profile: &Profile, value: f64) -> Profile {
        let mut turned = profile.clone();
        let count = value.max(0.0) as u32;
        match self {
            Self::CaseKept => turned.case_kept = moved(turned.case_kept, value),
            Self::FunctionKept => turned.function_kept = moved(turned.function_kept, value),
            Self::FunctionsBefore => turned.functions_before = count,
            Self::CasesBefore => turned.cases_before = count,
            Self::FunctionsAfter => turned.functions_after = count,
            Self::CasesAfter => turned.cases_after = count,
            Self::ResponseKept => turned.response_kept = moved(turned.response_kept, value),
            Self::ScoreKept => turned.score_kept = moved(turned.score_kept, value),
            Self::Chosen => {
                if let ChosenRule::Accuracy(bound) = turned.chosen {
                    turned.chosen = ChosenRule::Accuracy(moved(bound, value));
                }
            }
            Self::Pairs => {
                if let PairDraw::UpTo(_) = turned.pairs {
                    turned.pairs = PairDraw::UpTo(count);
                }
            }
            Self::PassRateFrom => turned.pass_rate_from = value,
            Self::PassRateTo => turned.pass_rate_to = value,
            Self::SftPerInstruction => turned.sft_per_instruction = count,
            Self::PairsPerInstruction => turned.pairs_per_instruction = count,
            Self::CategoryShare => turned.category_share = value,
            Self::LanguageShare => turned.language_share = value,
        }
        turned
    }
}

const fn moved(threshold: Threshold, value: f64) -> Threshold {
    match threshold {
        Threshold::Above(_) => Threshold::Above(value),
        Threshold::AtLeast(_) => Threshold::AtLeast(value),
    }
}
