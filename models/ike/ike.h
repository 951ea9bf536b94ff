/*
 * ike.h - the IKEv2 of one node (RFC 7296) as a machine without hands: all its IKE SAs with all its
 * peers, with fragmentation (RFC 7383), childless set-up (RFC 6023), signatures (RFC 7427), and
 * MOBIKE (RFC 4555).
 *
 * The owner hands in datagrams, time (ike_tick() at ike_next()) and wishes, and after each of these
 * does the acts that come out, all of them, in order.  What the machine draws comes from the
 * streams it was given; it reads no clock, asks nobody and sends nothing itself.
 *
 * An IKE SA is named by its own SPI, a Child SA by its inbound SPI; both are unique for the run.
 *
 *     initiator   INIT_SENT --response--> AUTH_SENT --response--> UP
 *     responder   INIT_ANSWERED --AUTH good--> UP
 *     both        UP --rekeyed--> REPLACED    UP, REPLACED --own Delete--> DELETING    all --> GONE
 *     an SA that ended with an answer repeats that for a while: CLOSED (2.1)
 *
 * Not here: EAP (RFC 7296 2.16), IP compression, AH, IKEv1, hash-and-URL certificates, revocation.
 */
#ifndef MODELS_IKE_IKE_H
#define MODELS_IKE_IKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/crypto/cipher.h"
#include "models/crypto/dh.h"
#include "models/crypto/sign.h"
#include "models/ike/acts.h"
#include "models/ike/keys.h"
#include "models/sa.h"
#include "models/wire/ike.h"
#include "sim/base/addr.h"
#include "sim/base/arena.h"
#include "sim/base/rng.h"
#include "sim/base/units.h"

struct ike;      /* opaque */
struct ike_peer; /* opaque: somebody that it may have SAs with */

enum { IKE_COOKIE = 64, IKE_HASH = 20, IKE_OFFERS = 12, IKE_WINDOW = 8 };

/* ---- how it works ---------------------------------------------------------------------------- */

struct ike_timers {
    sim_time first_timeout; /* of a request, then doubling: RFC 7296 2.4 */
    sim_time max_timeout;   /* up to here */
    int64_t tries;          /* then the peer is dead */
    sim_time half_open;     /* a responder forgets an IKE SA without IKE_AUTH after it */
    sim_time cookie_life;   /* secret for cookies is drawn anew: 2.6 */
    sim_time linger;        /* a replaced inbound Child SA is kept for it, for packets under way */
    sim_time try_again;     /* after TEMPORARY_FAILURE: 2.25 */
    sim_time reassembly;    /* fragments of a message are kept for it */
    sim_time keepalive;     /* behind a NAT: RFC 3948 4 */
};

struct ike_config {
    struct ike_timers timers;
    int64_t window;         /* requests that it serves at once, IKE_WINDOW at most; above 1 it is
                               told with SET_WINDOW_SIZE */
    int64_t cookies_from;   /* half-open IKE SAs from which on cookies are asked for */
    int64_t half_open_max;  /* more are not begun */
    int64_t sa_max;         /* Child SAs of one IKE SA; more: NO_ADDITIONAL_SAS. 0: no limit */
    int64_t fragment_bytes; /* IPv6 datagrams of fragments are at most so long, sk.h says
                               at least how long; 0: no fragments */
    bool nat_detection;
    bool childless;          /* CHILDLESS_IKEV2_SUPPORTED is told */
    bool exchanges_are_told; /* acts IKE_HEARD */
    int64_t suspect;         /* unanswered tries after which IKE_ACT_UNANSWERED; 0: never */
    struct addr pool;        /* first of the addresses that peers get, `pool_size` in a row, each
                                for as long as its IKE SA and those in its place: RFC 4877 9 */
    uint32_t pool_size;
    uint8_t pool_bits; /* length of their prefix */
};

/* Random streams, each its own. */
struct ike_streams {
    struct rng spi; /* of IKE SAs and Child SAs, cookies' secrets */
    struct rng nonce;
    struct rng dh;
    struct rng iv;     /* of CBC */
    struct rng jitter; /* of lifetimes */
    struct rng sign;
};

/* ---- with whom ------------------------------------------------------------------------------- */

struct ike_identity {
    uint8_t type; /* enum ike_id_type */
    const uint8_t *data;
    size_t bytes;
};

enum ike_address_kind { IKE_ADDRESS_RANGE, IKE_ADDRESS_ASSIGNED };

struct ike_side {
    enum ike_address_kind kind; /* ASSIGNED: what the configuration payload gave */
    struct addr low;
    struct addr high;
    uint16_t start_port; /* or types, as in a selector: RFC 7296 3.13.1 */
    uint16_t end_port;
};

