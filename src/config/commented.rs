//! The `assay.toml` that `assay init` writes: every section there, explained, ready to edit.

use super::model::DEFAULT_SEED;

/// A commented configuration. The demo's answers come from the bundled tape; otherwise an example server is named.
pub fn commented(seed: Option<u64>, demo: bool) -> String {
    let seed = seed.unwrap_or(DEFAULT_SEED);
    let (about, endpoint) = if demo { (ABOUT_DEMO, ENDPOINT_DEMO) } else { (ABOUT, ENDPOINT) };
    let counts = if demo { Counts::DEMO } else { Counts::USUAL };
    let calls = calls(&counts);
    let pipeline = pipeline(&counts);
    format!("{about}\n{HEAD}seed = {seed}\n{AUTHOR}\n{endpoint}\n{BUDGET}\n{calls}\n{pipeline}\n{TAIL}")
}

/// What differs between the demo and a project of one's own.
struct Counts {
    self_instruct: u32,
    verifiers: u32,
    respond: u32,
    per_call: u32,
    queries: u32,
    /// The demo's tape has answers to the queries of the lowest ranks alone.
    spread: &'static str,
}

impl Counts {
    const USUAL: Self = Self { self_instruct: 4, verifiers: 8, respond: 8, per_call: 20, queries: 16, spread: SPREAD };
    const DEMO: Self = Self { self_instruct: 2, verifiers: 4, respond: 4, per_call: 10, queries: 2, spread: NO_SPREAD };
}

const SPREAD: &str = "\
# spread_topics = true                # a query of every topic before a second of any; false: by lowest rank alone
";

const NO_SPREAD: &str = "\
spread_topics = false               # the tape answers the queries of the lowest ranks; true: topics take turns
";

const ABOUT: &str = "\
# An Assay project: instruction-following data made with the AutoIF method (arXiv 2406.13542).
#   1. Point [endpoints.main] at a server that speaks OpenAI's chat completions.
#   2. Edit seeds/ and templates/ as you like, then `assay import seeds FILE`, `assay import queries FILE`.
#   3. `assay` opens the workbench here; `assay run` works without it.
# Lines that start with # show defaults; `assay config keys` lists every key, `assay config check` reads this file.
";

const ABOUT_DEMO: &str = "\
# The Assay demo as a project of its own. Its answers were written by hand and are replayed from a tape, good ones and
# bad ones; everything after an answer is real: execution, verdicts, decisions, exports.
# Connect an endpoint (see [endpoints.main] below) to continue where the tape ends.
# Lines that start with # show defaults; `assay config keys` lists every key, `assay config check` reads this file.
";

const HEAD: &str = "\
# The rules: `recommended`, `paper` (as written) or `released` (as the authors' scripts do). See [rules] below.
profile = \"recommended\"
# Seeds every draw: which queries meet which instruction, which seeds a call shows, which pairs are drawn.
";

const AUTHOR: &str = "\
# Who decisions are signed by; the login name where it is not set.
# author = \"you\"
";

const ENDPOINT: &str = "\
# ── Endpoints: who answers ──────────────────────────────────────────────────────────────────────────────────────────
[endpoints.main]
kind = \"openai\"
base_url = \"http://127.0.0.1:8000/v1\"
model = \"my-model\"
# The NAME of the environment variable that holds the key. The key itself is never written anywhere.
# key_env = \"OPENAI_API_KEY\"
# Or a program, with its arguments, that prints it: key_command = [\"pass\", \"show\", \"openai\"]
concurrency = 8                     # requests in flight at most
# base_urls = [\"http://127.0.0.1:8001/v1\"]   # further servers of the same models; work goes to the least loaded
# requests_per_minute = 500
# tokens_per_minute = 200000          # prompts and answers
# prices = { input = 0.5, cached_input = 0.25, output = 1.5 }   # per million tokens; needed for costs
# structured = \"auto\"               # how answers of a shape are asked for; off: by the prompt alone
# n = \"auto\"                        # K answers to one prompt by one request, where `assay doctor` proved it; or off
# proxy = \"http://proxy:3128\"        # else HTTPS_PROXY and its like hold
# ca_file = \"company-ca.pem\"         # trusted beside the system's certificates
# attempts = 5                        # per request, the first included
# timeouts = { connect_s = 10, first_token_s = 120, idle_s = 60, total_s = 600 }
# extra_body = { seed = 1 }           # further fields of every request
# headers = { X-Team = \"data\" }
# record = \"tapes/main.jsonl\"         # append every completion to a tape that can be replayed
";

const ENDPOINT_DEMO: &str = "\
# ── Endpoints: who answers ──────────────────────────────────────────────────────────────────────────────────────────
[endpoints.demo]
kind = \"tape\"
path = \"bundled:demo\"
model = \"demo-tape\"
speed = 1.0                         # 1 as recorded, 0 as fast as possible

