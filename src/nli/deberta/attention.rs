//! Disentangled attention (DeBERTa, section 3.1): what tokens say to each other, and what tokens and their distances
//! do.

use candle_core::{D, Device, Result, Tensor};

use super::{
    config::{Config, Relative},
    layers::{Linear, Norm, softmax},
    positions::Window,
    weights::Part,
};

/// Attention of one layer with what follows it.
pub struct Attention {
    query: Linear,
    key: Linear,
    value: Linear,
    output: Linear,
    norm: Norm,
    heads: usize,
    scale: f64,
    /// The table of positions as keys and as queries, by head. The same for every text, so mapped once.
    position_keys: Option<Tensor>,
    position_queries: Option<Tensor>,
}

/// What all layers share about a text's positions.
pub struct Places {
    first: usize,
    rows: usize,
    content_to_position: Tensor,
    position_to_content: Tensor,
}

impl Places {
    /// Of a text of so many tokens.
    pub fn of(len: usize, heads: usize, relative: &Relative) -> Result<Self> {
        let window = Window::of(len, relative);
        let index = |rows: Vec<u32>| {
            Tensor::from_vec(rows, (1, len, len), &Device::Cpu)?.expand((heads, len, len))?.contiguous()
        };
        Ok(Self {
            first: window.first,
            rows: window.rows,
            content_to_position: index(window.content_to_position)?,
            position_to_content: index(window.position_to_content)?,
        })
    }
}

impl Attention {
    /// Of a layer; `positions` is the table of relative positions.
    pub fn load(layer: &Part<'_>, config: &Config, positions: Option<&(Relative, Tensor)>) -> Result<Self> {
        let (part, size) = (layer.at("attention.self"), config.hidden_size);
        let linear = |name: &str| Linear::load(&part.at(name), size, size);
        let (query, key, value) = (linear("query_proj")?, linear("key_proj")?, linear("value_proj")?);
        let heads = config.num_attention_heads;
        let (mut position_keys, mut position_queries, mut kinds) = (None, None, 1);
        if let Some((relative, table)) = positions {
            let own = |name: &str, shared: &Linear| {
                if config.share_att_key { shared.forward(table) } else { linear(name)?.forward(table) }
            };
            if relative.content_to_position {
                kinds += 1;
                position_keys = Some(by_head(&own("pos_key_proj", &key)?, heads)?);
            }
            if relative.position_to_content {
                kinds += 1;
                position_queries = Some(by_head(&own("pos_query_proj", &query)?, heads)?);
            }
        }
        let output = layer.at("attention.output");
        #[expect(clippy::cast_precision_loss, reason = "heads have at most some hundred numbers")]
        let scale = ((config.head_size() * kinds) as f64).sqrt();
        Ok(Self {
            query,
            key,
            value,
            output: Linear::load(&output.at("dense"), size, size)?,
            norm: Norm::load(&output.at("LayerNorm"), config, size)?,
            heads,
            scale,
            position_keys,
            position_queries,
        })
    }

    /// Of texts that stand end to end, `lengths` and `places` theirs.
    pub fn forward(&self, rows: &Tensor, lengths: &[usize], places: &[Option<Places>]) -> Result<Tensor> {
        let (query, key, value) = (self.query.forward(rows)?, self.key.forward(rows)?, self.value.forward(rows)?);
        let mut said = Vec::with_capacity(lengths.len());
        let mut from = 0;
        for (&len, places) in lengths.iter().zip(places) {
            let part = |of: &Tensor| by_head(&of.narrow(0, from, len)?, self.heads);
            said.push(self.one(&part(&query)?, &part(&key)?, &part(&value)?, places.as_ref())?);
            from += len;
        }
        let said = self.output.forward(&Tensor::cat(&said, 0)?)?;
        self.norm.forward(&(said + rows)?)
    }

    /// Of one text, by head.
    fn one(&self, query: &Tensor, key: &Tensor, value: &Tensor, places: Option<&Places>) -> Result<Tensor> {
        let mut scores = query.matmul(&key.t()?)?;
        if let Some(places) = places {
            let window = |table: &Tensor| table.narrow(1, places.first, places.rows)?.t();
            if let Some(keys) = &self.position_keys {
                let all = query.matmul(&window(keys)?)?;
                scores = (scores + all.gather(&places.content_to_position, D::Minus1)?)?;
            }
            if let Some(queries) = &self.position_queries {
                let all = key.matmul(&window(queries)?)?;
                scores = (scores + all.gather(&places.position_to_content, D::Minus1)?.t()?)?;
            }
        }
        let said = softmax(&(scores / self.scale)?)?.matmul(value)?;
        said.transpose(0, 1)?.contiguous()?.flatten_from(1)
    }
}

/// Rows of all heads to heads of rows.
fn by_head(rows: &Tensor, heads: usize) -> Result<Tensor> {
    let (len, size) = rows.dims2()?;
    rows.reshape((len, heads, size / heads))?.transpose(0, 1)?.contiguous()
}
