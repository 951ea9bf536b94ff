/*
 * state.h - what the IKE machine remembers: its IKE SAs, Child SAs, exchanges under way, peers, and
 * itself. Private to models/ike; all of it belongs to the machine's pools and arena.
 */
#ifndef MODELS_IKE_STATE_H
#define MODELS_IKE_STATE_H

#include "models/ike/ike.h"
#include "models/ike/sk.h"
#include "sim/base/map.h"

enum {
    IKE_EARLY = 4,
    IKE_OWN_NONCE = 32,
    IKE_TODO = 64,
    IKE_SMALL = 1536,
    IKE_ROUNDS = 6, /* of IKE_SA_INIT: cookies and groups */
    IKE_INSIDE = IKE_MESSAGE_MAX - 128,
};

/* A message that is kept: to be repeated, or to be signed. */
struct ike_text {
    struct pool *home;
    size_t n;
    unsigned parts; /* datagrams that it is */
    size_t part[IKE_FRAGMENTS];
    struct ike_news news;
    uint8_t *bytes; /* behind the struct */
};

struct ike_nonce {
    size_t n;
    uint8_t bytes[IKE_NONCE_MAX];
};

enum ike_child_state {
    IKE_CHILD_MAKING, /* asked for: only its inbound SPI is there */
    IKE_CHILD_UP,
    IKE_CHILD_REPLACED, /* rekeyed: its outbound half is not used any more */
    IKE_CHILD_DELETING, /* own Delete is out */
    IKE_CHILD_LINGERS,  /* deleted: its inbound half is kept until forget_at */
};

struct ike_child {
    struct ike_child *next; /* of its IKE SA, in order of making */
    struct ike_sa *sa;
    enum ike_child_state state;
    struct ike_child_sa is;
    unsigned policy;
    uint16_t group;      /* of its own exchange; DH_NONE */
    bool waits_to_send;  /* responder of a rekey: until the old one is not used any more */
    bool ended;          /* IKE_ACT_END was told */
    bool hidden;         /* the peer has it, this node never had: no acts */
    enum ike_how doomed; /* own Delete is to come, for that reason; FAULT: none is */
    uint32_t heir;       /* inbound SPI of what replaces it; 0: none */
    sim_time hard_at;    /* SIM_NEVER; its owner tells when */
    sim_time forget_at;  /* SIM_NEVER */
    struct ike_ts local; /* as agreed */
    struct ike_ts remote;
};

/* Something to do, when the window lets it. */
struct ike_todo {
    enum ike_task task;
    unsigned policy;
    unsigned number;
    uint32_t spi;    /* inbound, of the Child SA it is about */
    sim_time after;  /* not before */
    sim_time since;  /* it was put off for the first time; 0: never */
    uint16_t notify; /* TELL; DELETE_IKE: what made it necessary */
    uint32_t value;  /* TELL: its data; DELETE_CHILD, DELETE_IKE: enum ike_how; else a group; 0 */
    unsigned rounds; /* INVALID_KE_PAYLOAD came so often */
};

/* The other side's exchange about the same SA (RFC 7296 2.8.1, 2.8.2). */
struct ike_rival {
    bool there;
    struct ike_nonce lowest;
    uint32_t child; /* inbound SPI of what it made */
    uint64_t sa;    /* own SPI of what it made */
};

/* An own exchange under way. */
struct ike_request {
    enum ike_task task; /* NONE: free */
    uint32_t id;
    struct ike_text *text;
    unsigned tries; /* from this address */
    unsigned times; /* in all */
    sim_time due;
    sim_time wait;
    struct ike_todo todo;
    struct ike_child *made; /* in the making */
    struct ike_sa *fresh;   /* likewise: REKEY_IKE */
    struct dh dh;
    struct ike_nonce nonce;
    struct ike_rival rival;
    uint32_t
        early[IKE_EARLY]; /* SPIs that the peer deleted and nobody has: its new one may be it */
    unsigned earlies;
    uint8_t cookie[16]; /* COOKIE2 */
    struct addr asked;  /* where it went first */
    bool forgotten;     /* its outcome does not matter any more: the heir does it again */
};

/* Fragments of one message (RFC 7383 2.6). */
struct ike_pieces {
    struct ike_text *text; /* plain payloads, each part with its own room */
    uint32_t id;
    unsigned total;
    unsigned got;
    uint8_t first;
    bool have[IKE_FRAGMENTS + 1];
    size_t at[IKE_FRAGMENTS + 1];
    size_t bytes[IKE_FRAGMENTS + 1];
    sim_time until;
};

