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

/// How a zstd frame begins that readers of the text skip.
const SKIPPABLE: [u8; 4] = 0x184D_2A50_u32.to_le_bytes();

/// Bytes, compressed, with a note behind them in a frame that [`unpack`] passes over (RFC 8878, 3.1.2): what is known
/// about a text can be kept with it, and a program that knows nothing of notes reads the text all the same.
pub(super) fn pack_noted(bytes: &[u8], note: &[u8]) -> Res<Vec<u8>> {
    let mut all = pack(bytes)?;
    if let Some(length) = u32::try_from(note.len()).ok().filter(|&length| length > 0) {
        all.extend_from_slice(&SKIPPABLE);
        all.extend_from_slice(&length.to_le_bytes());
        all.extend_from_slice(note);
    }
    Ok(all)
}

/// The note behind compressed bytes; empty where there is none.
pub(super) fn note(packed: &[u8]) -> &[u8] {
    let read = || {
        let frames = packed.get(4..)?;
        let first = zstd::zstd_safe::find_frame_compressed_size(frames).ok()?;
        let note = frames.get(first..)?.strip_prefix(&SKIPPABLE)?;
        let (length, note) = note.split_first_chunk::<4>()?;
        note.get(..u32::from_le_bytes(*length) as usize)
    };
    read().unwrap_or_default()
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
    fn notes_stand_behind_texts() {
        for text in ["", "a", &"lorem ipsum 数 ".repeat(1000)] {
            let packed = pack_noted(text.as_bytes(), b"{\"form\":\"grammar\"}").unwrap();
            assert_eq!(unpack_text(&packed).unwrap(), text, "the note is not in the way");
            assert_eq!(note(&packed), b"{\"form\":\"grammar\"}");
            assert_eq!(pack_noted(text.as_bytes(), b"").unwrap(), pack(text.as_bytes()).unwrap());
            assert!(note(&pack(text.as_bytes()).unwrap()).is_empty() && note(&packed[..packed.len() - 1]).is_empty());
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
