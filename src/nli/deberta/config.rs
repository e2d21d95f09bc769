//! The part of `config.json` that says how the network is built.

use serde::{Deserialize, Deserializer, de::Error as _};

/// What is between two linear maps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// With the error function.
    #[default]
    Gelu,
    /// With the hyperbolic tangent.
    #[serde(alias = "gelu_pytorch_tanh", alias = "gelu_fast")]
    GeluNew,
    /// Rectified.
    Relu,
    /// Hyperbolic tangent.
    Tanh,
}

/// How the network is built. Names and defaults are those of the saved models.
#[derive(Clone, Debug, Deserialize)]
pub struct Config {
    model_type: String,
    /// Tokens there are.
    pub vocab_size: usize,
    /// Numbers a token.
    pub hidden_size: usize,
    /// Layers.
    pub num_hidden_layers: usize,
    /// Attention heads.
    pub num_attention_heads: usize,
    /// Numbers a token within a layer.
    pub intermediate_size: usize,
    /// Within layers.
    #[serde(default)]
    pub hidden_act: Activation,
    /// Longest text, where positions are absolute.
    #[serde(default = "usual_positions")]
    pub max_position_embeddings: usize,
    /// Kinds of tokens (premise, hypothesis); 0: they are not told apart.
    #[serde(default)]
    pub type_vocab_size: usize,
    /// Added to a variance before it divides.
    #[serde(default = "usual_eps")]
    pub layer_norm_eps: f64,
    #[serde(default)]
    relative_attention: bool,
    #[serde(default)]
    max_relative_positions: Option<i64>,
    #[serde(default)]
    position_buckets: Option<i64>,
    /// Whether tokens carry their absolute position too.
    #[serde(default = "yes")]
    pub position_biased_input: bool,
    #[serde(default, deserialize_with = "parts")]
    pos_att_type: Vec<String>,
    /// Whether relative positions are mapped as tokens are.
    #[serde(default)]
    pub share_att_key: bool,
    #[serde(default)]
    norm_rel_ebd: Option<String>,
    #[serde(default)]
    embedding_size: Option<usize>,
    /// Width of the convolution after the first layer (DeBERTa-v2); 0: there is none.
    #[serde(default)]
    pub conv_kernel_size: usize,
    /// Groups of it.
    #[serde(default)]
    conv_groups: Option<usize>,
    #[serde(default)]
    conv_act: Option<Activation>,
    /// After the pooler.
    #[serde(default)]
    pub pooler_hidden_act: Activation,
}

const fn usual_positions() -> usize {
    512
}

const fn usual_eps() -> f64 {
    1e-7
}

const fn yes() -> bool {
    true
}

/// Written as a list or with `|` between.
fn parts<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    match serde_json::Value::deserialize(from)? {
        serde_json::Value::Null => Ok(Vec::new()),
        serde_json::Value::String(text) => Ok(text.split('|').map(|part| part.trim().to_lowercase()).collect()),
        list => serde_json::from_value(list).map_err(D::Error::custom),
    }
}

/// How relative positions enter attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Relative {
    /// Buckets on each side.
    pub span: usize,
    /// Half of them hold one distance each, the rest more and more up to this; nothing: each bucket holds one.
    pub log_up_to: Option<usize>,
    /// Whether content looks at positions.
    pub content_to_position: bool,
    /// Whether positions look at content.
    pub position_to_content: bool,
    /// Whether the embeddings are normalised.
    pub normed: bool,
}

impl Config {
    /// Reads it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let config: Self = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if config.model_type != "deberta-v2" {
            return Err(format!(
                "its model_type is `{}`, and only `deberta-v2` (v2 and v3) is run here",
                config.model_type
            ));
        }
        let sizes = [config.hidden_size, config.num_attention_heads, config.vocab_size, config.num_hidden_layers];
        if sizes.contains(&0) || !config.hidden_size.is_multiple_of(config.num_attention_heads) {
            return Err("hidden_size must be a multiple of num_attention_heads, and no size may be 0".to_owned());
        }
        if config.conv_kernel_size.is_multiple_of(2) && config.conv_kernel_size > 0 {
            return Err("conv_kernel_size is even, which no published model has".to_owned());
        }
        Ok(config)
    }

    /// Numbers a token in the table of tokens.
    pub fn embedding_size(&self) -> usize {
        self.embedding_size.unwrap_or(self.hidden_size)
    }

    /// Numbers a head.
    pub const fn head_size(&self) -> usize {
        self.hidden_size / self.num_attention_heads
    }

    /// Groups of the convolution.
    pub fn conv_groups(&self) -> usize {
        self.conv_groups.unwrap_or(1).max(1)
    }

    /// What is after the convolution.
    pub fn conv_act(&self) -> Activation {
        self.conv_act.unwrap_or(Activation::Tanh)
    }

    /// How relative positions enter attention; nothing where they do not.
    pub fn relative(&self) -> Option<Relative> {
        if !self.relative_attention {
            return None;
        }
        let positive =
            |value: Option<i64>| value.and_then(|value| usize::try_from(value).ok()).filter(|value| *value > 0);
        let furthest = positive(self.max_relative_positions).unwrap_or(self.max_position_embeddings);
        let buckets = positive(self.position_buckets);
        let has = |kind: &str| self.pos_att_type.iter().any(|part| part == kind);
        Some(Relative {
            span: buckets.unwrap_or(furthest),
            log_up_to: buckets.map(|_| furthest),
            content_to_position: has("c2p"),
            position_to_content: has("p2c"),
            normed: self.norm_rel_ebd.as_deref().unwrap_or_default().split('|').any(|part| part.trim() == "layer_norm"),
        })
    }

    /// Longest pair that can be read.
    pub const fn longest(&self) -> usize {
        self.max_position_embeddings
    }
}
