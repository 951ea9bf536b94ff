/*
 * bul.h - a mobile node's Binding Update List towards its home agent (RFC 6275 11.1, 11.7, 11.8)
 * with several care-of addresses (RFC 5648 5), as a machine without hands.
 *
 * The owner says which care-of address each Binding Identifier shall have (bul_want,
 * bul_unwant), hands in acknowledgements (bul_ack) and time (bul_tick at bul_next()), and
 * does the acts that come out.  The machine reads no clock, draws no random number but the
 * first sequence number handed to it, and sends nothing.
 *
 * One entry a BID; without several care-of addresses there is one entry, BID 0.
 *
 * Towards a correspondent (how.correspondent) it is the same list with other messages: a BU has no
 * H, L or K, one BID and always its address (RFC 5648 5.2), and a number of tries.  Whoever owns
 * it (ro.h) bars what has no tokens, and authorises each BU that comes out.
 *
 * With how.unasked a BU that registers has no A there, and what it registers is BOUND as soon as it
 * has left, with the lifetime that it asks for; a refusal that comes all the same (RFC 6275 9.5.4)
 * takes that back. What only an answer can say is asked for: whether the correspondent does several
 * care-of addresses, that all others are replaced (O), and that a deregistration has arrived.
 *
 *     UNBOUND   --want-->    ASKING
 *     ASKING    --acked-->   BOUND       --refused--> REFUSED  --unwant--> UNBOUND
 *     BOUND     --refresh--> RENEWING    --want (moved)--> RENEWING  --unwant--> LEAVING
 *     RENEWING  --acked-->   BOUND       --expired--> ASKING   --unwant--> LEAVING
 *     BOUND     --expired, without A 135 to 138--> ASKING      without A --refused--> REFUSED
 *     LEAVING   --acked, expired--> UNBOUND      --want--> ASKING
 *
 * In every state:  UNBOUND   nothing is known of it at the home agent, nothing is sent
 *                  ASKING    a BU is out or due; the home agent may not have it yet
 *                  BOUND     the home agent has it until `expires`; `refresh_at` is set
 *                  RENEWING  as BOUND, and a BU is out or due
 *                  LEAVING   a BU with lifetime 0 is out or due
 *                  REFUSED   the home agent said no; nothing is sent until the address changes
 */
#ifndef MODELS_MIP6_BUL_H
#define MODELS_MIP6_BUL_H

#include <stdbool.h>
#include <stdint.h>

#include "models/mip6/arrival.h"
#include "models/wire/mh.h"
#include "sim/base/key.h"
#include "sim/base/units.h"

enum bul_registration { BUL_BULK, BUL_SERIAL, BUL_PARALLEL };

enum { BUL_ENTRIES = MH_BIDS, BUL_EXCHANGES = BUL_ENTRIES + 2, BUL_RATE = 3 };

/* RFC 6275 12, 13. */
struct bul_timers {
    sim_time first_timeout;   /* InitialBindackTimeoutFirstReg; of a scenario 0: derived */
    sim_time initial_timeout; /* INITIAL_BINDACK_TIMEOUT */
    sim_time max_timeout;     /* MAX_BINDACK_TIMEOUT */
    uint32_t refresh;         /* share of the lifetime after which a binding is refreshed */
};

extern const struct key bul_timer_keys[];

struct bul_config {
    struct addr home;
    struct addr agent;
    sim_time lifetime; /* asked for */
    bool mcoa;         /* several care-of addresses */
    bool simultaneous; /* on the home link: a home binding beside the others, RFC 5648 5.6 */
    int registration;  /* enum bul_registration */
    sim_time gather;   /* bulk: what is wanted within this time goes into one BU */
    struct bul_timers timers;
    uint16_t key_bid;   /* what key management rather uses; 0: what comes first */
    bool moves_keys;    /* K: SAs are not manual, and their end can move: RFC 6275 11.7.1 */
    bool keys_wait;     /* it goes to `key_bid` alone, or stays where it is: nothing else is K's */
    bool keys_literal;  /* every BU has K and moves it: RFC 6275 11.7.1 by the letter */
    bool link_local;    /* L: the link-local address has the home address's identifier */
    bool correspondent; /* the peer is none's home agent; `agent` is its address */
    bool keeps_others;  /* not even the first BU has O: RFC 5648 5.9 */
    bool unasked;       /* a correspondent's: no A, see below */
    unsigned max_tries; /* repetitions: MAX_RO_FAILURE, RFC 6275 12; 0: for ever */
};

