//! What-if worked out away from the loop: first what is and what would be, then the curve, a few points at a time.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Instant,
};

use tokio::sync::mpsc;

use crate::{
    pipeline::whatif::{Outlook, outlooks},
    rules::Profile,
    workbench::{
        Message,
        whatif::{Answer, Ask},
    },
};

use super::effects::send;

/// Points of a curve between two looks whether the question is still of interest.
const POINTS: usize = 4;

/// Works an answer out and sends it in two parts. Ends early where a newer question was asked.
pub(super) fn work_out(ask: &Ask, newest: &AtomicU64, outbox: &mpsc::UnboundedSender<Message>) {
    let started = Instant::now();
    let old = || newest.load(Ordering::Relaxed) != ask.serial;
    let mut both = outlooks(&ask.index, &[Profile::clone(&ask.base), ask.turned.clone()], ask.volume).into_iter();
    let (base, turned) = (both.next().unwrap_or_default(), both.next().unwrap_or_default());
    let answer = Answer { serial: ask.serial, base, turned, curve: None, took: started.elapsed() };
    if old() {
        return;
    }
    send(outbox, Message::WhatIf(ask.dial, answer.clone()));
    // The points of the rules in force and those around what is turned: one scale, whatever is turned.
    let points = ask.dial.range(&ask.base);
    let mut curve: Vec<(f64, Outlook)> = Vec::with_capacity(points.len());
    for part in points.chunks(POINTS) {
        if old() {
            return;
        }
        let profiles: Vec<Profile> = part.iter().map(|point| ask.dial.set(&ask.turned, *point)).collect();
        curve.extend(part.iter().copied().zip(outlooks(&ask.index, &profiles, ask.volume)));
    }
    send(outbox, Message::WhatIf(ask.dial, Answer { curve: Some(curve), took: started.elapsed(), ..answer }));
}
