//! Puts answers together from chunks: one, or the several choices of one request, whose pieces come in any order.

use serde_json::Value;

use super::chunk::{Choice, Chunk, Said, Token, WireUsage, finish};
use super::{share, think};
use crate::domain::{Finish, Usage};

/// What has come so far.
#[derive(Debug)]
pub(super) struct Collect {
    choices: Vec<Gathered>,
    usage: Option<WireUsage>,
    model: Option<String>,
    /// The choice that ended last, until counts come.
    ended: Option<usize>,
}

/// What has come of one choice.
#[derive(Debug, Default)]
struct Gathered {
    came: bool,
    content: String,
    reasoning: String,
    finish: Option<Finish>,
    tokens: Vec<Token>,
    /// What was counted right after its end: llama.cpp counts every choice by itself.
    usage: Option<Usage>,
}

/// What came in all.
#[derive(Debug)]
pub(super) struct Collected {
    pub content: String,
    pub reasoning: Option<String>,
    pub finish: Finish,
    /// Its share of what the server counted.
    pub usage: Option<Usage>,
    pub model: Option<String>,
    /// The answer's tokens with their probabilities, where they were asked for and told.
    pub tokens: Vec<Token>,
}

/// What a chunk brought.
#[derive(Debug, PartialEq)]
pub(super) enum Brought {
    /// Text, which was shown.
    Text,
    /// Nothing that is shown: a role, a reason, counts.
    Nothing,
    /// An error object in place of an answer.
    Error(Value),
}

impl Collect {
    /// Nothing yet, of so many choices.
    pub fn new(choices: usize) -> Self {
        // The only one came, whatever it says.
        let came = choices <= 1;
        let one = || Gathered { came, ..Gathered::default() };
        let choices = std::iter::repeat_with(one).take(choices.max(1)).collect();
        Self { choices, usage: None, model: None, ended: None }
    }

    /// Takes a chunk in. `show` is given new text, with the number of its choice.
    pub fn take(&mut self, chunk: Chunk, mut show: impl FnMut(usize, &str)) -> Brought {
        if let Some(error) = chunk.error.filter(|error| !error.is_null()) {
            return Brought::Error(error);
        }
        // Before the choices: the chunk that brings the counts has none.
        if let Some(usage) = chunk.usage {
            self.count(usage, chunk.choices.is_empty());
        }
        if self.model.is_none() {
            self.model = chunk.model.filter(|model| !model.is_empty());
        }
        let mut brought = Brought::Nothing;
        for (place, choice) in chunk.choices.into_iter().enumerate() {
            let index = choice.index.map_or(place, |index| usize::try_from(index).unwrap_or(usize::MAX));
            let Some(gathered) = self.choices.get_mut(index) else { continue };
            match gathered.take(choice) {
                Ok(None) => {}
                Ok(Some((reasoning, content))) => {
                    for text in [&gathered.reasoning[reasoning..], &gathered.content[content..]] {
                        if !text.is_empty() {
                            show(index, text);
                            brought = Brought::Text;
                        }
                    }
                }
                Err(error) => return Brought::Error(error),
            }
            if gathered.finish.is_some() {
                self.ended = Some(index);
            }
        }
        brought
    }

    /// Takes counts in. `alone`: in a chunk of their own.
    fn count(&mut self, usage: WireUsage, alone: bool) {
        if let Some(ended) = self.ended.take().filter(|_| alone)
            && let Some(gathered) = self.choices.get_mut(ended)
        {
            gathered.usage = usage.usage();
        }
        self.usage = Some(usage);
    }

    /// Whether the model said of every choice why it stopped.
    pub fn finished(&self) -> bool {
        self.choices.iter().all(|choice| choice.finish.is_some())
    }

    /// Of several choices, drops those that have not ended: whether any is left.
    pub fn keep_ended(&mut self) -> bool {
        if self.choices.len() > 1 {
            self.choices
                .iter_mut()
                .filter(|choice| choice.finish.is_none())
                .for_each(|choice| *choice = Gathered::default());
        }
        self.choices.len() > 1 && self.choices.iter().any(|choice| choice.came)
    }

