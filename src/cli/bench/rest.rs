//! The store and the screen.

use std::{sync::Arc, time::Instant};

use anyhow::Context;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{Terminal, backend::TestBackend};

use crate::{
    domain::{CallBody, ItemId, Language, Origin, SlotKey},
    pipeline::snapshot::{Funnel, Snapshot},
    store::{Op, Store, Txn},
    term::{ColourLevel, background::Background},
    ui::{Theme, Ui, glyphs},
    workbench::{Keymap, Message, State, update},
};

use super::{Row, micros, process_cpu};

/// Transactions that are waited for one by one.
const TRANSACTIONS: u32 = 400;
const FRAMES: u32 = 500;

/// Transactions that are on disk before the next begins: what limits a person's decisions and a slow model's answers.
pub(super) fn store() -> anyhow::Result<Row> {
    let dir = tempfile::tempdir().context("no temporary folder for a store")?;
    let store = Store::create(dir.path(), 7)?;
    let start = Instant::now();
    for n in 0..TRANSACTIONS {
        store.write_blocking(transaction(n))?;
    }
    let alone = start.elapsed() / TRANSACTIONS;
    let start = Instant::now();
    crate::cli::runtime::block_on(async {
        let written = (TRANSACTIONS..TRANSACTIONS * 11).map(|n| store.write(transaction(n))).collect::<Vec<_>>();
        for written in written {
            written.await?;
        }
        anyhow::Ok(())
    })??;
    let rate = f64::from(TRANSACTIONS * 10) / start.elapsed().as_secs_f64();
    Ok(Row::new("store: a transaction, waited for", micros(alone)).against(format!("{rate:.0} a second, many at once")))
}

fn transaction(n: u32) -> Txn {
    let (slot, language) = (ItemId::call(n), Language::English);
    let body = CallBody { shown: Vec::new(), lines: vec!["Answer in one line.".into()], language, seeds: 1 };
    Txn::new(vec![
        Op::EnsureSlot { id: slot, key: SlotKey::call(n), root: None, owner: None, index: n, query: None },
        Op::AddVersion {
            slot,
            origin: Origin::Machine,
            body: body.into(),
            made: None,
            completion: None,
            make_current: true,
        },
    ])
}

/// A key and the frame that follows it, on the funnel of a project under way.
pub(super) fn screen() -> anyhow::Result<Row> {
    let (columns, rows) = (200, 60);
    let keymap = Keymap::builtin().context("the built-in key table")?;
    let mut state = State::new("bench", "recommended", Arc::new(keymap));
    update(&mut state, Message::Resize(columns, rows));
    let mut funnel = Funnel::default();
    for (n, counts) in (1..).zip(&mut funnel.0) {
        (counts.total, counts.kept, counts.dropped, counts.pending) = (1000 * n, 700 * n, 200 * n, 100 * n);
    }
    update(&mut state, Message::Snapshot(Arc::new(Snapshot { funnel: Arc::new(funnel), ..Snapshot::default() })));
    let ui = Ui::new(Theme::builtin(Background::Dark, ColourLevel::True).context("the theme")?, &glyphs::UNICODE);
    let mut terminal = Terminal::new(TestBackend::new(columns, rows)).context("a made-up terminal")?;
    let start = process_cpu();
    for n in 0..FRAMES {
        let key = if n % 16 < 8 { 'j' } else { 'k' };
        update(&mut state, Message::Key(KeyEvent::new(KeyCode::Char(key), KeyModifiers::NONE)));
        terminal.draw(|frame| ui.draw(&state, frame)).context("a made-up terminal")?;
    }
    let each = process_cpu().saturating_sub(start) / FRAMES;
    let row = Row::new("screen: a key and its frame, 200x60, CPU", micros(each));
    Ok(row.promised("1 ms", each.as_millis() < 1))
}
