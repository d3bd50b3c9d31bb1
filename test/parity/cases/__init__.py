"""The topics: modules with TABLES, cases(rng) and, some, fixture().

cases() yields Steps, the same for the same state of rng.  The tables are made
anew for each topic, with what fixture() puts into them.
"""

from cases import (
    batch,
    condition,
    filter,
    index,
    item,
    key_condition,
    legacy,
    mixed,
    model,
    scan,
    syntax,
    update,
)

MODULES = (model, item, condition, update, key_condition, filter, syntax, batch, scan, index, legacy, mixed)
TOPICS = {module.__name__.rpartition('.')[2]: module for module in MODULES}