/* What may be protected, as this node sees it; the peer has the mirror image (RFC 4301 4.4.1). */
struct ike_policy {
    const char *name;
    bool transport;
    uint8_t protocol; /* 0: any */
    struct ike_side local;
    struct ike_side remote;
    unsigned parallel; /* Child SAs with these selectors at most */
};

/* Of Child SAs. */
struct ike_esp_offer {
    const struct cipher_suite *suite;
    bool esn;
    uint16_t group; /* of CREATE_CHILD_SA: perfect forward secrecy; DH_NONE */
};

struct ike_lifetimes {
    struct sa_lifetime child;
    sim_time ike_soft; /* 0: no limit */
    sim_time ike_hard;
    uint32_t jitter_ppb; /* soft ones are shorter by up to this share, drawn: 2.8 */
};

enum ike_proof { IKE_BY_SHARED_KEY, IKE_BY_SIGNATURE };

/* The Peer Authorization Database's entry (RFC 4301 4.4.3). Everything is borrowed for the run. */
struct ike_peer_config {
    const char *name;
    struct ike_identity own;
    struct ike_identity peer;
    enum ike_proof proof;
    const uint8_t *secret;
    size_t secret_bytes;
    const struct sign_key *key;
    const struct sign_certs *certs; /* own, the leaf first */
    const struct sign_certs *trusted;
    enum sign_padding padding;
    int64_t unix_start_s;               /* what simulated time 0 is, for certificates */
    struct ike_suite offer[IKE_OFFERS]; /* in order of preference */
    unsigned offers;
    struct ike_esp_offer esp[IKE_OFFERS];
    unsigned esps;
    const struct ike_policy *policy; /* in order */
    unsigned policies;
    struct ike_lifetimes lifetimes;
    sim_time dead_after; /* silence after which liveness is asked for; 0: never */
    bool mobike;
    bool checks_routability; /* of an address that UPDATE_SA_ADDRESSES names: RFC 4555 3.7 */
    bool childless;          /* initiator: IKE_AUTH without a Child SA, if the peer can */
    bool initial_contact;
    bool asks_address;         /* initiator: an empty INTERNAL_IP6_ADDRESS */
    bool asks_prefix;          /* initiator: MIP6_HOME_PREFIX, RFC 5026 5.3.2 */
    struct addr assigned;      /* responder: the address that this peer gets; ::: one of the pool */
    uint8_t assigned_bits;     /* length of its prefix */
    struct prefix home_prefix; /* responder: that MIP6_HOME_PREFIX is answered with */
    sim_time home_prefix_lifetime;
    bool assigns_home; /* responder: USE_ASSIGNED_HOA and an address instead of a prefix */
    void *owner;       /* the owner's own */
};

/* ---- the machine ----------------------------------------------------------------------------- */

/* What the machine has worked on since it began: counters, and what a processor is busy with. */
struct ike_work {
    uint64_t dh_public[32]; /* by group */
    uint64_t dh_shared[32];
    uint64_t signs;
    uint64_t verifies; /* certificates included */
    uint64_t prf;      /* calls */
    uint64_t sealed;   /* messages */
    uint64_t opened;
    uint64_t bytes; /* sealed and opened */
};

struct ike *ike_new(struct arena *a, struct ciphers *c, const struct ike_config *how,
                    const struct ike_streams *streams);

struct ike_peer *ike_add_peer(struct ike *k, const struct ike_peer_config *how);
const struct ike_peer_config *ike_peer_config(const struct ike_peer *p);
void ike_reserve(struct ike *k, uint32_t spi); /* of an inbound SA that was made elsewhere */
/* A home address that somebody is configured with: nobody is given it, and no peer takes it for its
 * own. */
void ike_reserve_address(struct ike *k, const struct addr *home);

/* MOBIKE: what the owner thinks of a datagram's source as a new address of the peer. */
enum ike_standing {
    IKE_ADDRESS_GOOD,
    IKE_ADDRESS_REFUSED,
    IKE_ADDRESS_PENDING, /* not yet: ike_accept_address() */
};

struct ike_datagram {
    struct ike_path path; /* local: where it arrived */
    const uint8_t *bytes; /* behind the four zero octets */
    size_t n;
    enum ike_standing standing; /* where it carries UPDATE_SA_ADDRESSES */
};

/* Who a datagram is from, by its SPIs; nothing is verified. NULL: nobody that is known. */
struct ike_peer *ike_peer_of(const struct ike *k, const uint8_t *bytes, size_t n);

void ike_receive(struct ike *k, const struct ike_datagram *d, sim_time now);
void ike_tick(struct ike *k, sim_time now);
sim_time ike_next(const struct ike *k);           /* SIM_NEVER */
bool ike_act(struct ike *k, struct ike_act *out); /* false: there is no more */
const struct ike_work *ike_work(const struct ike *k);

