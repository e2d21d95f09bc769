//! One instruction's entry: its line in lists, what it adds to funnel and data sets, whether work is left, and the
//! facts for what-if; and its stored form.

use std::sync::Arc;

use crate::{
    domain::{InstructionTree, ItemId, Kind, Language, Ruling, Stage},
    pipeline::{
        gate::Candidate,
        settings::Settings,
        snapshot::{Datasets, Funnel, InstructionRow, StageCounts},
        summary,
        view::{InstructionView, State},
        work::Order,
    },
};

use super::{
    codec::{Reader, Writer, reason},
    gather::facts_of,
};

/// The stored form's first byte; another one means the entry is made again.
const FORMAT: u8 = 3;

/// A funnel in a few bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(Box<[u8]>);

impl Counts {
    /// Packs a funnel.
    pub fn of(funnel: &Funnel) -> Self {
        let mut writer = Writer::default();
        for (stage, counts) in (0_u8..).zip(&funnel.0).filter(|(_, counts)| counts.total > 0) {
            writer.byte(stage);
            let StageCounts { total, kept, dropped, failed, pending, running, stale, reasons } = counts;
            for number in [total, kept, dropped, failed, pending, running, stale] {
                writer.number(*number);
            }
            writer.count(reasons.len());
            for (reason, n) in reasons {
                writer.bytes(reason.as_bytes());
                writer.number(*n);
            }
        }
        Self(writer.0.into_boxed_slice())
    }

    /// The packed form.
    pub const fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Counts from their packed form.
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The funnel; counts that cannot be read are none.
    pub fn funnel(&self) -> Funnel {
        let mut funnel = Funnel::default();
        let mut reader = Reader(&self.0);
        while let Some((stage, counts)) = stage_counts(&mut reader) {
            if let Some(place) = funnel.0.get_mut(usize::from(stage)) {
                *place = counts;
            }
        }
        funnel
    }
}

fn stage_counts(reader: &mut Reader<'_>) -> Option<(u8, StageCounts)> {
    let stage = reader.byte()?;
    let mut counts = StageCounts {
        total: reader.number()?,
        kept: reader.number()?,
        dropped: reader.number()?,
        failed: reader.number()?,
        pending: reader.number()?,
        running: reader.number()?,
        stale: reader.number()?,
        ..StageCounts::default()
    };
    for _ in 0..reader.count()? {
        let word = reason(reader.text()?);
        counts.reasons.insert(word, reader.number()?);
    }
    Some((stage, counts))
}

/// One instruction.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its place among all.
    pub order: Order,
    /// Its line in lists.
    pub row: Arc<InstructionRow>,
    /// What it adds to the funnel.
    pub counts: Counts,
    /// What it adds to the data sets.
    pub datasets: Datasets,
    /// Whether nothing of it is left to do.
    pub idle: bool,
    /// What it was as a candidate.
    pub candidate: Candidate,
    /// What novelty says, decisions aside.
    pub novelty: State,
    /// Which earlier candidate was nearest when novelty turned it down, and its ROUGE-L.
    pub nearest: Option<(ItemId, f64)>,
    /// What what-if needs, packed.
    pub facts: Arc<[u8]>,
}

/// Where an instruction stands among all.
pub fn order_of(tree: &InstructionTree) -> Order {
    match tree.from {
        Some((call, line)) => Order { call: call + 1, line },
        None => Order { call: 0, line: tree.slot.index },
    }
}

impl Entry {
    /// The entry of an instruction with its view. `idle` says that no work is planned for it.
    pub fn of(
        tree: &InstructionTree,
        view: &InstructionView,
        (novelty, nearest): (State, Option<(ItemId, f64)>),
        settings: &Settings,
        idle: bool,
    ) -> Self {
        let waits = view.counts.0.iter().any(|counts| counts.stale + counts.pending > 0);
        Self {
            order: order_of(tree),
            counts: Counts::of(&view.counts),
            datasets: summary::datasets(view),
            idle: idle && !waits,
            candidate: Candidate::of(tree),
            novelty,
            nearest,
            facts: Arc::from(facts_of(tree, view, settings)),
            row: Arc::new(summary::row(view)),
        }
    }

