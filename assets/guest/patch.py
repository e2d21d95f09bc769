"""Changes CPython's source, so that a check dirties few pages of the guest's memory: `patch.py SOURCE`. Each page that is
written has to be put back before the next check."""

import sys
from pathlib import Path

CHANGES = [
    # A counter that stands still is not written. The driver stops those of code that was specialised before the snapshot.
    (
        "Python/ceval_macros.h",
        "(COUNTER) = advance_backoff_counter((COUNTER));",
        "if (!is_unreachable_backoff_counter((COUNTER))) (COUNTER) = advance_backoff_counter((COUNTER));",
        1,
    ),
    # Which way branches went is recorded for the second tier alone, which is not built.
    ("Python/generated_cases.c.h", "this_instr[1].cache = (this_instr[1].cache << 1) | flag;", "", 7),
    ("Python/generated_cases.c.h", "this_instr[1].cache = (this_instr[1].cache << 1) | !nflag;", "", 1),
    # Small pools: a size in use takes half a page. (A pool must hold two blocks of the largest size, 512 bytes.)
    (
        "Include/internal/pycore_obmalloc.h",
        "#define POOL_BITS               12                  /* 4 KiB */",
        "#define POOL_BITS 11",
        1,
    ),
    # The cache of what was looked up in classes: 12 KiB instead of 48, all over which a check would write.
    ("Include/internal/pycore_typeobject.h", "#define MCACHE_SIZE_EXP 12", "#define MCACHE_SIZE_EXP 10", 1),
]

root = Path(sys.argv[1])
for name, old, new, count in CHANGES:
    path = root / name
    text = path.read_text()
    if text.count(old) != count:
        sys.exit(f"{path}: {old!r} stands {text.count(old)} times, not {count}")
    path.write_text(text.replace(old, new))
