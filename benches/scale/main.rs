//! A project of 100,000 instructions, 1,000,000 responses and 3,000,000 to 4,000,000 outcomes against the budgets of the design.
//!
//! `cargo bench --bench scale -- make DIR [INSTRUCTIONS]` makes it, `... -- open DIR` measures: first frame, index,
//! what-if, memory; `... -- forget DIR` makes the next start read every tree again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a measurement, run by hand")]
#![allow(missing_docs, reason = "a program")]

mod make;
mod open;

use std::{path::PathBuf, time::Instant};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |text: &str| text.parse().expect("a number of instructions");
    match words.as_slice() {
        ["make", dir, rest @ ..] => {
            let started = Instant::now();
            make::make(&PathBuf::from(dir), rest.first().map_or(100_000, |text| number(text)));
            println!("made in {:.1} s", started.elapsed().as_secs_f64());
        }
        ["open", dir] => open::measure(&PathBuf::from(dir)),
        ["forget", dir] => open::forget(&PathBuf::from(dir)),
        _ => println!("scale make DIR [INSTRUCTIONS] | scale open DIR | scale forget DIR"),
    }
}
