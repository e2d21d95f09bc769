//! Novelty by examples and by laws.

use proptest::prelude::*;

use super::*;

fn english(texts: &[&str]) -> Novelty {
    let mut novelty = Novelty::new(Params::default());
    for text in texts {
        novelty.add(text);
    }
    novelty
}

fn reason(novelty: &mut Novelty, text: &str) -> Option<&'static str> {
    novelty.check(text, Language::English).err().map(|dropped| dropped.reason)
}

#[test]
fn rouge_of_known_pairs() {
    let close = |a: f64, b: f64| (a - b).abs() < 1e-12;
    assert!(close(rouge_l("the cat sat", "The cat, sat!"), 1.0));
    assert!(close(rouge_l("the cat sat on the mat", "the cat on mat"), 0.8));
    assert!(close(rouge_l("不要使用逗号", "不要使用句号"), 10.0 / 12.0));
    assert!(close(rouge_l("a b c d", "d c b a"), 0.25));
    assert!(close(rouge_l("", "a"), 0.0));
}

#[test]
fn near_duplicates_fall_with_their_neighbour() {
    let mut novelty = english(&["Answer in verse only.", "Write your answer without using any commas at all."]);
    let dropped = novelty.check("Write the answer without using any commas at all.", Language::English).unwrap_err();
    assert_eq!((dropped.reason, dropped.nearest), ("duplicate", Some(1)));
    assert!(dropped.score > 0.8 && dropped.score < 1.0);
    let same = novelty.decide("answer in VERSE only", Language::English).unwrap_err();
    assert_eq!((same.reason, same.nearest, same.score), ("exact-duplicate", Some(0), 1.0));
    assert_eq!(novelty.decide("Mention three rivers of Asia.", Language::English), Ok(2));
    assert_eq!(reason(&mut novelty, "Mention three rivers of Asia."), Some("exact-duplicate"));
}

#[test]
fn numbers_make_instructions_new() {
    let mut novelty = english(&["Answer in under 20 words."]);
    assert_eq!(reason(&mut novelty, "Answer in under 30 words."), None);
    assert_eq!(reason(&mut novelty, "Answer in under thirty words."), None);
    assert_eq!(reason(&mut novelty, "Answer in under 20 words!"), Some("exact-duplicate"));
    assert_eq!(reason(&mut novelty, "Answer in under 20 short words."), Some("duplicate"));
    let mut novelty = english(&["请用二十个字以内回答问题。"]);
    assert!(novelty.check("请用三十五个字以内回答问题。", Language::Chinese).is_ok());
    assert!(novelty.check("请用二十个字以内回答问题！", Language::Chinese).is_err());
}

#[test]
fn forms_that_are_no_instruction() {
    let mut novelty = english(&[]);
    let long = "word ".repeat(80);
    for (text, expected) in [
        (long.as_str(), Some("too-long")),
        ("Length", Some("too-short")),
        ("", Some("too-short")),
        ("Here is the list:", Some("not-an-instruction")),
        ("I'm sorry, I cannot do that.", Some("not-an-instruction")),
        ("不要使用逗号。", Some("wrong-language")),
        ("Use a friendly tone.", Some("not-checkable")),
        ("Use the word \"friendly\" twice.", None),
        ("Use emojis.", None),
    ] {
        assert_eq!(reason(&mut novelty, text), expected, "{text}");
    }
    assert_eq!(novelty.check("请用幽默的语言。", Language::Chinese).unwrap_err().reason, "not-checkable");
    let none = NotCheckable { en: Vec::new(), zh: Vec::new() };
    let mut any = Novelty::new(Params { not_checkable: none, ..Params::default() });
    assert_eq!(reason(&mut any, "Use a friendly tone."), None);
}