/* ---- wishes ---------------------------------------------------------------------------------- */

/* An IKE SA with `p`, if there is none and none is on its way. Answers its own SPI. */
uint64_t ike_start(struct ike *k, struct ike_peer *p, const struct addr *local,
                   const struct addr *remote, sim_time now);
/* Another one, whatever there is. */
uint64_t ike_start_anew(struct ike *k, struct ike_peer *p, const struct addr *local,
                        const struct addr *remote, sim_time now);

/* A Child SA: once the IKE SA is up, in the order of wishing. One that is there or on its way is
 * not made twice. Without an IKE SA: nothing. */
void ike_want(struct ike *k, struct ike_peer *p, unsigned policy, unsigned number, sim_time now);

/* Likewise, on that IKE SA. */
void ike_want_on(struct ike *k, uint64_t sa, unsigned policy, unsigned number, sim_time now);

/* A soft limit of the Child SA with that inbound SPI is reached: it is rekeyed; a hard one: it is
 * deleted. */
void ike_child_soft(struct ike *k, uint32_t spi_in, sim_time now);
void ike_child_hard(struct ike *k, uint32_t spi_in, sim_time now);
void ike_rekey(struct ike *k, uint64_t sa, sim_time now);
void ike_delete_child(struct ike *k, uint32_t spi_in, sim_time now);
void ike_delete(struct ike *k, uint64_t sa, sim_time now);
/* Forgotten without a word, with its Child SAs. */
void ike_drop(struct ike *k, uint64_t sa, sim_time now);

/* Another IKE SA has taken its place: it sends nothing any more, and what is under way on its Child
 * SAs opens for a while. */
void ike_retire(struct ike *k, uint64_t sa, sim_time now);

/* First packet on the inbound half: a responder may send on the new one, too (2.8). */
void ike_child_used(struct ike *k, uint32_t spi_in, sim_time now);

/* ESP with an SPI that is not known came from that peer: it is told, once a second at most (1.5).
 */
void ike_tell_invalid_spi(struct ike *k, uint64_t sa, uint32_t spi, sim_time now);

/* Something protected came from the peer at `at`, with ESP. */
void ike_heard(struct ike *k, uint64_t sa, sim_time at, sim_time now);
void ike_probe(struct ike *k, uint64_t sa, sim_time now);

/* Something else left on the path of the IKE SA at `at`: no octet need keep it alive (RFC 3948 4).
 */
void ike_sent(struct ike *k, uint64_t sa, sim_time at, sim_time now);
/* A packet of a Child SA that is authentic and new came by `path`: a peer behind a NAT is followed
 * there, save with MOBIKE (RFC 7296 2.23). */
void ike_child_seen(struct ike *k, uint32_t spi_in, const struct ike_path *path, sim_time now);
/* Initiator: its home address, made from the prefix that it was given; Child SAs for it are wished
 * for before or after (RFC 5026 5.3.2). */
void ike_use_address(struct ike *k, uint64_t sa, const struct addr *home, sim_time now);

/* The path is another, and no message says so: K bit, RFC 6275 11.7.1; what is under way is
 * repeated there at once. */
void ike_move(struct ike *k, uint64_t sa, const struct addr *local, const struct addr *remote,
              sim_time now);

/* MOBIKE: the initiator moves and says so, RFC 4555 3.5. */
void ike_update_addresses(struct ike *k, uint64_t sa, const struct addr *local, sim_time now);
void ike_tell_addresses(struct ike *k, uint64_t sa, const struct addr *further, unsigned n,
                        sim_time now);
/* A pending address is good now. */
void ike_accept_address(struct ike *k, uint64_t sa, const struct addr *remote, sim_time now);

/* ---- what there is --------------------------------------------------------------------------- */

uint64_t ike_sa_of(const struct ike *k, const struct ike_peer *p); /* that is up; 0: none */
bool ike_is_up(const struct ike *k, uint64_t sa);
bool ike_behind_nat(const struct ike *k, uint64_t sa, bool peer); /* this node is, or the peer */
uint64_t ike_sa_of_child(const struct ike *k, uint32_t spi_in);   /* 0: none */
struct ike_path ike_path_of(const struct ike *k, uint64_t sa);
bool ike_speaks_mobike(const struct ike *k, uint64_t sa); /* both said so: RFC 4555 3.1 */
unsigned ike_half_open(const struct ike *k);
unsigned ike_sas(const struct ike *k);
unsigned ike_children(const struct ike *k, uint64_t sa);
bool ike_busy(const struct ike *k, uint64_t sa); /* an own exchange is under way, or waits */

#endif
