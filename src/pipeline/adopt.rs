//! Taking in verifiers and responses that were made elsewhere. They fill samples like a model's answers, so that no model
//! is asked for what is there, and go through the same stages; being imported, they never go stale. Taking in the same
//! again changes nothing.

use std::collections::{HashMap, HashSet};

use crate::{
    dataset::import::{ImportError, Named, ResponseRow, VerifierRow, made::Origin as Row},
    domain::{
        CaseBody, InstructionBody, InstructionTree, ItemId, Kind, Language, Origin, QueryBody, ResponseBody, SlotKey,
        VerifierBody,
    },
    store::{Body, Op, Store, StoreError, Txn},
};

use super::project::Project;

/// What an import brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Rows read.
    pub read: u64,
    /// Verifiers or responses that are new.
    pub new: u64,
    /// Rows that were there already.
    pub known: u64,
    /// Cases that are new.
    pub cases: u64,
    /// Instructions that were not there; they are seeds now.
    pub instructions: u64,
    /// Queries that were not there.
    pub queries: u64,
}

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// A row names what is not there.
    #[error(transparent)]
    Row(#[from] ImportError),
    /// The store cannot be read or written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Project {
    /// Adds verifiers with their cases. An instruction that is not there becomes a seed.
    ///
    /// # Errors
    /// Where a row names an item that is not there, or the store cannot be used; then nothing is taken in.
    pub fn add_verifiers(&self, rows: &[VerifierRow]) -> Result<Adopted, AdoptError> {
        let mut import = Import::start(&self.store, self.settings.outcomes)?;
        for row in rows {
            import.verifier(row)?;
        }
        import.write()
    }

    /// Adds responses. Instructions and queries that are not there are taken in, and their task is paired.
    ///
    /// # Errors
    /// As [`Project::add_verifiers`].
    pub fn add_responses(&self, rows: &[ResponseRow]) -> Result<Adopted, AdoptError> {
        let mut import = Import::start(&self.store, self.settings.outcomes)?;
        for row in rows {
            import.response(row)?;
        }
        import.write()
    }
}

/// A function that an instruction has.
struct Function {
    id: ItemId,
    /// Inputs with what is expected, as JSON.
    cases: HashSet<(String, String)>,
    next_case: u32,
}

/// A task that an instruction has.
#[derive(Default)]
struct Task {
    texts: HashSet<String>,
    taken: Places,
}

/// Which samples are taken.
#[derive(Default)]
struct Places {
    taken: HashSet<u32>,
    /// All before it are.
    first: u32,
}

impl Places {
    fn of(taken: impl Iterator<Item = u32>) -> Self {
        Self { taken: taken.collect(), first: 0 }
    }

    /// Takes the first that is free.
    fn take(&mut self) -> u32 {
        while self.taken.contains(&self.first) {
            self.first += 1;
        }
        self.taken.insert(self.first);
        self.first
    }
}

/// An instruction as it will be.
struct Instruction {
    key: SlotKey,
    functions: Vec<Function>,
    /// Functions by their sources.
    sources: HashMap<String, usize>,
    taken: Places,
    tasks: HashMap<ItemId, Task>,
    next_task: u32,
}

impl Instruction {
    fn new(key: SlotKey) -> Self {
        let (functions, sources, taken) = (Vec::new(), HashMap::new(), Places::default());
        Self { key, functions, sources, taken, tasks: HashMap::new(), next_task: 0 }
    }

    fn of(tree: &InstructionTree) -> Self {
        let mut found = Self::new(tree.key().clone());
        found.taken = Places::of(tree.verifiers.iter().map(|sample| sample.function.index));
        for sample in &tree.verifiers {
            let slot = &sample.function;
            let imported = slot.versions.iter().filter(|version| version.origin != Origin::Machine);
            let sources = imported.chain(slot.version()).filter_map(|version| version.body.source.clone());
            let cases: Vec<_> = sample.cases.iter().filter_map(|case| case.body()).collect();
            for source in sources {
                found.sources.entry(source.trim().to_owned()).or_insert(found.functions.len());
                found.functions.push(Function {
                    id: slot.id,
                    cases: cases.iter().map(|case| (case.input.clone(), case.expected.to_string())).collect(),
                    next_case: sample.cases.iter().map(|case| case.index + 1).max().unwrap_or(0),
                });
            }
        }
        for task in &tree.tasks {
            found.next_task = found.next_task.max(task.slot.index + 1);
            let texts = task.samples.iter().filter_map(|sample| sample.response.body());
            found.tasks.insert(
                task.slot.id,
                Task {
                    texts: texts.map(|body| body.text.clone()).collect(),
                    taken: Places::of(task.samples.iter().map(|sample| sample.response.index)),
                },
            );
        }
        found
    }
}

