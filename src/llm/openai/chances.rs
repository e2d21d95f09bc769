//! How probable the words of a choice were, from the log-probabilities of an answer's tokens.

use super::chunk::Token;
use crate::domain::Chances;

/// The chances of each word where the answer says one of them for the last time; nothing where it says none, or where
/// the server listed no other tokens there. Words are in small letters; what begins like exactly one of them counts
/// for it, in any case. Where a grammar forced a word that the model itself would not have said, so that no word is
/// among what it would, nothing is known either.
pub(super) fn chances(tokens: &[Token], words: &[&str]) -> Option<Chances> {
    let text: String = tokens.iter().map(|token| token.token.to_ascii_lowercase()).collect();
    let last = words.iter().enumerate().filter_map(|(n, word)| Some((text.rfind(word)?, n)));
    let (at, said) = last.max()?;
    let (token, within) = token_at(tokens, at)?;
    if token.top_logprobs.is_empty() {
        return None;
    }
    let (lead, own) = (token.token.get(..within)?, std::iter::once(token));
    let listed = token.top_logprobs.iter().any(|other| other.token == token.token);
    let mut of = vec![0.0; words.len()];
    for candidate in token.top_logprobs.iter().chain(own.filter(|_| !listed)) {
        if let Some(place) = begun(candidate, lead, words).and_then(|n| of.get_mut(n)) {
            *place += candidate.logprob.exp();
        }
    }
    if !listed && of.iter().filter(|chance| **chance > 0.0).count() < 2 {
        return None;
    }
    let sum: f64 = of.iter().sum();
    let tells = sum.is_finite() && of.get(said).is_some_and(|chance| *chance > 0.0);
    tells.then(|| Chances {
        said: u32::try_from(said).unwrap_or(u32::MAX),
        of: of.into_iter().map(|chance| chance / sum).collect(),
    })
}

/// The token in which a byte of the whole text lies, and where in it.
fn token_at(tokens: &[Token], at: usize) -> Option<(&Token, usize)> {
    let mut start = 0;
    for token in tokens {
        let end = start + token.token.len();
        if at < end {
            return Some((token, at - start));
        }
        start = end;
    }
    None
}

/// The word that a token begins after `lead`, which the said token has before its word: a space or a quote.
fn begun(candidate: &Token, lead: &str, words: &[&str]) -> Option<usize> {
    let token = candidate.token.as_str();
    let rest = match token.strip_prefix(lead) {
        Some(rest) => rest,
        None if lead.trim().is_empty() => token,
        None => return None,
    };
    let rest = rest.trim().to_ascii_lowercase();
    let begins = |word: &str| !rest.is_empty() && (word.starts_with(&rest) || rest.starts_with(word));
    let mut fit = words.iter().enumerate().filter(|(_, word)| begins(word)).map(|(n, _)| n);
    fit.next().filter(|_| fit.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: [&str; 3] = ["entailment", "neutral", "contradiction"];

    fn token(text: &str, top: &[(&str, f64)]) -> Token {
        let one = |(text, chance): &(&str, f64)| Token {
            token: (*text).to_owned(),
            logprob: chance.ln(),
            top_logprobs: Vec::new(),
        };
        Token { token: text.to_owned(), logprob: -0.5, top_logprobs: top.iter().map(one).collect() }
    }

    fn rounded(found: &Chances) -> Vec<f64> {
        found.of.iter().map(|chance| (chance * 1000.0).round() / 1000.0).collect()
    }

    #[test]
    fn the_last_word_counts_with_what_could_have_stood_there() {
        let tops = [(" Neutral", 0.6), (" ent", 0.2), (" Contr", 0.1), (" maybe", 0.05), ("neutral", 0.05)];
        let tokens = [token("It is no entailment.\nLabel:", &[]), token(" Neutral", &tops), token(".", &[(".", 1.0)])];
        let found = chances(&tokens, &WORDS).unwrap();
        assert_eq!((found.said, rounded(&found)), (1, vec![0.211, 0.684, 0.105]));
    }

    #[test]
    fn quotes_belong_to_the_token() {
        let tops = [("\"con", 0.5), ("\"ent", 0.25), ("\"", 0.2), ("neutral", 0.05)];
        let tokens = [token("{\"label\": ", &[]), token("\"con", &tops), token("tradiction\"}", &[])];
        let found = chances(&tokens, &WORDS).unwrap();
        assert_eq!((found.said, rounded(&found)), (2, vec![0.333, 0.0, 0.667]));
    }

    #[test]
    fn what_is_not_told_is_not_guessed() {
        assert_eq!(chances(&[], &WORDS), None);
        assert_eq!(chances(&[token("neutral", &[])], &WORDS), None, "no other tokens are listed");
        assert_eq!(chances(&[token("I cannot say", &[("I", 1.0)])], &WORDS), None);
        let odd = [token("neutral", &[("something", 0.9)])];
        assert_eq!(chances(&odd, &WORDS), None, "no word is what it would have said");
        let forced = [token("neutral", &[("something", 0.9), ("contr", 0.1)])];
        let found = chances(&forced, &WORDS).unwrap();
        assert_eq!((found.said, rounded(&found)), (1, vec![0.0, 0.858, 0.142]), "exp(-0.5) against 0.1");
        let vague = [token("aa", &[("aa", 0.5), ("a", 0.5)])];
        assert_eq!(chances(&vague, &["aa", "ab"]).map(|found| found.of), Some(vec![1.0, 0.0]), "a part that fits two");
    }
}
