//! The parts that work token by token.

use candle_core::{D, Result, Tensor};
use candle_nn::ops::layer_norm;

use super::{
    config::{Activation, Config},
    weights::Part,
};

/// `x W + b`.
pub struct Linear {
    /// Inputs by outputs, the other way round than saved: a product with the transposed matrix takes another path for
    /// few rows than for many, and its last bits would depend on what shares the batch.
    weight: Tensor,
    bias: Option<Tensor>,
}

impl Linear {
    /// With a bias.
    pub fn load(part: &Part<'_>, inputs: usize, outputs: usize) -> Result<Self> {
        Ok(Self { bias: Some(part.tensor("bias", &[outputs])?), ..Self::load_plain(part, inputs, outputs)? })
    }

    /// Without.
    pub fn load_plain(part: &Part<'_>, inputs: usize, outputs: usize) -> Result<Self> {
        Ok(Self { weight: part.tensor("weight", &[outputs, inputs])?.t()?.contiguous()?, bias: None })
    }

    /// Of rows.
    pub fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        let mapped = rows.matmul(&self.weight)?;
        match &self.bias {
            Some(bias) => mapped.broadcast_add(bias),
            None => Ok(mapped),
        }
    }
}

/// Layer normalisation.
pub struct Norm {
    weight: Tensor,
    bias: Tensor,
    eps: f32,
}

impl Norm {
    /// Of so many numbers a row.
    #[expect(clippy::cast_possible_truncation, reason = "a small number")]
    pub fn load(part: &Part<'_>, config: &Config, size: usize) -> Result<Self> {
        let (weight, bias) = (part.tensor("weight", &[size])?, part.tensor("bias", &[size])?);
        Ok(Self { weight, bias, eps: config.layer_norm_eps as f32 })
    }

    /// Of rows.
    pub fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        layer_norm(&rows.contiguous()?, &self.weight, &self.bias, self.eps)
    }
}

impl Activation {
    /// Of every number.
    pub fn forward(self, rows: &Tensor) -> Result<Tensor> {
        match self {
            Self::Gelu => rows.gelu_erf(),
            Self::GeluNew => rows.gelu(),
            Self::Relu => rows.relu(),
            Self::Tanh => rows.tanh(),
        }
    }
}

/// What follows attention in a layer.
pub struct FeedForward {
    inner: Linear,
    act: Activation,
    outer: Linear,
    norm: Norm,
}

impl FeedForward {
    /// Of a layer.
    pub fn load(layer: &Part<'_>, config: &Config) -> Result<Self> {
        let (size, wide) = (config.hidden_size, config.intermediate_size);
        Ok(Self {
            inner: Linear::load(&layer.at("intermediate.dense"), size, wide)?,
            act: config.hidden_act,
            outer: Linear::load(&layer.at("output.dense"), wide, size)?,
            norm: Norm::load(&layer.at("output.LayerNorm"), config, size)?,
        })
    }

    /// Of rows.
    pub fn forward(&self, rows: &Tensor) -> Result<Tensor> {
        let inner = self.act.forward(&self.inner.forward(rows)?)?;
        self.norm.forward(&(self.outer.forward(&inner)? + rows)?)
    }
}

/// The convolution after the first layer, which only DeBERTa-v2 has.
pub struct Conv {
    weight: Tensor,
    bias: Tensor,
    width: usize,
    groups: usize,
    act: Activation,
    norm: Norm,
}

impl Conv {
    /// Of an encoder; nothing where it has none.
    pub fn load(encoder: &Part<'_>, config: &Config) -> Result<Option<Self>> {
        let (size, width, groups) = (config.hidden_size, config.conv_kernel_size, config.conv_groups());
        if width == 0 {
            return Ok(None);
        }
        let part = encoder.at("conv");
        Ok(Some(Self {
            weight: part.tensor("conv.weight", &[size, size / groups, width])?,
            bias: part.tensor("conv.bias", &[size])?,
            width,
            groups,
            act: config.conv_act(),
            norm: Norm::load(&part.at("LayerNorm"), config, size)?,
        }))
    }

    /// Of one pair: what went into the first layer, and what came out.
    pub fn forward(&self, before: &Tensor, after: &Tensor) -> Result<Tensor> {
        let signal = before.t()?.unsqueeze(0)?.contiguous()?;
        let heard = signal.conv1d(&self.weight, (self.width - 1) / 2, 1, 1, self.groups)?.squeeze(0)?.t()?;
        let heard = self.act.forward(&heard.broadcast_add(&self.bias)?.contiguous()?)?;
        self.norm.forward(&(after + heard)?)
    }
}

/// Softmax over the last dimension.
pub fn softmax(scores: &Tensor) -> Result<Tensor> {
    debug_assert!(scores.dim(D::Minus1).is_ok());
    candle_nn::ops::softmax_last_dim(&scores.contiguous()?)
}