/// An import under way: what there is, and what is to be written.
struct Import<'s> {
    store: &'s Store,
    outcomes: crate::domain::Digest,
    /// Instructions by the text that they first had.
    texts: HashMap<String, ItemId>,
    queries: HashMap<ItemId, SlotKey>,
    roots: u32,
    instructions: HashMap<ItemId, Instruction>,
    ops: Vec<Op>,
    adopted: Adopted,
}

impl<'s> Import<'s> {
    fn start(store: &'s Store, outcomes: crate::domain::Digest) -> Result<Self, StoreError> {
        let mut texts = HashMap::new();
        let mut roots = 0;
        for (head, text) in store.first_texts()? {
            roots += 1;
            // A seed goes before a line of self-instruct that says the same.
            let seed = head.from.is_none();
            let place = texts.entry(text.trim().to_owned()).or_insert(head.id);
            if seed {
                *place = head.id;
            }
        }
        let queries = store.queries()?.into_iter().map(|query| (query.id, query.key)).collect();
        let (instructions, ops) = (HashMap::new(), Vec::new());
        Ok(Self { store, outcomes, texts, queries, roots, instructions, ops, adopted: Adopted::default() })
    }

    fn write(self) -> Result<Adopted, AdoptError> {
        if !self.ops.is_empty() {
            self.store.write_blocking(Txn { ops: self.ops })?;
        }
        Ok(self.adopted)
    }

    fn verifier(&mut self, row: &VerifierRow) -> Result<(), AdoptError> {
        self.adopted.read += 1;
        let id = self.instruction(&row.instruction, row.category.as_deref(), &row.origin)?;
        let Some(instruction) = self.instructions.get_mut(&id) else { return Ok(()) };
        let source = row.source.trim();
        let at = match instruction.sources.get(source).copied() {
            Some(at) => {
                self.adopted.known += 1;
                at
            }
            None => {
                self.adopted.new += 1;
                let index = instruction.taken.take();
                let function = ItemId::child(Kind::Verifier, &id, index);
                let body = VerifierBody { source: Some(row.source.clone()), problem: None, repairs: Vec::new() };
                let key = instruction.key.clone();
                self.ops.push(ensure(function, key, Some(id), None, index, None));
                self.ops.push(imported(function, Body::Verifier(body)));
                instruction.sources.insert(source.to_owned(), instruction.functions.len());
                instruction.functions.push(Function { id: function, cases: HashSet::new(), next_case: 0 });
                instruction.functions.len() - 1
            }
        };
        let key = instruction.key.clone();
        let function = &mut instruction.functions[at];
        for case in &row.cases {
            if !function.cases.insert((case.0.clone(), case.1.to_string())) {
                continue;
            }
            let slot = ItemId::child(Kind::Case, &function.id, function.next_case);
            self.ops.push(ensure(slot, key.clone(), Some(id), Some(function.id), function.next_case, None));
            let body = CaseBody { input: case.0.clone(), expected: case.1.clone() };
            self.ops.push(imported(slot, Body::Case(body)));
            function.next_case += 1;
            self.adopted.cases += 1;
        }
        Ok(())
    }

    fn response(&mut self, row: &ResponseRow) -> Result<(), AdoptError> {
        self.adopted.read += 1;
        let id = self.instruction(&row.instruction, None, &row.origin)?;
        let (query, query_key) = self.query(&row.query, &row.origin)?;
        let Some(instruction) = self.instructions.get_mut(&id) else { return Ok(()) };
        let task_id = ItemId::task(&id, &query);
        let key = SlotKey::task(&instruction.key, &query_key);
        if !instruction.tasks.contains_key(&task_id) {
            self.ops.push(ensure(task_id, key.clone(), Some(id), Some(id), instruction.next_task, Some(query)));
            instruction.next_task += 1;
        }
        let task = instruction.tasks.entry(task_id).or_default();
        if !task.texts.insert(row.response.clone()) {
            self.adopted.known += 1;
            return Ok(());
        }
        self.adopted.new += 1;
        let index = task.taken.take();
        let slot = ItemId::child(Kind::Response, &task_id, index);
        self.ops.push(ensure(slot, key, Some(id), Some(task_id), index, None));
        self.ops.push(imported(slot, Body::Response(ResponseBody { text: row.response.clone(), cut: None })));
        Ok(())
    }