enum bul_state {
    BUL_UNBOUND,
    BUL_ASKING,
    BUL_BOUND,
    BUL_RENEWING,
    BUL_LEAVING,
    BUL_REFUSED,
    BUL_STATES
};

/* The home address as care-of address makes an entry the home binding (RFC 5648 5.6.3). */
struct bul_entry {
    uint16_t bid;
    enum bul_state state;
    struct addr coa;     /* wanted, or last registered */
    bool has_path;       /* its interface can send now */
    bool sent;           /* a BU with this care-of address has left: RFC 6275 11.6.3 */
    bool told;           /* the peer has acknowledged this very address, or was not asked to */
    sim_time expires;    /* of BOUND, RENEWING, LEAVING */
    sim_time held_until; /* the home agent holds a binding, whatever its address; 0: none */
    sim_time refresh_at; /* of BOUND */
    bool barred;         /* no BU may register it now: set by the owner */
    uint32_t ignored;    /* events that mean nothing in the state they met */
};

/* One BU that waits for its acknowledgement. */
struct bul_exchange {
    bool open;
    bool changed;      /* since its last BU; the next waits for `due` */
    bool leaves;       /* lifetime 0 */
    bool overwrites;   /* its last BU carried O */
    bool home;         /* sent from the home address: the return home */
    bool keyed;        /* its last BU carried K */
    bool tested;       /* its answer waits for the home agent's test of the home address */
    bool unasked;      /* its last BU had no A: it is open for a refusal alone */
    struct addr from;  /* care-of address that its last BU left from */
    uint16_t sequence; /* of its last BU */
    sim_time sent;     /* its last BU; -1: none yet */
    sim_time due;      /* when to send (again) */
    sim_time timeout;
    unsigned tries;      /* BUs that have left */
    sim_time opened;     /* or last changed */
    unsigned unanswered; /* BUs that have left since then */
    unsigned bids;
    uint16_t bid[BUL_ENTRIES];
    unsigned named; /* of these, what its last BU was about and has not changed since */
    uint16_t named_bid[BUL_ENTRIES];
};

enum bul_kind {
    BUL_SEND,      /* send `bu` from `src`; with a Home Address option unless `from_home` */
    BUL_UP,        /* `bid` is registered with `coa` */
    BUL_DOWN,      /* `bid` is deregistered, as asked */
    BUL_LOST,      /* `bid` has expired or was refused: `status` */
    BUL_FALL_BACK, /* stops asking for something: `text` */
    BUL_AT_HOME,   /* the return home is acknowledged, or no more asked for */
    BUL_COME_HOME, /* a home binding is not to be had: deregister instead */
    BUL_MEASURED,  /* a BU from `src` and its answer took `round_trip` */
    BUL_DISCOVER,  /* status 1: the prefixes of the home link have to be asked for */
};

struct bul_act {
    enum bul_kind kind;
    struct mh bu;
    struct addr src;
    bool from_home;
    uint16_t bid;
    struct addr coa;
    uint8_t status;
    sim_time round_trip;
    const char *text;
};

enum { BUL_ACTS = 2 * BUL_ENTRIES + 6 };

struct bul_acts {
    struct bul_act act[BUL_ACTS];
    unsigned n;
};

/* What each packet of data asks for stands first. */
struct bul {
    unsigned entries;
    bool mcoa;         /* still asked for */
    bool bulk;         /* still used */
    bool overwrite;    /* the next registering BU carries O: RFC 5648 5.9 */
    bool simultaneous; /* still asked for */
    bool at_home;      /* nothing is wanted: the node is on its home link */
    bool held;         /* nothing leaves yet: more is about to be wanted */
    bool waits;        /* likewise: for key management */
    bool leave_barred; /* no BU may deregister now: set by the owner */
    bool dead;         /* status 134: the end, unless discovery begins anew */
    bool discovering;  /* status 1: no refresh before the prefixes are learned */
    bool does_several; /* the peer has answered with BIDs */
    bool stale;        /* the peer may have what stands nowhere here: set by the owner */
    uint16_t sequence; /* of the last BU: one counter for all, RFC 5648 4.1 */
    struct bul_config how;
    struct bul_entry entry[BUL_ENTRIES]; /* in order of preference */
    struct bul_exchange exchange[BUL_EXCHANGES];
    struct addr key_avoid;     /* it got no answer from there; ::: none */
    struct addr key_before;    /* what it used before the last BU with K moved it */
    struct addr key_coa;       /* what key management uses: RFC 5648 9.1; ::: nothing yet */
    uint64_t home_station;     /* link-layer address on the home link, for a home binding */
    sim_time recent[BUL_RATE]; /* when the last BUs left: MAX_UPDATE_RATE */
    uint64_t unmatched;        /* acknowledgements of nothing that is out */
};