#[test]
fn numbers_may_be_words_or_nothing() {
    let with = |numbers| {
        let mut novelty = Novelty::new(Params { numbers, ..Params::default() });
        novelty.add("Answer in under 20 words.");
        novelty
    };
    for (numbers, other, more) in [
        (Numbers::Distinct, None, Some("duplicate")),
        (Numbers::Plain, Some("duplicate"), Some("duplicate")),
        (Numbers::Masked, Some("exact-duplicate"), Some("duplicate")),
    ] {
        assert_eq!(reason(&mut with(numbers), "Answer in under 30 words."), other, "{numbers:?}");
        assert_eq!(reason(&mut with(numbers), "Answer in under 20 short words."), more, "{numbers:?}");
        assert_eq!(reason(&mut with(numbers), "Mention two rivers of Asia."), None, "{numbers:?}");
    }
}

#[test]
fn a_project_names_what_is_not_checkable() {
    let own = NotCheckable { en: vec!["default".into(), "plain English".into()], zh: vec!["大白话".into()] };
    let mut novelty = Novelty::new(Params { not_checkable: own, ..Params::default() });
    for (text, language, expected) in [
        ("Write in plain english, please.", Language::English, Err("not-checkable")),
        ("Write in English, plain and short.", Language::English, Ok(())),
        ("Use a friendly tone.", Language::English, Err("not-checkable")),
        ("请用大白话回答这个问题。", Language::Chinese, Err("not-checkable")),
        ("请用幽默的语言回答问题。", Language::Chinese, Ok(())),
    ] {
        assert_eq!(novelty.check(text, language).map_err(|dropped| dropped.reason), expected, "{text}");
    }
}

#[test]
fn what_falls_by_its_form_names_a_near_text_too() {
    let mut novelty = english(&["Mention three rivers.", "Keep the tone of a letter from an old friend."]);
    let dropped =
        novelty.check("Keep the friendly tone of a letter from an old friend.", Language::English).unwrap_err();
    assert_eq!((dropped.reason, dropped.nearest), ("not-checkable", Some(1)));
    assert!(dropped.score > 0.9);
    let far = novelty.check("Sound witty throughout.", Language::English).unwrap_err();
    assert_eq!((far.reason, far.nearest, far.score), ("not-checkable", None, 0.0));
}

/// Instructions with words as unevenly used as in a language, a fifth of them another one with a word changed.
fn corpus(n: usize) -> Vec<String> {
    let mut state = 13542_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut texts: Vec<String> = Vec::new();
    for _ in 0..n {
        let near = (!texts.is_empty() && next(5) == 0).then(|| texts[next(texts.len() as u64) as usize].clone());
        let words = match near {
            Some(near) => {
                let mut words: Vec<String> = near.split(' ').map(str::to_owned).collect();
                let at = next(words.len() as u64) as usize;
                words[at] = format!("w{}", next(20_000));
                words
            }
            // Rank r is drawn about as often as 1/r, as in Zipf's law.
            None => (0..8 + next(8))
                .map(|_| format!("w{}", (next(1 << 20) as f64 / f64::from(1 << 20) * 20_000_f64.ln()).exp() as u64))
                .collect(),
        };
        texts.push(words.join(" "));
    }
    texts
}

/// The counting test: what is worked out grows with the texts, not with their square.
#[test]
fn comparisons_stay_near_linear() {
    let texts = corpus(20_000);
    let mut novelty = Novelty::new(Params { threshold: 0.7, ..Params::default() });
    let (mut counts, mut kept) = (Vec::new(), 0);
    for (at, text) in texts.iter().enumerate() {
        kept += usize::from(novelty.decide(text, Language::English).is_ok());
        if [5_000, 10_000, 20_000].contains(&(at + 1)) {
            counts.push(novelty.compared());
        }
    }
    println!("{counts:?} comparisons, {kept} kept");
    assert!(kept > 12_000 && kept < 19_000, "{kept}");
    assert!(counts[2] < 3 * 20_000, "{counts:?}");
    assert!(counts[2] < counts[1] * 3 && counts[1] < counts[0] * 3, "{counts:?}");
}