# To go on with a model of your own: remove the section above and uncomment this one.
# [endpoints.main]
# kind = \"openai\"
# base_url = \"http://127.0.0.1:8000/v1\"
# model = \"my-model\"
# key_env = \"OPENAI_API_KEY\"          # the NAME of the variable that holds the key
";

const BUDGET: &str = "\
# ── What all runs together may use. At the limit nothing more is asked; what is in flight is kept ───────────────────
[budget]
# tokens = 10000000
# money = 20.0                        # in the currency of the prices above
";

fn calls(counts: &Counts) -> String {
    format!(
        "\
# ── Model calls. Each may name its own endpoint, model and template ─────────────────────────────────────────────────
# With one endpoint, calls need not name it. `template` names a file of templates/ in place of the call's own.
[calls.self_instruct]
samples = {self_instruct}                         # calls; each shows some seeds and asks for new instructions
temperature = 0.9
max_tokens = 2048

[calls.verifiers]
samples = {verifiers}                         # K: functions, each with three cases, per instruction
temperature = 0.8
max_tokens = 1536

[calls.back_translate]
temperature = 0.2
max_tokens = 256

[calls.entail]
temperature = 0.0
max_tokens = 256

[calls.respond]
samples = {respond}                         # K: responses per instruction and query
temperature = 0.8
max_tokens = 1024

[calls.score]
samples = 1                         # judges per response
temperature = 0.0
max_tokens = 512
",
        self_instruct = counts.self_instruct,
        verifiers = counts.verifiers,
        respond = counts.respond,
    )
}

fn pipeline(counts: &Counts) -> String {
    format!(
        "\
# ── Counts and limits ───────────────────────────────────────────────────────────────────────────────────────────────
[pipeline]
self_instruct = true                # false works on the seeds alone
instructions_per_call = {per_call}
# seeds_per_call = 8
# novelty = 0.7                       # a candidate with a higher ROUGE-L against an earlier one is a duplicate
# numbers = \"distinct\"              # \"under 20 words\" and \"under 30 words\" are both new; or plain, masked
# not_checkable = {{ en = [\"default\"], zh = [\"default\"] }}   # words that no function checks; add your own
# max_instruction_chars = 300
queries_per_instruction = {queries}
# query_chars = [10, 300]             # shortest and longest query that is paired
{spread}
# ── How instruction and query make one prompt: for SFT rows, pairs and responses ────────────────────────────────────
[prompt]
order = \"instruction-first\"         # or query-first, templates (one of several, drawn for every task)
# templates = [\"{{instruction}}\\n{{query}}\", \"{{query}}\\n\\n{{instruction}}\"]
# respond = true                      # false: models are asked with the instruction first, only the rows change
",
        per_call = counts.per_call,
        queries = counts.queries,
        spread = counts.spread,
    )
}

const TAIL: &str = "\
# ── Who labels back-translations ────────────────────────────────────────────────────────────────────────────────────
[consistency]
by = \"model\"                        # calls.entail; local: a classifier on this machine; off: nobody
# `local` needs a build with `--features nli-local` and a DeBERTa-v2 or -v3 classifier that was trained for NLI, such as
# MoritzLaurer/mDeBERTa-v3-base-xnli-multilingual-nli-2mil7; `assay run` fetches what is named by its name on the hub,
# a folder holds config.json, tokenizer.json and model.safetensors. `assay doctor` asks it a question.
# model = \"models/mdeberta\"          # a folder, or a name on the Hugging Face hub
# revision = \"main\"
# batch = 16                          # pairs in one forward pass
# max_tokens = 256                    # of a pair; longer ones are cut
# threads = 0                         # 0: one per core

# ── The sandbox that runs verifiers ─────────────────────────────────────────────────────────────────────────────────
[sandbox]
timeout_ms = 2000                   # CPU time of one check
memory_mib = 256
# workers = 0                         # 0: one per core

# ── Changes to the profile's values ─────────────────────────────────────────────────────────────────────────────────
[rules]
# case_kept = { above = 0.5 }
# function_kept = { at-least = 0.8 }
# response_kept = { above = 0.5 }
# score_kept = { at-least = 8.0 }
# consistency = \"drops-function\"      # or any-drops-instruction, any-of-first-three, off
# pairs = { up-to = 4 }               # or \"all\", \"two-by-two\"
# conflicts = \"flag\"                 # queries at odds with the instruction: flag, or leave-out
# pass_rate_from = 0.0                # tasks of which at least this share of responses passes
# pass_rate_to = 1.0                  # and at most this share
# sft_per_instruction = 0             # rows of one instruction at most; 0: all
# pairs_per_instruction = 0           # pairs of one instruction at most, of each level; 0: all
# category_share = 1.0                # of a data set, what one category may make up
# language_share = 1.0                # and one language
";