    /// The choices, each with its share of the counts; nothing for one that never came.
    pub fn end(self) -> Vec<Option<Collected>> {
        let shares = self.shares();
        let model = self.model;
        let ended = |(choice, usage): (Gathered, Option<Usage>)| choice.came.then(|| choice.end(usage, model.clone()));
        self.choices.into_iter().zip(shares).map(ended).collect()
    }

    /// What each choice used: the prompt, which was read once, and the answers are shared out so that the sums are what
    /// the server told.
    fn shares(&self) -> Vec<Option<Usage>> {
        let came: Vec<&Gathered> = self.choices.iter().filter(|choice| choice.came).collect();
        let apart: Option<Vec<Usage>> = came.iter().map(|choice| choice.usage).collect();
        let (total, weights): (_, Vec<usize>) = match apart {
            Some(apart) => {
                let weights = apart.iter().map(|usage| usize::try_from(usage.completion_tokens).unwrap_or(0));
                (Some(share::counted_apart(&apart)), weights.collect())
            }
            None => {
                let told = self.usage.as_ref().and_then(WireUsage::usage);
                (told, came.iter().map(|choice| choice.content.len() + choice.reasoning.len()).collect())
            }
        };
        let mut shares = total.map(|total| share::share(total, &weights)).unwrap_or_default().into_iter();
        self.choices.iter().map(|choice| choice.came.then(|| shares.next()).flatten()).collect()
    }

    /// What the server has counted so far.
    pub fn used(&self) -> Usage {
        self.usage.as_ref().and_then(WireUsage::usage).unwrap_or_default()
    }
}

impl Gathered {
    /// Takes a piece in: where new reasoning and content begin, or an error in place of it.
    fn take(&mut self, choice: Choice) -> Result<Option<(usize, usize)>, Value> {
        self.came = true;
        let before = (self.reasoning.len(), self.content.len());
        let said = choice.delta.or(choice.message);
        if let Some(said) = &said {
            self.say(said);
        }
        self.tokens.extend(choice.logprobs.into_iter().flat_map(|logprobs| logprobs.content));
        match choice.finish_reason.as_deref() {
            Some("error") => return Err(Value::from("the model stopped with an error")),
            Some(reason) if !reason.is_empty() => self.finish = Some(finish(reason)),
            _ => {}
        }
        Ok(said.map(|_| before))
    }

    fn say(&mut self, said: &Said) {
        // Both names may carry the same text, while a server changes from one to the other.
        if let Some(thought) = said.reasoning.as_ref().or(said.reasoning_content.as_ref()) {
            let mut inner = String::new();
            thought.append(&mut self.reasoning, &mut inner);
            self.reasoning.push_str(&inner);
        }
        if let Some(text) = &said.content {
            text.append(&mut self.content, &mut self.reasoning);
        }
        if let Some(refusal) = &said.refusal {
            self.content.push_str(refusal);
        }
    }

