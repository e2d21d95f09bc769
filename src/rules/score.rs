//! The judges' scores (paper 3.3: responses rated below 8 of 10 are dropped).

use crate::domain::Ruling;

use super::profile::Profile;

/// The mean of the judges' scores; answers without a number are left out, nothing where none has one.
#[expect(clippy::cast_precision_loss, reason = "there are few judges")]
pub fn mean(scores: &[Option<f64>]) -> Option<f64> {
    let known: Vec<f64> = scores.iter().copied().flatten().collect();
    (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
}

/// Whether a response's score is kept; else `no-score`, `below-threshold` or `rejected`.
pub fn kept(mean: Option<f64>, ruling: Option<Ruling>, profile: &Profile) -> Result<(), &'static str> {
    match (ruling, mean) {
        (Some(Ruling::Accepted), _) => Ok(()),
        (Some(Ruling::Rejected | Ruling::UseAsNegative), _) => Err("rejected"),
        (None, None) => Err("no-score"),
        (None, Some(score)) if profile.score_kept.passes(score) => Ok(()),
        (None, Some(_)) => Err("below-threshold"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_is_a_tie() {
        for (profile, expected) in [
            (Profile::paper(), Ok(())),
            (Profile::released(), Err("below-threshold")),
            (Profile::recommended(), Ok(())),
        ] {
            assert_eq!(kept(Some(8.0), None, &profile), expected);
            assert_eq!(kept(Some(8.5), None, &profile), Ok(()));
            assert_eq!(kept(Some(7.9), None, &profile), Err("below-threshold"));
            assert_eq!(kept(None, None, &profile), Err("no-score"));
            assert_eq!(kept(None, Some(Ruling::Accepted), &profile), Ok(()));
            assert_eq!(kept(Some(10.0), Some(Ruling::Rejected), &profile), Err("rejected"));
        }
    }

    #[test]
    fn missing_scores_leave_the_mean() {
        assert_eq!(mean(&[Some(9.0), None, Some(8.0)]), Some(8.5));
        assert_eq!(mean(&[None]), None);
        assert_eq!(mean(&[]), None);
    }
}
