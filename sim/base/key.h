/*
 * key.h - the type of a scenario key.
 *
 * Each module keeps a `const struct key X_keys[]` beside the struct that it fills.  From
 * the join of these tables come the reading of a scenario, its errors, `explain`, the
 * schema and the reference page; a new key touches one module.
 *
 * What is filled is owned by the scenario's arena.  A key that is absent takes `otherwise`;
 * with "" it leaves zero bytes, which then mean "not given".
 */
#ifndef SIM_BASE_KEY_H
#define SIM_BASE_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum key_type {
    KEY_BOOL,    /* bool: true or false */
    KEY_INTEGER, /* int64_t */
    KEY_REAL,    /* double */
    KEY_TIME,    /* sim_time, ns */
    KEY_RATE,    /* int64_t, bit/s */
    KEY_SIZE,    /* int64_t, bytes */
    KEY_LENGTH,  /* int64_t, micrometres: "250 m" */
    KEY_PACKETS, /* int64_t, packets: "250 packets" */
    KEY_SHARE,   /* uint32_t, parts per 10^9: "0.1 %" or 0.001 */
    KEY_WORD,    /* int, index into `words` */
    KEY_TEXT,    /* const char * */
    KEY_FILE,    /* const char *, made relative to the scenario's folder */
    KEY_ADDR,    /* struct addr */
    KEY_PREFIX,  /* struct prefix */
    KEY_REF,     /* const char *, a name that must stand in the top-level map `refers` */
    KEY_TABLE,   /* a struct in place, described by `keys` */
    KEY_JOIN,    /* a struct in place whose `keys` stand at this very level: no name of its own */
    KEY_LIST,    /* struct key_list; items of `keys` (tables of `size` bytes), or of type `of` */
    KEY_MAP,     /* struct key_list; named entries of `size` bytes whose first member is
                    `const char *name` */
    KEY_PAIRS,   /* struct key_list of struct key_pair: a map of free names to scalars, as text */
    KEY_NODE,    /* const struct yaml_node *: kept as written, for whoever knows its meaning */
};

struct key_pair {
    const char *name;
    const char *value;
};

struct key_list {
    void *items;
    size_t n;
};

/* A word that stands for values of other keys of its table, where those are not given. */
struct key_preset {
    const char *name;   /* NULL ends */
    const char *values; /* a map in YAML's flow form */
    const char *source; /* where they are from */
};

struct key {
    const char *name; /* NULL ends a table; "" of KEY_JOIN */
    enum key_type type;
    size_t at;             /* offset in the struct */
    const char *otherwise; /* the default as scenario text; NULL: required; "": not given */
    const char *help;      /* one line: what it means, and the RFC section */
    int64_t min;           /* allowed range of numbers, in base units; min == max: any */
    int64_t max;
    const char *const *words; /* KEY_WORD: NULL ends; KEY_FILE: what is no file's name */
    const struct key *keys;   /* KEY_TABLE, KEY_LIST, KEY_MAP: what stands inside */
    size_t size;              /* KEY_LIST, KEY_MAP: bytes of one item */
    enum key_type of;         /* KEY_LIST without `keys`: type of the items */
    const char *refers;       /* KEY_REF: "networks", "nodes", ... */
    const char *scalar;       /* KEY_TABLE: a bare scalar sets this member; "*": every member;
                                 KEY_LIST: "*": a single item stands for a list of one */
    const struct key_preset *presets; /* KEY_WORD: what its words stand for */
    size_t given_at; /* KEY_GIVEN(): a bool that tells whether the key stands there */
};

/* given_at of a bool member; 0 means there is none. */
#define KEY_GIVEN(type, member) (offsetof(type, member) + 1)

/* The items of a key_list as an array of `type`. */
#define KEY_ITEMS(list, type) ((type *)(list).items)

#endif
