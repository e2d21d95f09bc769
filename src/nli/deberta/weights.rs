//! Reading `model.safetensors`: a header in JSON, then the numbers. Tensors are read one by one, so that a model is
//! never in memory twice.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read as _, Seek as _, SeekFrom},
    path::Path,
};

use candle_core::{DType, Device, Error, Result, Tensor};
use serde::Deserialize;

/// Longest header that is believed.
const MOST_HEADER: u64 = 100 << 20;

/// A file of tensors.
pub struct Weights {
    file: File,
    /// Where the numbers begin.
    start: u64,
    bytes: u64,
    entries: HashMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [u64; 2],
}

impl Weights {
    /// Reads the header.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub fn open(path: &Path) -> std::result::Result<Self, String> {
        let mut file = File::open(path).map_err(|error| format!("it cannot be opened: {error}"))?;
        let bytes = file.metadata().map_err(|error| format!("it cannot be read: {error}"))?.len();
        let mut size = [0; 8];
        file.read_exact(&mut size).map_err(|_| "it is too short to be a safetensors file".to_owned())?;
        let size = u64::from_le_bytes(size);
        if size > MOST_HEADER || size.saturating_add(8) > bytes {
            return Err(format!("it is cut, or no safetensors file: a header of {size} bytes in a file of {bytes}"));
        }
        let mut header = vec![0; usize::try_from(size).unwrap_or(usize::MAX)];
        file.read_exact(&mut header).map_err(|error| format!("its header cannot be read: {error}"))?;
        let mut all: HashMap<String, serde_json::Value> =
            serde_json::from_slice(&header).map_err(|error| format!("its header is no JSON object: {error}"))?;
        all.remove("__metadata__");
        let read = |(name, value): (String, serde_json::Value)| {
            let entry: Entry = serde_json::from_value(value).map_err(|error| format!("its header: {name}: {error}"))?;
            Ok((name, entry))
        };
        let entries = all.into_iter().map(read).collect::<std::result::Result<_, String>>()?;
        Ok(Self { file, start: size + 8, bytes, entries })
    }

    /// All of it.
    pub const fn root(&self) -> Part<'_> {
        Part { weights: self, prefix: String::new() }
    }

    fn read(&self, name: &str, shape: &[usize]) -> Result<Tensor> {
        let no = |message: String| Error::Msg(format!("{name}: {message}"));
        let entry = self.entries.get(name).ok_or_else(|| no("the file has no such tensor".to_owned()))?;
        if entry.shape != shape {
            return Err(no(format!("its shape is {:?}, by config.json it must be {shape:?}", entry.shape)));
        }
        let dtype = match entry.dtype.as_str() {
            "F32" => DType::F32,
            "F16" => DType::F16,
            "BF16" => DType::BF16,
            "F64" => DType::F64,
            other => return Err(no(format!("numbers of type {other} are not read here"))),
        };
        let [from, to] = entry.data_offsets;
        let needed = shape.iter().product::<usize>() * dtype.size_in_bytes();
        let len = to.checked_sub(from).and_then(|len| usize::try_from(len).ok());
        if len != Some(needed) || self.start.saturating_add(to) > self.bytes {
            return Err(no(format!("its {needed} bytes are not where the header says; the file is cut or damaged")));
        }
        let mut numbers = vec![0; needed];
        let mut file = &self.file;
        let read = file.seek(SeekFrom::Start(self.start + from)).and_then(|_| file.read_exact(&mut numbers));
        read.map_err(|error| no(format!("it cannot be read: {error}")))?;
        Tensor::from_raw_buffer(&numbers, dtype, shape, &Device::Cpu)
    }
}

/// The tensors whose names begin alike.
pub struct Part<'w> {
    weights: &'w Weights,
    prefix: String,
}

impl<'w> Part<'w> {
    /// A part of this part.
    pub fn at(&self, name: &str) -> Part<'w> {
        Part { weights: self.weights, prefix: format!("{}{name}.", self.prefix) }
    }

    /// A tensor in single precision.
    pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<Tensor> {
        self.as_saved(name, shape)?.to_dtype(DType::F32)
    }

    /// A tensor in the precision of the file.
    pub fn as_saved(&self, name: &str, shape: &[usize]) -> Result<Tensor> {
        self.weights.read(&format!("{}{name}", self.prefix), shape)
    }
}