    /// The instruction that a row names, read or made.
    fn instruction(&mut self, named: &Named, category: Option<&str>, row: &Row) -> Result<ItemId, AdoptError> {
        let id = match named {
            Named::Id(prefix) => self.find(prefix, "id", row, &[Kind::Seed, Kind::Instruction])?,
            Named::Text(text) => match self.texts.get(text) {
                Some(id) => *id,
                None => self.seed(text, category),
            },
        };
        if !self.instructions.contains_key(&id)
            && let Some(tree) = self.store.load_tree(id, self.outcomes)?
        {
            self.instructions.insert(id, Instruction::of(&tree));
        }
        Ok(id)
    }

    fn seed(&mut self, text: &str, category: Option<&str>) -> ItemId {
        let (id, key) = (ItemId::seed(text), SlotKey::seed(text));
        let (category, language) = (category.map(str::to_owned), Language::detect(text));
        self.ops.push(ensure(id, key.clone(), Some(id), None, self.roots, None));
        self.ops.push(imported(id, Body::Instruction(InstructionBody { text: text.to_owned(), category, language })));
        self.roots += 1;
        self.adopted.instructions += 1;
        self.texts.insert(text.to_owned(), id);
        self.instructions.insert(id, Instruction::new(key));
        id
    }

    fn query(&mut self, named: &Named, row: &Row) -> Result<(ItemId, SlotKey), AdoptError> {
        let id = match named {
            Named::Id(prefix) => self.find(prefix, "query_id", row, &[Kind::Query])?,
            Named::Text(text) => ItemId::query(text),
        };
        if let Some(key) = self.queries.get(&id) {
            return Ok((id, key.clone()));
        }
        let Named::Text(text) = named else { return Err(row.refuse("query_id", "it is in no project").into()) };
        let key = SlotKey::query(text);
        let index = u32::try_from(self.queries.len()).unwrap_or(u32::MAX);
        let source = row.path.file_name().map(|name| name.to_string_lossy().into_owned());
        let body = QueryBody { text: text.clone(), language: Language::detect(text), topic: None, source };
        self.ops.push(ensure(id, key.clone(), None, None, index, None));
        self.ops.push(imported(id, Body::Query(body)));
        self.queries.insert(id, key.clone());
        self.adopted.queries += 1;
        Ok((id, key))
    }

    /// The one item whose id begins like this.
    fn find(&self, prefix: &str, field: &str, row: &Row, kinds: &[Kind]) -> Result<ItemId, AdoptError> {
        let named = prefix.split_once(':').and_then(|(kind, _)| Kind::from_prefix(kind));
        if named.is_none_or(|kind| !kinds.contains(&kind)) {
            let words: Vec<&str> = kinds.iter().map(|kind| kind.prefix()).collect();
            return Err(row.refuse(field, &format!("`{prefix}` is no id of a {}", words.join(" or "))).into());
        }
        match self.store.find_prefix(prefix)?.as_slice() {
            [id] => Ok(*id),
            [] => Err(row.refuse(field, &format!("`{prefix}` is not in this project")).into()),
            several => {
                let message = format!("`{prefix}` could be {} items; write more of it", several.len());
                Err(row.refuse(field, &message).into())
            }
        }
    }
}

fn ensure(
    id: ItemId,
    key: SlotKey,
    root: Option<ItemId>,
    owner: Option<ItemId>,
    index: u32,
    query: Option<ItemId>,
) -> Op {
    Op::EnsureSlot { id, key, root, owner, index, query }
}

fn imported(slot: ItemId, body: Body) -> Op {
    Op::AddVersion { slot, origin: Origin::Imported, body, made: None, completion: None, make_current: true }
}
