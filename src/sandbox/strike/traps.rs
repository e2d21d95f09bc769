//! Where compiled code may trap, as wasmtime wrote it into the image of its code, which is an ELF file.
#![allow(unsafe_code, reason = "the image is handed out as a range of addresses")]

use std::ops::Range;

use wasmtime::Module;
use wasmtime_environ::{lookup_trap_code, obj::ELF_WASMTIME_TRAPS};

/// A module's table of trapping instructions.
pub(super) struct Traps {
    /// Keeps the image mapped.
    module: Module,
    /// Addresses of its code.
    code: Range<usize>,
    /// Where in the image the table is.
    table: Range<usize>,
}

impl Traps {
    /// Finds the table; nothing where the image is not as expected.
    pub(super) fn of(module: &Module) -> Option<Self> {
        let code = module.text().as_ptr_range();
        let table = section(image(module), ELF_WASMTIME_TRAPS)?;
        let traps = Self { module: module.clone(), code: code.start.addr()..code.end.addr(), table };
        image(module).get(traps.table.clone())?;
        Some(traps)
    }

    /// Whether wasmtime knows that the instruction at an address may trap.
    pub(super) fn at(&self, counter: usize) -> bool {
        let table = image(&self.module).get(self.table.clone()).unwrap_or_default();
        self.code.contains(&counter) && lookup_trap_code(table, counter - self.code.start).is_some()
    }
}

fn image(module: &Module) -> &[u8] {
    let range = module.image_range();
    // SAFETY: the image is mapped for reading as long as the module lives, which is borrowed; nothing writes to it once
    // the module is there.
    unsafe { std::slice::from_raw_parts(range.start, range.end.addr() - range.start.addr()) }
}

/// Where a section of a 64-bit little-endian ELF file is.
fn section(elf: &[u8], wanted: &str) -> Option<Range<usize>> {
    let number = |at: usize, bytes: usize| -> Option<usize> {
        let digits = elf.get(at..at.checked_add(bytes)?)?;
        usize::try_from(digits.iter().rev().fold(0_u64, |sum, &digit| sum << 8 | u64::from(digit))).ok()
    };
    if !elf.starts_with(b"\x7fELF\x02\x01") {
        return None;
    }
    let (headers, size, count, names) = (number(0x28, 8)?, number(0x3a, 2)?, number(0x3c, 2)?, number(0x3e, 2)?);
    let place = |index: usize| -> Option<Range<usize>> {
        let header = headers.checked_add(index.checked_mul(size)?)?;
        let start = number(header + 0x18, 8)?;
        Some(start..start.checked_add(number(header + 0x20, 8)?)?)
    };
    let names = elf.get(place(names)?)?;
    (0..count).find_map(|index| {
        let name = names.get(number(headers + index * size, 4)?..)?;
        (name.strip_prefix(wanted.as_bytes())?.first() == Some(&0)).then(|| place(index))?
    })
}

#[cfg(test)]
mod tests {
    use wasmtime::Engine;

    use super::*;

    #[test]
    fn instructions_that_may_trap_are_known_and_others_are_not() {
        let engine = Engine::default();
        // (module (memory 1) (func (param i32) (result i32) (i32.load (local.get 0))))
        let code = b"\0asm\x01\0\0\0\x01\x06\x01\x60\x01\x7f\x01\x7f\x03\x02\x01\0\x05\x03\x01\0\x01\x0a\x09\x01\x07\0\x20\0\x28\x02\0\x0b";
        let module = Module::new(&engine, code).unwrap();
        let traps = Traps::of(&module).unwrap();
        let known = traps.code.clone().filter(|&at| traps.at(at)).count();
        assert!(known >= 1 && known < traps.code.len() / 2, "{known} of {}", traps.code.len());
        assert!(!traps.at(traps.code.start - 1) && !traps.at(traps.code.end));
    }

    #[test]
    fn what_is_no_image_has_no_sections() {
        assert_eq!(section(b"", ".text"), None);
        assert_eq!(section(b"\x7fELF\x02\x01 and no more", ".text"), None);
        assert_eq!(section(&[[127, 69, 76, 70, 2, 1].as_slice(), &[255; 200]].concat(), ".text"), None);
    }
}