/// What a template filled with other numbers adds is found under its numbers; its words lead to the first of it alone.
#[test]
fn a_template_filled_a_thousand_times_is_one_entry_under_its_words() {
    let mut novelty = Novelty::new(Params::default());
    for n in 0..1000 {
        let text = format!("Use at least {n} and at most {} words in the answer.", n + 5000);
        assert_eq!(novelty.decide(&text, Language::English), Ok(n));
    }
    let word = novelty.interner.tokens("answer", Numbers::Distinct).words[0];
    assert_eq!(novelty.all[&(word, 12)], [0]);
    assert_eq!(novelty.rare.values().map(Vec::len).max(), Some(1));
    // One that says something else is compared with all of them.
    let other = novelty.check("Use at least 7 and then at most 5007 words in the answer.", Language::English);
    assert_eq!(other.map_err(|fell| (fell.reason, fell.nearest)), Err(("duplicate", Some(7))));
}

/// Words that a template has leave its texts apart: the others are what is looked up.
#[test]
fn a_template_filled_with_other_words_is_looked_up_by_them() {
    let mut novelty = Novelty::new(Params::default());
    for n in 0..1000 {
        let text = format!("Use the words a{n}, b{n} and c{n}.");
        let tokens = novelty.interner.tokens(&text, Numbers::Distinct);
        let needed = 7 - shared(0.7, 7, Some(7));
        let listed = rarest(&tokens, needed).filter_map(|word| novelty.rare.get(&(word, 7))).flatten().count();
        assert_eq!((novelty.decide(&text, Language::English), listed), (Ok(n), 0));
    }
}

/// Texts of few words, so that many are alike.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let word = prop::sample::select(vec!["use", "no", "comma", "word", "line", "20", "ten", "the", "end", "词", "三"]);
    let text = prop::collection::vec(word, 2..9).prop_map(|words| words.join(" "));
    prop::collection::vec(text, 1..25)
}

proptest! {
    #[test]
    fn the_index_finds_what_comparing_all_finds(texts in texts(), threshold in 0.3..0.95_f64) {
        let mut novelty = Novelty::new(Params { threshold, ..Params::default() });
        let (last, rest) = texts.split_last().unwrap();
        for text in rest {
            novelty.add(text);
        }
        let tokens = novelty.interner.tokens(last, Numbers::Distinct);
        let all = novelty.accepted.iter().enumerate().filter(|(_, other)| {
            other.words == tokens.words || other.masked != tokens.masked
        });
        let best = all.map(|(at, other)| (at, Pattern::of(&tokens.words).rouge_l(&other.words)))
            .filter(|(_, score)| *score > threshold)
            .fold(None, |best: Option<(usize, f64)>, next| match best {
                Some(best) if best.1 >= next.1 => Some(best),
                _ => Some(next),
            });
        let found = match novelty.exact.get(&tokens.words) {
            Some(number) => Some((*number, 1.0)),
            None => {
                let near = novelty.near(&tokens, threshold, &novelty.rare);
                let all = novelty.near(&tokens, threshold, &novelty.all);
                prop_assert_eq!(novelty.nearest(&tokens, &all), best);
                novelty.nearest(&tokens, &near)
            }
        };
        prop_assert_eq!(found, best);
    }

    #[test]
    fn rouge_is_symmetric_and_bounded(texts in texts()) {
        for pair in texts.windows(2) {
            let score = rouge_l(&pair[0], &pair[1]);
            prop_assert!((0.0..=1.0).contains(&score));
            prop_assert!((score - rouge_l(&pair[1], &pair[0])).abs() < 1e-12);
            let mut interner = Interner::default();
            let mut tokens = |text| interner.tokens(text, Numbers::Plain);
            let (a, b) = (tokens(&pair[0]), tokens(&pair[1]));
            prop_assert!(rouge::upper_bound(&a, &b) >= score);
        }
    }

    #[test]
    fn bits_and_table_find_the_same(a in prop::collection::vec(0_u32..6, 0..70), b in prop::collection::vec(0_u32..7, 0..70)) {
        let common = rouge::longest_common(&a, &b);
        let expected = if common == 0 { 0.0 } else { 2.0 * common as f64 / (a.len() + b.len()) as f64 };
        prop_assert!((Pattern::of(&a).rouge_l(&b) - expected).abs() < 1e-12);
    }
}