    /// The answer, with reasoning split off.
    fn end(self, usage: Option<Usage>, model: Option<String>) -> Collected {
        let (thought, content) = think::split(&self.content);
        let reasoning = match (self.reasoning.is_empty(), thought) {
            (true, thought) => thought,
            (false, None) => Some(self.reasoning),
            (false, Some(thought)) => Some(format!("{}\n{thought}", self.reasoning)),
        };
        Collected {
            content: content.to_owned(),
            reasoning: reasoning.filter(|text| !text.is_empty()),
            finish: self.finish.unwrap_or(Finish::Other),
            usage,
            model,
            tokens: self.tokens,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(chunks: &[&str]) -> Collected {
        all(1, chunks).remove(0).unwrap()
    }

    fn all(n: usize, chunks: &[&str]) -> Vec<Option<Collected>> {
        let mut collect = Collect::new(n);
        for chunk in chunks {
            collect.take(serde_json::from_str(chunk).unwrap(), |_, _| {});
        }
        collect.end()
    }

    fn said(choice: Option<&Collected>) -> Option<(&str, u64, u64)> {
        choice.map(|c| (c.content.as_str(), c.usage.unwrap().prompt_tokens, c.usage.unwrap().completion_tokens))
    }

    #[test]
    fn choices_come_in_any_order_and_share_one_count() {
        let choices = all(
            3,
            &[
                r#"{"choices":[{"index":2,"delta":{"content":"cc"}},{"index":0,"delta":{"content":"a"}}]}"#,
                r#"{"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}]}"#,
                r#"{"choices":[{"index":7,"delta":{"content":"nobody asked"}}]}"#,
                r#"{"choices":[{"index":2,"delta":{"content":"cc"},"finish_reason":"length"}]}"#,
                r#"{"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":6}}"#,
            ],
        );
        assert_eq!(said(choices[0].as_ref()), Some(("aa", 5, 2)));
        assert!(choices[1].is_none(), "it never came");
        assert_eq!(said(choices[2].as_ref()), Some(("cccc", 4, 4)));
    }

    #[test]
    fn choices_that_are_counted_apart_have_read_one_prompt() {
        let count =
            |tokens: u32| format!(r#"{{"choices":[],"usage":{{"prompt_tokens":9,"completion_tokens":{tokens}}}}}"#);
        let end =
            |n: u32| format!(r#"{{"choices":[{{"index":{n},"delta":{{"content":"x"}},"finish_reason":"stop"}}]}}"#);
        let (first, second) = (count(5), count(2));
        let choices = all(2, &[&end(1), &first, &end(0), &second]);
        assert_eq!(said(choices[0].as_ref()), Some(("x", 5, 2)));
        assert_eq!(said(choices[1].as_ref()), Some(("x", 4, 5)));
    }

    #[test]
    fn whole_answers_without_numbers_are_in_order() {
        let choices = all(2, &[r#"{"choices":[{"message":{"content":"a"}},{"message":{"content":"b"}}]}"#]);
        let texts: Vec<_> = choices.iter().flatten().map(|choice| choice.content.as_str()).collect();
        assert_eq!(texts, ["a", "b"]);
    }

    #[test]
    fn tolerates_what_servers_send() {
        let answer = collected(&[
            r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":null},"finish_reason":null}],"usage":null}"#,
            r#"{"model":"m","choices":[{"delta":{"reasoning":"hm","reasoning_content":"hm"}}]}"#,
            r#"{"choices":[{"delta":{"content":"a"}},{"index":1,"delta":{"content":"other"}}]}"#,
            r#"{"choices":[{"delta":{"content":"b"},"finish_reason":"length"}]}"#,
            r#"{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":3}}}"#,
            r#"{"choices":null}"#,
        ]);
        assert_eq!((answer.content.as_str(), answer.reasoning.as_deref()), ("ab", Some("hm")));
        assert_eq!((answer.finish, answer.model.as_deref()), (Finish::Length, Some("m")));
        assert_eq!(answer.usage, Some(Usage { prompt_tokens: 5, cached_tokens: 3, completion_tokens: 2 }));
    }

    #[test]
    fn parts_are_text_and_thinking() {
        let answer = collected(&[
            r#"{"choices":[{"delta":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]}]}}]}"#,
            r#"{"choices":[{"delta":{"content":[{"type":"text","text":"yes"}]}}]}"#,
        ]);
        assert_eq!((answer.content.as_str(), answer.reasoning.as_deref()), ("yes", Some("hm")));
    }

    #[test]
    fn errors_are_found() {
        let mut collect = Collect::new(1);
        let chunk = serde_json::from_str(r#"{"error":{"code":502,"message":"no"}}"#).unwrap();
        assert!(matches!(collect.take(chunk, |_, _| {}), Brought::Error(_)));
        let chunk = serde_json::from_str(r#"{"choices":[{"delta":{},"finish_reason":"error"}]}"#).unwrap();
        assert!(matches!(collect.take(chunk, |_, _| {}), Brought::Error(_)));
    }
}