struct ike_sa {
    struct ike *ike;
    struct ike_peer *peer; /* NULL: a responder that does not know yet */
    struct ike_sa *next;   /* all, in order of making */
    struct ike_sa *before;
    uint64_t serial;
    enum ike_state {
        IKE_INIT_SENT,
        IKE_INIT_ANSWERED,
        IKE_AUTH_SENT,
        IKE_UP,
        IKE_REPLACED,
        IKE_DELETING,
        IKE_CLOSED, /* told as down; repeats its last answers: 2.1 */
        IKE_GONE,
        IKE_STATES
    } state;
    bool initiator; /* original */
    bool moves;     /* it was that of the first of those that were rekeyed: RFC 4555 1.2 */
    uint64_t own;   /* SPIs */
    uint64_t other;
    struct ike_path path;
    bool nat_here; /* this node is behind one */
    bool nat_there;
    bool nat_known; /* the peer detects them, too */
    bool fragments; /* agreed */
    bool moved;     /* since IKE_AUTH left */
    bool mobike;
    bool childless;
    bool signature; /* peer sent SIGNATURE_HASH_ALGORITHMS */
    uint32_t hashes;
    struct ike_suite suite;
    struct ike_keys keys;
    bool keyed;
    struct ike_sk in;
    struct ike_sk out;
    /* windows: RFC 7296 2.2, 2.3 */
    uint32_t next_id;
    unsigned peer_window;
    unsigned window;                     /* own, as the peer was told */
    uint32_t expected;                   /* lowest id that no request came with */
    uint32_t answered;                   /* bit k: expected + k was answered */
    struct ike_text *answer[IKE_WINDOW]; /* by id modulo window */
    uint32_t answer_id[IKE_WINDOW];
    struct ike_request request[IKE_WINDOW];
    struct ike_todo todo[IKE_TODO];
    unsigned todos;
    bool overflowed;                          /* Deletes found no room: the children know */
    struct ike_pieces *pieces[2][IKE_WINDOW]; /* of requests, of responses; by id modulo window */
    sim_time told_at; /* INVALID_MESSAGE_ID, INVALID_SPI: at most one a second */
    /* IKE_SA_INIT */
    struct ike_text *first_own; /* messages that AUTH covers */
    struct ike_text *first_other;
    uint64_t first_hash; /* of first_other: repeated ones are known by it; 0: none */
    struct ike_nonce ni;
    struct ike_nonce nr;
    struct dh dh;
    uint8_t cookie[IKE_COOKIE];
    size_t cookie_bytes;
    unsigned rounds;
    /* afterwards */
    struct ike_child *children; /* in order of making */
    uint64_t heir;              /* own SPI of who took its place; 0: nobody */
    uint64_t rival_of;          /* up, and which stays is not known yet: of whom (2.8.2); 0 */
    bool redundant;
    enum ike_how why; /* own Delete is out */
    sim_time heard;
    bool asked_about_silence;
    sim_time rekey_at;
    sim_time hard_at;
    sim_time half_open_until;
    sim_time keepalive_at;
    sim_time sent_at;   /* something, on its path */
    sim_time gone_at;   /* a replaced one whose Delete does not come */
    uint32_t update_id; /* MOBIKE: id of the newest UPDATE_SA_ADDRESSES that was taken */
    bool updated;
    struct ike_path pending; /* MOBIKE: address that is being checked, or that the owner judges */
    bool has_pending;
    bool pending_bound;   /* the owner wants it */
    bool pending_checked; /* somebody is there, or nobody asks */
    struct addr assigned; /* the mobile node's, by a configuration payload; ::: none */
    uint32_t lease;       /* of the pool, counted from 1; 0: none */
    struct addr further[IKE_ADDRESSES]; /* own, to be told */
    unsigned furthers;
    /* of deadlines */
    sim_time deadline;
    size_t slot;
};

struct ike_peer {
    const struct ike_peer_config *how;
    struct ike_peer *next;  /* of its bucket */
    struct ike_peer *older; /* of all */
    unsigned sas;
};

struct ike_reserved {
    struct addr home;
    struct ike_reserved *next;
};

struct ike {
    struct arena *arena;
    struct ciphers *ciphers;
    struct ike_config how;
    struct ike_streams streams;
    struct ike_work work;
    struct map by_spi;   /* own SPI: struct ike_sa */
    struct map by_first; /* hash of the first message: struct ike_sa */
    struct map by_child; /* inbound SPI: struct ike_child, or &taken */
    struct map by_identity;
    struct ike_peer *peers;
    struct ike_reserved *reserved;
    const struct ike_peer_config **offer; /* of which each has other offers */
    unsigned offers;
    unsigned offer_room;
    uint32_t *leases; /* IKE SAs that have it, by address of the pool */
    struct pool sas;
    struct pool children;
    struct pool small;
    struct pool large;
    struct pool pieces;
    struct ike_sa *first;
    struct ike_sa *last;
    struct ike_sa *dead; /* to be given back with the next event, by `next` */
    struct ike_child *dead_children;
    uint64_t serials;
    unsigned half_open;
    unsigned count;
    struct ike_sa **heap; /* by deadline */
    size_t heaped;
    size_t heap_room;
    sim_time now; /* of the event */
    struct ike_act *act;
    size_t acts;
    size_t acts_done;
    size_t act_room;
    uint8_t secret[2][32]; /* for cookies: now and before */
    uint8_t secret_version;
    sim_time secret_since; /* -1: none was drawn */
    sim_time told_spi_at;  /* INVALID_IKE_SPI: at most one a second */
    char taken[1];         /* what by_child has for SPIs of nobody */
    uint8_t notice[128];   /* a message outside of any SA */
    uint8_t inside[IKE_INSIDE];
    uint8_t opened[IKE_MESSAGE_MAX];
    uint8_t octets[IKE_MESSAGE_MAX + 512];
};

/* A request of the peer that is being answered, or a response to an own one that is being read. */
struct ike_message {
    const struct ike_datagram *from;
    struct ike_header h;
    struct ike_payloads list; /* plain */
    sim_time now;
};

#endif
