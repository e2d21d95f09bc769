//! From texts to token numbers.

use std::path::Path;

use tokenizers::{Encoding, Tokenizer, TruncationDirection, TruncationParams, TruncationStrategy};

use crate::nli::{NliError, Pair};

/// What to do about a tokenizer that cannot be used.
const ADVICE: &str = "fetch or save the model again, with the tokenizer it was trained with";

/// A tokenizer that cuts pairs to what a model can read.
pub struct Tokens {
    tokenizer: Tokenizer,
    longest: usize,
}

/// A pair as the model reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded {
    /// Tokens.
    pub ids: Vec<u32>,
    /// 0 for the premise, 1 for the hypothesis, where the tokenizer tells them apart.
    pub kinds: Vec<u32>,
    /// Tokens that were cut away.
    pub cut: usize,
}

impl Tokens {
    /// Reads a `tokenizer.json`.
    ///
    /// # Errors
    /// Where it cannot be read, or knows more tokens than the model.
    pub fn load(path: &Path, longest: usize, vocabulary: usize) -> Result<Self, NliError> {
        let unusable = |error: tokenizers::Error| NliError::unusable(path, error, ADVICE);
        let mut tokenizer = Tokenizer::from_file(path).map_err(unusable)?;
        // Whatever was set when it was saved: length is decided here, and nothing is padded.
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(unusable)?;
        let known = tokenizer.get_vocab_size(true);
        if known > vocabulary {
            let message = format!("it has {known} tokens, the model knows {vocabulary}");
            return Err(NliError::unusable(path, message, ADVICE));
        }
        Ok(Self { tokenizer, longest })
    }

    /// A pair's tokens.
    ///
    /// # Errors
    /// What the tokenizer says.
    pub fn encode(&mut self, pair: &Pair) -> Result<Encoded, String> {
        let all = self.read(pair)?;
        let cut = all.len().saturating_sub(self.longest);
        let read = if cut == 0 { all } else { self.cut(pair)? };
        if read.is_empty() {
            return Err("the tokenizer makes nothing of it".to_owned());
        }
        Ok(Encoded { ids: read.get_ids().to_vec(), kinds: read.get_type_ids().to_vec(), cut })
    }

    fn read(&self, pair: &Pair) -> Result<Encoding, String> {
        let texts = (pair.premise.as_str(), pair.hypothesis.as_str());
        self.tokenizer.encode(texts, true).map_err(|error| error.to_string())
    }

    /// With the longer text cut, as far as needed.
    fn cut(&mut self, pair: &Pair) -> Result<Encoding, String> {
        let truncation = TruncationParams {
            max_length: self.longest,
            strategy: TruncationStrategy::LongestFirst,
            stride: 0,
            direction: TruncationDirection::Right,
        };
        self.tokenizer.with_truncation(Some(truncation)).map_err(|error| error.to_string())?;
        let read = self.read(pair);
        self.tokenizer.with_truncation(None).map_err(|error| error.to_string())?;
        read
    }
}
