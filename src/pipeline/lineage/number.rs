//! Numbers against bounds, in words.

use crate::rules::profile::Threshold;

/// A number with at most three decimals and no zeros behind.
pub fn number(n: f64) -> String {
    let text = format!("{n:.3}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// A number against a threshold: `0.75 < 0.8`, `0.5 is not > 0.5`.
pub fn against(n: f64, threshold: Threshold) -> String {
    let (passes, bound, n) = (threshold.passes(n), number(threshold.bound()), number(n));
    match (threshold, passes) {
        (Threshold::Above(_), true) => format!("{n} > {bound}"),
        (Threshold::Above(_), false) => format!("{n} is not > {bound}"),
        (Threshold::AtLeast(_), true) => format!("{n} >= {bound}"),
        (Threshold::AtLeast(_), false) => format!("{n} < {bound}"),
    }
}

/// `1 call`, `3 calls`.
pub fn plural(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

/// A count against the fewest that are needed: `2 < 3`.
pub fn at_least(n: usize, needed: u32) -> (bool, String) {
    let holds = u32::try_from(n).unwrap_or(u32::MAX) >= needed;
    (holds, format!("{n} {} {needed}", if holds { ">=" } else { "<" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_say_on_which_side_they_are() {
        assert_eq!(against(0.75, Threshold::AtLeast(0.8)), "0.75 < 0.8");
        assert_eq!(against(0.8, Threshold::AtLeast(0.8)), "0.8 >= 0.8");
        assert_eq!(against(0.5, Threshold::Above(0.5)), "0.5 is not > 0.5");
        assert_eq!(against(2.0 / 3.0, Threshold::Above(0.5)), "0.667 > 0.5");
        assert_eq!(against(8.0, Threshold::Above(8.0)), "8 is not > 8");
        assert_eq!(at_least(2, 3), (false, "2 < 3".to_owned()));
    }
}
