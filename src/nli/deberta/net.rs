//! The network from tokens to logits.

use candle_core::{DType, Device, Result, Tensor};

use super::{
    attention::{Attention, Places},
    config::{Activation, Config, Relative},
    layers::{Conv, FeedForward, Linear, Norm},
    tokens::Encoded,
    weights::{Part, Weights},
};

/// Outputs of the classifier.
const LABELS: usize = 3;

/// A sequence classifier.
pub struct Net {
    embeddings: Embeddings,
    layers: Vec<(Attention, FeedForward)>,
    conv: Option<Conv>,
    relative: Option<Relative>,
    heads: usize,
    pooler: Linear,
    pooler_act: Activation,
    classifier: Linear,
}

impl Net {
    /// Reads it.
    pub fn load(weights: &Weights, config: &Config) -> Result<Self> {
        let (root, size) = (weights.root(), config.hidden_size);
        let encoder = root.at("deberta.encoder");
        let relative = config.relative();
        let positions = relative.map(|relative| Ok((relative, table(&encoder, config, relative)?)));
        let positions: Option<(Relative, Tensor)> = positions.transpose().map_err(|error: candle_core::Error| error)?;
        let layer = |no: usize| {
            let part = encoder.at(&format!("layer.{no}"));
            Ok((Attention::load(&part, config, positions.as_ref())?, FeedForward::load(&part, config)?))
        };
        Ok(Self {
            embeddings: Embeddings::load(&root.at("deberta.embeddings"), config)?,
            layers: (0..config.num_hidden_layers).map(layer).collect::<Result<_>>()?,
            conv: Conv::load(&encoder, config)?,
            relative,
            heads: config.num_attention_heads,
            pooler: Linear::load(&root.at("pooler.dense"), size, size)?,
            pooler_act: config.pooler_hidden_act,
            classifier: Linear::load(&root.at("classifier"), size, LABELS)?,
        })
    }

    /// Logits of texts; nothing where `go_on` says no between two layers.
    pub fn forward(&self, texts: &[Encoded], go_on: &dyn Fn() -> bool) -> Result<Option<Vec<[f32; LABELS]>>> {
        let lengths: Vec<usize> = texts.iter().map(|text| text.ids.len()).collect();
        let place = |&len: &usize| self.relative.as_ref().map(|of| Places::of(len, self.heads, of)).transpose();
        let places: Vec<Option<Places>> = lengths.iter().map(place).collect::<Result<_>>()?;
        let embedded = self.embeddings.forward(texts)?;
        let mut rows = embedded.clone();
        for (no, (attention, feed_forward)) in self.layers.iter().enumerate() {
            if !go_on() {
                return Ok(None);
            }
            rows = feed_forward.forward(&attention.forward(&rows, &lengths, &places)?)?;
            if let (0, Some(conv)) = (no, &self.conv) {
                rows = each(&lengths, |from, len| {
                    conv.forward(&embedded.narrow(0, from, len)?, &rows.narrow(0, from, len)?)
                })?;
            }
        }
        let mut from = 0;
        let logits = lengths.iter().map(|len| {
            // One at a time: a product with one row is computed in another order than one with many.
            let pooled = self.pooler_act.forward(&self.pooler.forward(&rows.narrow(0, from, 1)?)?)?;
            from += len;
            let logits: Vec<f32> = self.classifier.forward(&pooled)?.flatten_all()?.to_vec1()?;
            <[f32; LABELS]>::try_from(logits).map_err(|_| candle_core::Error::Msg("three logits were expected".into()))
        });
        logits.collect::<Result<Vec<_>>>().map(Some)
    }
}

/// The table of relative positions, as attention uses it.
fn table(encoder: &Part<'_>, config: &Config, relative: Relative) -> Result<Tensor> {
    let table = encoder.tensor("rel_embeddings.weight", &[2 * relative.span, config.hidden_size])?;
    if relative.normed {
        return Norm::load(&encoder.at("LayerNorm"), config, config.hidden_size)?.forward(&table);
    }
    Ok(table)
}

/// Does something with each text's rows, and lays the results end to end.
fn each(lengths: &[usize], mut with: impl FnMut(usize, usize) -> Result<Tensor>) -> Result<Tensor> {
    let mut from = 0;
    let parts = lengths.iter().map(|&len| {
        let part = with(from, len);
        from += len;
        part
    });
    Tensor::cat(&parts.collect::<Result<Vec<_>>>()?, 0)
}

/// From token numbers to rows.
struct Embeddings {
    /// Kept as saved, in half precision where it is: it is most of a multilingual model, and rows are widened exactly.
    words: Tensor,
    positions: Option<Tensor>,
    kinds: Option<Tensor>,
    wider: Option<Linear>,
    norm: Norm,
}

impl Embeddings {
    fn load(part: &Part<'_>, config: &Config) -> Result<Self> {
        let size = config.embedding_size();
        let table = |name: &str, rows: usize, there: bool| {
            there.then(|| part.tensor(&format!("{name}.weight"), &[rows, size])).transpose()
        };
        let wider = || Linear::load_plain(&part.at("embed_proj"), size, config.hidden_size);
        Ok(Self {
            words: part.as_saved("word_embeddings.weight", &[config.vocab_size, size])?,
            positions: table("position_embeddings", config.max_position_embeddings, config.position_biased_input)?,
            kinds: table("token_type_embeddings", config.type_vocab_size, config.type_vocab_size > 0)?,
            wider: (size != config.hidden_size).then(wider).transpose()?,
            norm: Norm::load(&part.at("LayerNorm"), config, config.hidden_size)?,
        })
    }

    fn forward(&self, texts: &[Encoded]) -> Result<Tensor> {
        let of = |numbers: Vec<u32>| Tensor::new(numbers, &Device::Cpu);
        let ids = of(texts.iter().flat_map(|text| text.ids.iter().copied()).collect())?;
        let mut rows = self.words.index_select(&ids, 0)?.to_dtype(DType::F32)?;
        if let Some(table) = &self.positions {
            let places = texts.iter().flat_map(|text| (0_u32..).take(text.ids.len()));
            rows = (rows + table.index_select(&of(places.collect())?, 0)?)?;
        }
        if let Some(table) = &self.kinds {
            let kinds = texts.iter().flat_map(|text| text.kinds.iter().copied());
            rows = (rows + table.index_select(&of(kinds.collect())?, 0)?)?;
        }
        if let Some(wider) = &self.wider {
            rows = wider.forward(&rows)?;
        }
        self.norm.forward(&rows)
    }
}