    /// The stored form, marked with what it was made under.
    pub fn write(&self, key: u64) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.byte(FORMAT);
        writer.0.extend_from_slice(&key.to_le_bytes());
        writer.number(u64::from(self.order.call));
        writer.number(u64::from(self.order.line));
        writer.byte(u8::from(self.idle));
        write_row(&mut writer, &self.row);
        writer.bytes(&self.counts.0);
        let Datasets { sft, pairs_instruction, pairs_query, outdated } = self.datasets;
        for number in [sft, pairs_instruction, pairs_query, outdated] {
            writer.number(number);
        }
        let same = self.candidate.text == self.row.text;
        writer.byte(u8::from(same));
        if !same {
            writer.bytes(self.candidate.text.as_bytes());
        }
        write_state(&mut writer, &self.novelty);
        write_nearest(&mut writer, self.nearest);
        writer.bytes(&self.facts);
        writer.0
    }

    /// Whether a stored form was made under these settings.
    pub fn is_of(key: u64, bytes: &[u8]) -> bool {
        bytes.split_first().is_some_and(|(format, rest)| *format == FORMAT && rest.starts_with(&key.to_le_bytes()))
    }

    /// The entry of an instruction from its stored form; nothing where that cannot be read, or was made under
    /// something else.
    pub fn read(id: ItemId, key: u64, bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader(bytes);
        if reader.byte()? != FORMAT {
            return None;
        }
        let (marked, rest) = reader.0.split_first_chunk::<8>()?;
        reader.0 = rest;
        if u64::from_le_bytes(*marked) != key {
            return None;
        }
        let order = Order { call: reader.small()?, line: reader.small()? };
        let idle = reader.byte()? == 1;
        let row = Arc::new(read_row(&mut reader, id)?);
        let counts = Counts(reader.bytes()?.into());
        let datasets = Datasets {
            sft: reader.number()?,
            pairs_instruction: reader.number()?,
            pairs_query: reader.number()?,
            outdated: reader.number()?,
        };
        let text = if reader.byte()? == 1 { row.text.clone() } else { Arc::from(reader.text()?) };
        let from = order.call.checked_sub(1).map(|call| (call, order.line));
        let novelty = read_state(&mut reader)?;
        let nearest = read_nearest(&mut reader)?;
        let facts = Arc::from(reader.bytes()?);
        let candidate = Candidate { id, text, from };
        Some(Self { order, row, counts, datasets, idle, candidate, novelty, nearest, facts })
    }
}

fn write_row(writer: &mut Writer, row: &InstructionRow) {
    writer.bytes(row.text.as_bytes());
    let flags = [row.language == Language::Chinese, row.seed, row.edited, row.stale, row.category.is_some()];
    writer.byte(flags.iter().enumerate().fold(0, |bits, (at, flag)| bits | (u8::from(*flag) << at)));
    if let Some(category) = &row.category {
        writer.bytes(category.as_bytes());
    }
    writer.count(row.stage.index());
    write_state(writer, &row.state);
    writer.byte(ruling_code(row.decision));
    writer.number(u64::from(row.fell));
    for (part, whole) in [row.functions, row.cases, row.responses, row.rows] {
        writer.number(u64::from(part));
        writer.number(u64::from(whole));
    }
    writer.number(u64::from(row.disagreements));
}

fn read_row(reader: &mut Reader<'_>, id: ItemId) -> Option<InstructionRow> {
    let text = Arc::from(reader.text()?);
    let flags = reader.byte()?;
    let flag = |at: u8| flags & (1 << at) != 0;
    let category = if flag(4) { Some(reader.text()?.to_owned()) } else { None };
    let stage = *Stage::ALL.get(reader.count()?)?;
    let state = read_state(reader)?;
    let decision = ruling_of(reader.byte()?);
    let fell = u16::try_from(reader.number()?).ok()?;
    let mut pair = || Some((reader.small()?, reader.small()?));
    let (functions, cases, responses, rows) = (pair()?, pair()?, pair()?, pair()?);
    let disagreements = reader.small()?;
    let language = if flag(0) { Language::Chinese } else { Language::English };
    let (seed, edited, stale) = (flag(1), flag(2), flag(3));
    Some(InstructionRow {
        id,
        text,
        language,
        category,
        seed,
        stage,
        state,
        decision,
        edited,
        stale,
        fell,
        functions,
        cases,
        disagreements,
        responses,
        rows,
    })
}

