//! Every key of `assay.toml` with its meaning, for `assay config keys`.

/// A key, its type, and what it is for. `*` stands for a name of one's choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The dotted key.
    pub name: &'static str,
    /// Its type and default, for people.
    pub value: &'static str,
    /// What it is for.
    pub about: &'static str,
}

const fn key(name: &'static str, value: &'static str, about: &'static str) -> Key {
    Key { name, value, about }
}

/// What `structured` may say.
const STRUCTURED: &str = "openai: how verifiers, labels and scores are asked for: auto, off, json_schema, \
                          structured_outputs, schema, grammar or json_object";

/// What `n` may say.
const SEVERAL: &str = "openai: K answers to one prompt by one request, which reads and pays the prompt once: auto (where \
                       assay doctor saw that the server does it) or off";

/// All keys, in the order of the file. The values of `[rules]` belong to the profiles and are listed by whoever knows
/// them.
pub const KEYS: &[Key] = &[
    key("profile", "text = \"recommended\"", "the rules: paper, released or recommended"),
    key("seed", "number = 13542", "seeds every draw"),
    key("author", "text", "who decisions are signed by; the login name where it is not set"),
    key("endpoints.*.kind", "text = \"openai\"", "openai (a server that speaks chat completions) or tape"),
    key("endpoints.*.base_url", "text", "openai: the server's address up to and including /v1"),
    key("endpoints.*.base_urls", "[text]", "openai: further servers of the same models; work goes to the least loaded"),
    key("endpoints.*.key_env", "text", "openai: the name of the environment variable that holds the key"),
    key("endpoints.*.key_command", "[text]", "openai: a program and its arguments that prints the key; no shell"),
    key("endpoints.*.model", "text", "the model used where a call names none"),
    key("endpoints.*.concurrency", "number = 8", "requests in flight at most"),
    key("endpoints.*.requests_per_minute", "number", "openai: requests in any minute at most"),
    key("endpoints.*.tokens_per_minute", "number", "openai: tokens in any minute at most, prompts and answers"),
    key("endpoints.*.prices.input", "number", "price of a million prompt tokens"),
    key("endpoints.*.prices.cached_input", "number", "price of those the server had cached; as input where not set"),
    key("endpoints.*.prices.output", "number", "price of a million tokens of answers"),
    key("endpoints.*.structured", "text = \"auto\"", STRUCTURED),
    key("endpoints.*.n", "text = \"auto\"", SEVERAL),
    key("endpoints.*.proxy", "text", "openai: a proxy in place of the environment's; without user and password"),
    key(
        "endpoints.*.ca_file",
        "text",
        "openai: certificates (PEM) to trust beside the system's, relative to the project",
    ),
    key("endpoints.*.attempts", "number = 5", "attempts for one request, the first included"),
    key("endpoints.*.timeouts.connect_s", "seconds = 10", "wait for the connection"),
    key("endpoints.*.timeouts.first_token_s", "seconds = 120", "wait for the first token"),
    key("endpoints.*.timeouts.idle_s", "seconds = 60", "wait between tokens"),
    key("endpoints.*.timeouts.total_s", "seconds = 600", "wait for everything"),
    key("endpoints.*.extra_body", "table", "openai: further fields of every request body"),
    key("endpoints.*.headers", "table", "openai: further headers; never a key"),
    key("endpoints.*.path", "text", "tape: its file, relative to the project, or bundled:demo"),
    key("endpoints.*.speed", "number = 1", "tape: replay speed, 1 as recorded, 0 as fast as possible"),
    key("endpoints.*.record", "text", "openai: append every completion to this tape"),
    key(
        "budget.tokens",
        "number",
        "tokens of all runs together, prompts and answers; a run that reaches it ends with 3",
    ),
    key("budget.money", "number", "money of all runs together, in the currency of the prices"),
    key("calls.*.endpoint", "text", "who answers; not needed where there is one endpoint"),
    key("calls.*.model", "text", "the model; the endpoint's where it is not set"),
    key("calls.*.temperature", "number", "sampling temperature, 0 to 2"),
    key("calls.*.top_p", "number = 1", "nucleus sampling, above 0, at most 1"),
    key("calls.*.max_tokens", "number", "most tokens of an answer"),
    key("calls.*.samples", "number", "K: calls of self_instruct, samples of verifiers and respond, judges of score"),
    key("calls.*.template", "text", "a file of templates/ in place of the call's own"),
    key("pipeline.instructions_per_call", "number = 20", "instructions asked for in one self-instruct call"),
    key("pipeline.seeds_per_call", "number = 8", "seeds shown in one"),
    key("pipeline.novelty", "share = 0.7", "a candidate with a higher ROUGE-L against an earlier one is a duplicate"),
    key(
        "pipeline.numbers",
        "text = \"distinct\"",
        "texts that differ in numbers alone: distinct (both new), plain (numbers are words) or masked (duplicates)",
    ),
    key("pipeline.not_checkable.en", "[text] = [\"default\"]", "English words and phrases that no function can check"),
    key("pipeline.not_checkable.zh", "[text] = [\"default\"]", "Chinese ones; \"default\" is the built-in list"),
    key("pipeline.max_instruction_chars", "number = 300", "longest instruction, in characters"),
    key("pipeline.queries_per_instruction", "number = 16", "queries paired with an instruction"),
    key("pipeline.query_chars", "[number, number] = [10, 300]", "shortest and longest query that is paired"),
    key("pipeline.spread_topics", "boolean = true", "a query of every topic is paired before a second of any"),
    key("pipeline.self_instruct", "boolean = true", "false works on the seeds alone"),
    key(
        "prompt.order",
        "text = \"instruction-first\"",
        "prompts of SFT rows, pairs and responses: instruction-first, query-first or templates",
    ),
    key("prompt.templates", "[text]", "templates: texts with {instruction} and {query}; none: the built-in ones"),
    key("prompt.respond", "boolean = true", "false asks models with the instruction first, whatever the rows say"),
    key(
        "consistency.by",
        "text = \"model\"",
        "who labels back-translations: model (calls.entail), local (a classifier on this machine) or off",
    ),
    key("consistency.model", "text", "local: a folder with config.json, tokenizer.json and weights, or a hub name"),
    key("consistency.revision", "text = \"main\"", "local: the hub's revision"),
    key("consistency.batch", "number = 16", "local: pairs in one forward pass"),
    key("consistency.max_tokens", "number = 256", "local: most tokens of a pair; longer ones are cut"),
    key("consistency.threads", "number = 0", "local: threads that compute; 0 means one per core"),
    key("sandbox.timeout_ms", "milliseconds = 2000", "CPU time of one check"),
    key("sandbox.memory_mib", "MiB = 256", "memory of one check"),
    key("sandbox.workers", "number = 0", "worker threads; 0 means one per core"),
    key("rules.*", "as the profile's", "a value of the profile, changed for this project"),
];
