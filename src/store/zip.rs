//! Compression of texts and packed outcomes: zstd behind the raw length, with contexts that are reused.

use std::cell::RefCell;

use super::error::{Res, Trouble};

/// zstd's level: at the lengths of completions, higher ones cost much and gain little.
const LEVEL: i32 = 3;

/// The longest text that is believed: a damaged length must not ask for all memory.
const LONGEST: usize = 1 << 30;

thread_local! {
    static PACKER: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Bytes, compressed.
pub(super) fn pack(bytes: &[u8]) -> Res<Vec<u8>> {
    let bad = |error: std::io::Error| Trouble::Unreadable(format!("cannot compress: {error}"));
    let length = u32::try_from(bytes.len()).ok().filter(|&length| length as usize <= LONGEST);
    let length = length.ok_or_else(|| Trouble::Unreadable("a text of more than 1 GiB".to_owned()))?;
    let packed = PACKER.with_borrow_mut(|packer| {
        let packer = match packer {
            Some(packer) => packer,
            None => packer.insert(zstd::bulk::Compressor::new(LEVEL)?),
        };
        packer.compress(bytes)
    });
    let packed = packed.map_err(bad)?;
    let mut all = Vec::with_capacity(4 + packed.len());
    all.extend_from_slice(&length.to_le_bytes());
    all.extend_from_slice(&packed);
    Ok(all)
}

/// Compressed bytes, as they were.
pub(super) fn unpack(packed: &[u8]) -> Res<Vec<u8>> {
    let bad = || Trouble::Unreadable("a compressed text cannot be read".to_owned());
    let (length, packed) = packed.split_first_chunk::<4>().ok_or_else(bad)?;
    let length = u32::from_le_bytes(*length) as usize;
    if length > LONGEST {
        return Err(bad());
    }
    let bytes = UNPACKER.with_borrow_mut(|unpacker| {
        let unpacker = match unpacker {
            Some(unpacker) => unpacker,
            None => unpacker.insert(zstd::bulk::Decompressor::new()?),
        };
        unpacker.decompress(packed, length)
    });
    bytes.ok().filter(|bytes| bytes.len() == length).ok_or_else(bad)
}

/// A compressed text.
pub(super) fn unpack_text(packed: &[u8]) -> Res<String> {
    String::from_utf8(unpack(packed)?).map_err(|_| Trouble::Unreadable("a text is not UTF-8".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_come_back() {
        for text in ["", "a", &"lorem ipsum 数 ".repeat(1000)] {
            let packed = pack(text.as_bytes()).unwrap();
            assert_eq!(unpack_text(&packed).unwrap(), text);
        }
    }

    #[test]
    fn damage_is_an_error() {
        let mut packed = pack("lorem ipsum dolor sit amet".as_bytes()).unwrap();
        assert!(unpack(&packed[..3]).is_err());
        assert!(unpack(&packed[..packed.len() - 2]).is_err());
        packed[3] = 0xff;
        assert!(unpack(&packed).is_err());
    }
}