fn write_state(writer: &mut Writer, state: &State) {
    let (code, word) = match state {
        State::Kept => (0, None),
        State::Dropped(reason) => (1, Some(reason)),
        State::Failed(reason) => (2, Some(reason)),
        State::Pending => (3, None),
        State::Running => (4, None),
        State::Stale => (5, None),
    };
    writer.byte(code);
    if let Some(word) = word {
        writer.bytes(word.as_bytes());
    }
}

fn read_state(reader: &mut Reader<'_>) -> Option<State> {
    Some(match reader.byte()? {
        0 => State::Kept,
        1 => State::Dropped(reason(reader.text()?)),
        2 => State::Failed(reason(reader.text()?)),
        3 => State::Pending,
        4 => State::Running,
        5 => State::Stale,
        _ => return None,
    })
}

fn write_nearest(writer: &mut Writer, nearest: Option<(ItemId, f64)>) {
    writer.byte(nearest.map_or(0, |(id, _)| id.kind.code()));
    if let Some((id, score)) = nearest {
        writer.0.extend_from_slice(&id.hash);
        writer.0.extend_from_slice(&score.to_le_bytes());
    }
}

#[expect(clippy::option_option, reason = "the outer one says that the bytes are damaged")]
fn read_nearest(reader: &mut Reader<'_>) -> Option<Option<(ItemId, f64)>> {
    let code = reader.byte()?;
    if code == 0 {
        return Some(None);
    }
    let kind = Kind::from_code(code)?;
    let (hash, rest) = reader.0.split_first_chunk::<16>()?;
    let (score, rest) = rest.split_first_chunk::<8>()?;
    reader.0 = rest;
    Some(Some((ItemId { kind, hash: *hash }, f64::from_le_bytes(*score))))
}

/// The number that stands for a decision.
pub(super) const fn ruling_code(ruling: Option<Ruling>) -> u8 {
    match ruling {
        None => 0,
        Some(Ruling::Accepted) => 1,
        Some(Ruling::Rejected) => 2,
        Some(Ruling::UseAsNegative) => 3,
    }
}

/// The decision that a number stands for.
pub(super) const fn ruling_of(code: u8) -> Option<Ruling> {
    match code {
        1 => Some(Ruling::Accepted),
        2 => Some(Ruling::Rejected),
        3 => Some(Ruling::UseAsNegative),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        let mut funnel = Funnel::default();
        funnel.stage_mut(Stage::Respond).add(&State::Dropped("cut-off".into()));
        funnel.stage_mut(Stage::Respond).add(&State::Failed("http-400".into()));
        let id = ItemId::seed("x");
        let row = InstructionRow {
            id,
            text: "Say tea. 数".into(),
            language: Language::Chinese,
            category: Some("words".into()),
            seed: true,
            stage: Stage::Sft,
            state: State::Failed("odd".into()),
            decision: Some(Ruling::UseAsNegative),
            edited: true,
            stale: false,
            fell: 0x7ff,
            functions: (1, 2),
            cases: (3, 4),
            disagreements: 70_000,
            responses: (500, 6),
            rows: (7, u32::MAX),
        };
        Entry {
            order: Order { call: 3, line: 2 },
            row: Arc::new(row),
            counts: Counts::of(&funnel),
            datasets: Datasets { sft: 1, pairs_instruction: 2, pairs_query: 3, outdated: 4 },
            idle: true,
            candidate: Candidate { id, text: "As it was made.".into(), from: Some((2, 2)) },
            novelty: State::Dropped("duplicate".into()),
            nearest: Some((ItemId::seed("y"), 0.75)),
            facts: Arc::from([1, 2, 3].as_slice()),
        }
    }

    #[test]
    fn entries_come_back_and_damage_gives_none() {
        let (entry, id) = (entry(), ItemId::seed("x"));
        let bytes = entry.write(77);
        assert_eq!(Entry::read(id, 77, &bytes), Some(entry));
        assert_eq!(Entry::read(id, 78, &bytes), None);
        for length in 0..bytes.len() {
            assert_eq!(Entry::read(id, 77, &bytes[..length]), None, "{length} bytes of {}", bytes.len());
        }
    }

    #[test]
    fn counts_come_back() {
        let entry = entry();
        let funnel = entry.counts.funnel();
        assert_eq!(Counts::of(&funnel), entry.counts);
        assert_eq!(funnel.stage(Stage::Respond).reasons.len(), 2);
    }
}
