//! Shares out what one request used among the choices it brought, so that the sums are what the server told.

use crate::domain::Usage;

/// What the choices used together where each was counted by itself: every count has the prompt in it, which was read
/// once.
pub(super) fn counted_apart(each: &[Usage]) -> Usage {
    let most = |of: fn(&Usage) -> u64| each.iter().map(of).max().unwrap_or_default();
    Usage {
        prompt_tokens: most(|usage| usage.prompt_tokens),
        cached_tokens: most(|usage| usage.cached_tokens),
        completion_tokens: each.iter().fold(0, |sum, usage| sum.saturating_add(usage.completion_tokens)),
    }
}

/// A share for each weight: prompt and cached tokens evenly, the answers' tokens by weight.
pub(super) fn share(total: Usage, weights: &[usize]) -> Vec<Usage> {
    let even = vec![1; weights.len()];
    let (prompts, cached) = (parts(total.prompt_tokens, &even), parts(total.cached_tokens, &even));
    let answers = parts(total.completion_tokens, weights);
    let all = prompts.into_iter().zip(cached).zip(answers);
    all.map(|((prompt_tokens, cached_tokens), completion_tokens)| Usage {
        prompt_tokens,
        cached_tokens,
        completion_tokens,
    })
    .collect()
}

/// Whole parts of a total by weight; what is left over goes to the largest remainders, the first of equals before.
fn parts(total: u64, weights: &[usize]) -> Vec<u64> {
    let all: u128 = weights.iter().map(|weight| *weight as u128).sum();
    if all == 0 {
        return if weights.is_empty() { Vec::new() } else { parts(total, &vec![1; weights.len()]) };
    }
    let exact = |weight: &usize| u128::from(total) * (*weight as u128);
    // A part is no more than the total: it fits.
    let mut parts: Vec<u64> = weights.iter().map(|w| u64::try_from(exact(w) / all).unwrap_or(total)).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&at| std::cmp::Reverse(exact(&weights[at]) % all));
    let left = total - parts.iter().sum::<u64>();
    for at in order.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        parts[at] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_added(
            (prompt_tokens, cached, completion_tokens) in (0_u64..1 << 40, 0_u64..1 << 40, 0_u64..1 << 40),
            weights in prop::collection::vec(0_usize..1 << 20, 1..20),
        ) {
            let total = Usage { prompt_tokens, cached_tokens: cached.min(prompt_tokens), completion_tokens };
            let mut sum = Usage::default();
            for share in share(total, &weights) {
                prop_assert!(share.cached_tokens <= share.prompt_tokens);
                sum += share;
            }
            prop_assert_eq!(sum, total);
        }
    }

    #[test]
    fn longer_answers_used_more() {
        assert_eq!(parts(10, &[1, 0, 3]), [3, 0, 7]);
        assert_eq!(parts(5, &[0, 0]), [3, 2]);
    }
}
