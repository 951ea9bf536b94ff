/*
 * trace.h - what happened in one run: observers of the taps, and what they leave in a folder.
 *
 * trace_open() before the run, trace_close() after it.  The folder exists already (its owner
 * gives it the final name when everything is whole).  What is not asked for costs nothing.
 */
#ifndef TRACES_TRACE_H
#define TRACES_TRACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "models/sa.h"
#include "sim/base/addr.h"
#include "sim/base/key.h"
#include "sim/base/status.h"
#include "sim/base/units.h"
#include "sim/core/sim.h"

struct sqlite3;
struct trace; /* opaque */

enum trace_pcap { TRACE_PCAP_NONE, TRACE_PCAP_NODES, TRACE_PCAP_ALL };

struct trace_port {
    const char *name; /* "car.wlan0" */
    uint32_t node;
    bool ethernet; /* frames with an Ethernet header; else raw IPv6 */
};

/* Of one direction: 0 up, 1 down. */
struct trace_flow {
    const char *name;
    const char *traffic; /* "g711" */
    const char *end[2];  /* node names; up is from the first to the second */
    struct addr address[2];
    uint32_t node[2]; /* indices of the ends */
    bool on[2];       /* the direction carries packets */
    sim_time interval;
    bool voice;
    bool plc;
    int codec; /* enum trace_codec */
    sim_time playout;
    sim_time deadline; /* 0: none */
};

enum trace_codec { TRACE_G711, TRACE_G729 };

struct trace_link {
    const char *link;
    const char *direction;
    uint64_t packets;
    uint64_t bytes;
    uint64_t dropped_queue;
    uint64_t dropped_loss;
    uint64_t dropped_down;
    uint64_t queue_max;
};

/* Something that a node counted itself: a row of table counter. */
struct trace_count {
    uint32_t node;
    const char *name; /* "ike.dh_operations" */
    uint64_t value;
};

/* A node's processor, when the run is over. */
struct trace_cpu {
    uint32_t node;
    uint64_t jobs; /* that have ended */
    sim_time busy; /* of all its cores */
    sim_time waited;
    uint64_t queue_max; /* jobs */
};

/* An SA as its node has it when the run is over. Times that never were are -1. */
struct trace_sa {
    uint32_t node;
    uint32_t spi;
    enum sa_direction direction;
    enum sa_mode mode;
    const char *suite; /* "aes256-gcm16" */
    int64_t window;    /* of anti-replay, in packets; 0: none; -1: a sender */
    bool esn;
    const char *policy;    /* "payload": of that entry of the SPD; NULL: not told */
    const char *selectors; /* what goes through it, for people; NULL: not told */
    struct addr end_point; /* of a tunnel, the other node's; unspecified: there is none */
    uint16_t bid;          /* 0: of no one care-of address */
    uint64_t ike_spi;      /* the initiator's, of the IKE SA that made it; 0: none did */
    sim_time made;
    sim_time moved; /* to another end point, last */
    sim_time ended;
    uint64_t packets;
    uint64_t bytes;
    uint64_t icv; /* refused, and so on */
    uint64_t replay;
    uint64_t too_old;
    uint64_t selector;
    uint64_t dummy;
    /* For keys/. As tshark's tables name them; NULL: it cannot read it. */
    const char *tshark_encryption;
    const char *tshark_integrity;
    const uint8_t *encryption; /* key, and salt behind it */
    size_t encryption_bytes;
    const uint8_t *integrity;
    size_t integrity_bytes; /* 0: the encryption has it */
};

/* An IKE SA that had keys, for keys/: in the original initiator's order. */
struct trace_ike {
    uint64_t spi_i;
    uint64_t spi_r;
    char encryption_name[48]; /* as tshark's table names them; "": it cannot read it */
    char integrity_name[32];
    const uint8_t *encryption[2]; /* key, and salt behind it: of the initiator, of the responder */
    size_t encryption_bytes;
    const uint8_t *integrity[2];
    size_t integrity_bytes;
};

/* A home address, and whose it is. */
struct trace_home {
    struct addr address;
    const char *node;
};

struct trace_run {
    const char *run_key;
    const char *scenario;
    const char *title;
    const char *engine;
    const char *crypto;
    const char *knowledge; /* "protocol" or "oracle" */
    const char *processor; /* "zero", or the profiles of processors, with ", " between them */
    const char *version;
    int64_t seed;
    int64_t replication;
    sim_time stop;
    int64_t date_s; /* unix time of simulated 0 */
};

struct trace_setup {
    const char *dir;      /* NULL: nothing is written but the database */
    const char *database; /* its name then; NULL: it stays in memory */
    struct trace_run run;
    const char *const *node; /* names, by index */
    const unsigned *cores; /* of its processor, by index; 0: work takes no time. NULL: all are 0 */
    uint32_t nodes;
    const struct trace_port *port; /* by index */
    uint32_t ports;
    const struct trace_flow *flow;
    uint32_t flows;
    const struct trace_home *home;
    uint32_t homes;
    bool packets;    /* table packet and flows/<flow>.csv */
    bool events;     /* events.sqlog */
    bool event_rows; /* table event stays in the database */
    bool counters;   /* table counter: looks into every frame */
    bool digest;     /* over frames, packets and events */
    int pcap;        /* enum trace_pcap */
    bool keys;       /* keys/ beside captures: what is sealed is really encrypted */
    sim_time series; /* bin of table series; 0: none */
    const struct key_pair *parameter;
    size_t parameters;
};

struct trace *trace_open(const struct trace_setup *setup, struct sim *sim);

/* What only the end of a run tells. */
struct trace_end {
    const struct trace_link *link;
    size_t links;
    const struct trace_sa *sa; /* in order of node and of making */
    size_t sas;
    const struct trace_count *count; /* of nodes: rows of table counter */
    size_t counts;
    const struct trace_cpu *cpu; /* in order of node */
    size_t cpus;
    const struct trace_ike *ike; /* each once */
    size_t ikes;
    uint64_t events; /* of the engine */
    sim_time stop;   /* when it ended, if not as it was said to; 0 */
    const struct key_list *expect;
};

/* Measures, writes the tables, checks what was expected. After it the database can be asked. */
MUST_CHECK enum status trace_close(struct trace *t, const struct trace_end *end, struct why *w);

struct sqlite3 *trace_db(struct trace *t);       /* open until trace_free() */
const char *trace_digest(const struct trace *t); /* hex; "" without */
size_t trace_unmet(const struct trace *t);       /* expectations that did not hold */
/* What was expected and did not hold, a line each after `place`. */
void trace_print_unmet(struct trace *t, const char *place, FILE *out);
void trace_free(struct trace *t);

#endif