/* `first_sequence` is drawn at random: RFC 6275 11.7.2. */
void bul_init(struct bul *b, const struct bul_config *how, uint16_t first_sequence);

/* A BID in order of preference; without several care-of addresses only BID 0 counts. */
void bul_add(struct bul *b, uint16_t bid);

/* `bid` shall be registered with `coa`, whose interface can send. */
void bul_want(struct bul *b, uint16_t bid, const struct addr *coa, sim_time now,
              struct bul_acts *acts);
/* `bid` shall not be registered; its interface is dead. */
void bul_unwant(struct bul *b, uint16_t bid, sim_time now, struct bul_acts *acts);

/* Likewise, but its interface can send: the deregistration may leave from there. */
void bul_release(struct bul *b, uint16_t bid, sim_time now, struct bul_acts *acts);
/* `bid` is not to be had: as if the peer had refused it. */
void bul_give_up(struct bul *b, uint16_t bid, sim_time now, struct bul_acts *acts);
/* The BU that `ba` answers is to be sent again as soon as it may; NULL: it answers none. */
const struct bul_exchange *bul_repeat(struct bul *b, const struct mh *ba, sim_time now,
                                      struct bul_acts *acts);

/* Key management gets no answer from `from`: it goes on from another care-of address that is bound,
 * which a BU with K tells at once. */
void bul_move_keys(struct bul *b, const struct addr *from, sim_time now, struct bul_acts *acts);

/* On the home link: deregister everything from the home address; and away again. */
void bul_return_home(struct bul *b, sim_time now, struct bul_acts *acts);
void bul_leave_home(struct bul *b);

/* The peer is gone, with whatever it holds: as if nothing had been sent to it. */
void bul_forget(struct bul *b);

/* A Binding Refresh Request from the home agent: for the BIDs it names, or all (RFC 5648 5.8). */
void bul_asked(struct bul *b, const struct mh *brr, sim_time now, struct bul_acts *acts);
/* A Binding Error from the home agent: status 1, it knows no binding (RFC 6275 11.3.6). */
void bul_unknown(struct bul *b, sim_time now, struct bul_acts *acts);
/* The prefixes of the home link are known again, after BUL_DISCOVER: refreshes go on. */
void bul_discovered(struct bul *b, sim_time now, struct bul_acts *acts);
/* Whether the home agent may hold a binding. */
bool bul_is_known(const struct bul *b);

/* A Binding Acknowledgement. Answers whether it matched a BU that is out. */
bool bul_ack(struct bul *b, const struct arrival *a, const struct mh *ba, sim_time now,
             struct bul_acts *acts);

/* BUs, `most` at least, have left for the same thing, the wait for an answer to the last is over,
 * and nothing was heard from the home agent since the first, last at `heard`. */
bool bul_is_silent(const struct bul *b, unsigned most, sim_time heard, sim_time now);
sim_time bul_last_sent(const struct bul *b); /* when the last BU left; below 0: none did */

sim_time bul_next(const struct bul *b); /* when bul_tick() has something to do; SIM_NEVER */
void bul_tick(struct bul *b, sim_time now, struct bul_acts *acts);

const struct bul_entry *bul_find(const struct bul *b, uint16_t bid); /* NULL: none */
/* Whether data may leave through it: the home agent has it, or a BU for it has left and
 * nothing better is there. */
bool bul_carries(const struct bul *b, uint16_t bid);

/* The peer has acknowledged a binding of `coa`, which nobody took back. */
bool bul_has(const struct bul *b, const struct addr *coa);

bool bul_is_home(const struct bul *b, const struct bul_entry *e); /* the home binding */

const char *bul_state_name(enum bul_state state);

#endif
