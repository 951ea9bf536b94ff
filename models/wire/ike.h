/*
 * ike.h - IKEv2 messages on the wire (RFC 7296 3; payloads and notifications of RFC 4555, 5026,
 * 7383 and 7427 beside it).
 *
 * Pure: bytes to structs and back.  What is read is a view: `data` and `body` point into the
 * message.  A message is read in two steps, header and then payloads, since those inside an
 * Encrypted payload are read in the same way once they are plain; each payload is then read as
 * what it is.  Writing goes the same way backwards: ike_begin(), a put for each payload, ike_end().
 */
#ifndef MODELS_WIRE_IKE_H
#define MODELS_WIRE_IKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/addr.h"
#include "sim/base/bytes.h"
#include "sim/base/status.h"

enum {
    IKE_PORT = 500,
    IKE_NAT_PORT = 4500, /* RFC 3948 2.2: four zero octets in front of IKE */
    IKE_HEADER_BYTES = 28,
    IKE_PAYLOAD_HEADER = 4,
    IKE_PAYLOADS = 48, /* in one message at most; more is a fault */
    IKE_PROPOSALS = 12,
    IKE_TRANSFORMS = 24, /* in one proposal */
    IKE_SELECTORS = 16,  /* in one TS payload */
    IKE_ATTRIBUTES = 16, /* in one configuration payload */
    IKE_SPIS = 32,       /* in one Delete payload */
};

enum ike_exchange {
    IKE_SA_INIT = 34,
    IKE_AUTH = 35,
    IKE_CREATE_CHILD_SA = 36,
    IKE_INFORMATIONAL = 37,
};

enum ike_flag {
    IKE_INITIATOR = 0x08, /* I: sent by the original initiator of this IKE SA */
    IKE_HIGHER = 0x10,    /* V */
    IKE_RESPONSE = 0x20,  /* R */
};

#define IKE_PAYLOAD_TYPES(X)  \
    X(33, SA, "SA")           \
    X(34, KE, "KE")           \
    X(35, IDI, "IDi")         \
    X(36, IDR, "IDr")         \
    X(37, CERT, "CERT")       \
    X(38, CERTREQ, "CERTREQ") \
    X(39, AUTH, "AUTH")       \
    X(40, NONCE, "Nonce")     \
    X(41, NOTIFY, "N")        \
    X(42, DELETE, "D")        \
    X(43, VENDOR, "V")        \
    X(44, TSI, "TSi")         \
    X(45, TSR, "TSr")         \
    X(46, SK, "SK")           \
    X(47, CP, "CP")           \
    X(48, EAP, "EAP")         \
    X(53, SKF, "SKF")

enum ike_payload_type {
    IKE_P_NONE = 0,
#define X(value, id, text) IKE_P_##id = (value),
    IKE_PAYLOAD_TYPES(X)
#undef X
};

/* Below 16384 an error; USE_ASSIGNED_HOA (RFC 5026 5.3.2) lies there and is none. */
#define IKE_NOTIFIES(X)                     \
    X(1, UNSUPPORTED_CRITICAL_PAYLOAD)      \
    X(4, INVALID_IKE_SPI)                   \
    X(5, INVALID_MAJOR_VERSION)             \
    X(7, INVALID_SYNTAX)                    \
    X(9, INVALID_MESSAGE_ID)                \
    X(11, INVALID_SPI)                      \
    X(14, NO_PROPOSAL_CHOSEN)               \
    X(17, INVALID_KE_PAYLOAD)               \
    X(24, AUTHENTICATION_FAILED)            \
    X(34, SINGLE_PAIR_REQUIRED)             \
    X(35, NO_ADDITIONAL_SAS)                \
    X(36, INTERNAL_ADDRESS_FAILURE)         \
    X(37, FAILED_CP_REQUIRED)               \
    X(38, TS_UNACCEPTABLE)                  \
    X(39, INVALID_SELECTORS)                \
    X(40, UNACCEPTABLE_ADDRESSES)           \
    X(41, UNEXPECTED_NAT_DETECTED)          \
    X(42, USE_ASSIGNED_HOA)                 \
    X(43, TEMPORARY_FAILURE)                \
    X(44, CHILD_SA_NOT_FOUND)               \
    X(16384, INITIAL_CONTACT)               \
    X(16385, SET_WINDOW_SIZE)               \
    X(16386, ADDITIONAL_TS_POSSIBLE)        \
    X(16387, IPCOMP_SUPPORTED)              \
    X(16388, NAT_DETECTION_SOURCE_IP)       \
    X(16389, NAT_DETECTION_DESTINATION_IP)  \
    X(16390, COOKIE)                        \
    X(16391, USE_TRANSPORT_MODE)            \
    X(16392, HTTP_CERT_LOOKUP_SUPPORTED)    \
    X(16393, REKEY_SA)                      \
    X(16394, ESP_TFC_PADDING_NOT_SUPPORTED) \
    X(16395, NON_FIRST_FRAGMENTS_ALSO)      \
    X(16396, MOBIKE_SUPPORTED)              \
    X(16397, ADDITIONAL_IP4_ADDRESS)        \
    X(16398, ADDITIONAL_IP6_ADDRESS)        \
    X(16399, NO_ADDITIONAL_ADDRESSES)       \
    X(16400, UPDATE_SA_ADDRESSES)           \
    X(16401, COOKIE2)                       \
    X(16402, NO_NATS_ALLOWED)               \
    X(16418, CHILDLESS_IKEV2_SUPPORTED)     \
    X(16430, IKEV2_FRAGMENTATION_SUPPORTED) \
    X(16431, SIGNATURE_HASH_ALGORITHMS)

enum ike_notify_type {
#define X(value, id) IKE_N_##id = (value),
    IKE_NOTIFIES(X)
#undef X
        IKE_N_FIRST_STATUS = 16384,
};

enum ike_protocol { IKE_PROTO_NONE = 0, IKE_PROTO_IKE = 1, IKE_PROTO_AH = 2, IKE_PROTO_ESP = 3 };

enum ike_transform_type { IKE_T_ENCR = 1, IKE_T_PRF, IKE_T_INTEG, IKE_T_DH, IKE_T_ESN };

enum ike_id_type {
    IKE_ID_IPV4 = 1,
    IKE_ID_FQDN = 2,
    IKE_ID_RFC822 = 3,
    IKE_ID_IPV6 = 5,
    IKE_ID_DN = 9, /* DER of an X.501 name */
    IKE_ID_KEY = 11,
};

enum ike_auth_method {
    IKE_AUTH_RSA = 1, /* PKCS#1 v1.5 with SHA-1 */
    IKE_AUTH_SHARED_KEY = 2,
    IKE_AUTH_ECDSA256 = 9,
    IKE_AUTH_ECDSA384 = 10,
    IKE_AUTH_ECDSA521 = 11,
    IKE_AUTH_SIGNATURE = 14, /* RFC 7427 */
};

enum ike_hash {
    IKE_HASH_SHA1 = 1,
    IKE_HASH_SHA256,
    IKE_HASH_SHA384,
    IKE_HASH_SHA512,
    IKE_HASH_IDENTITY
}; /* RFC 7427 7; identity: RFC 8420 */

enum { IKE_CERT_X509 = 4 };

enum ike_cp_type { IKE_CP_REQUEST = 1, IKE_CP_REPLY, IKE_CP_SET, IKE_CP_ACK };

enum ike_attribute_type {
    IKE_A_IP6_ADDRESS = 8,
    IKE_A_IP6_DNS = 10,
    IKE_A_IP6_SUBNET = 15,
    IKE_A_HOME_PREFIX = 16, /* MIP6_HOME_PREFIX, RFC 5026 5.3.2 */
    IKE_A_HOME_AGENT = 19,
};

enum ike_selector_type { IKE_TS_IPV4 = 7, IKE_TS_IPV6 = 8 };

/* Why a message was refused: events and counters print these. */
#define IKE_FAULTS(X)                                                                      \
    X(GOOD, "good")                                                                        \
    X(CUT_SHORT, "cut_short")               /* fewer bytes than a length says, or more */  \
    X(BAD_VERSION, "bad_version")           /* major version above 2: RFC 7296 2.5 */      \
    X(BAD_SPI, "bad_spi")                   /* initiator's SPI is 0: 3.1 */                \
    X(BAD_EXCHANGE, "bad_exchange")         /* of no known type */                         \
    X(UNKNOWN_CRITICAL, "unknown_critical") /* a payload that must be known: 2.5 */        \
    X(BAD_PAYLOAD, "bad_payload")           /* what is in it does not fit */               \
    X(TOO_MANY, "too_many")                 /* payloads, or parts of one */                \
    X(MISPLACED, "misplaced")               /* a payload may not stand there: the table */ \
    X(MISSING, "missing")                   /* one that must */

enum ike_fault {
#define X(id, name) IKE_##id,
    IKE_FAULTS(X)
#undef X
};

struct ike_header {
    uint64_t spi_i;
    uint64_t spi_r; /* 0 in the first request */
    uint8_t next;   /* type of the first payload */
    uint8_t major;
    uint8_t minor;
    uint8_t exchange; /* enum ike_exchange */
    uint8_t flags;    /* enum ike_flag */
    uint32_t id;      /* Message ID */
    uint32_t length;  /* bytes, header included */
};

/* One payload: `body` is what stands behind the generic header. */
struct ike_payload {
    uint8_t type;
    bool critical;
    uint8_t next; /* of SK and SKF: type of the first payload inside */
    const uint8_t *body;
    size_t bytes;
};

struct ike_payloads {
    unsigned n;
    uint8_t unknown_critical; /* its type, with IKE_UNKNOWN_CRITICAL */
    struct ike_payload p[IKE_PAYLOADS];
};

/* The message in a UDP datagram that is one of IKE's: on port 500, or on 4500 behind four zero
 * octets (RFC 3948 2.2). Answers its bytes; 0: it is none. */
size_t ike_in_udp(const uint8_t *udp, size_t n, const uint8_t **message);

/* A header that is whole and names a length of `n`; BAD_VERSION is told with all of it read. */
MUST_CHECK enum ike_fault ike_read_header(const uint8_t *bytes, size_t n, struct ike_header *h);

/* The chain that begins with type `first`. Unknown payloads that are not critical are left out
 * (RFC 7296 2.5). SK and SKF are the last of theirs (3.14). */
MUST_CHECK enum ike_fault ike_read_payloads(uint8_t first, const uint8_t *bytes, size_t n,
                                            struct ike_payloads *list);

const struct ike_payload *ike_find(const struct ike_payloads *list, uint8_t type); /* NULL */

/* Which payloads may, must and must not stand in a message: one table (RFC 7296 1.2 to 1.5, 3.14;
 * RFC 5282, 7383). `clear`: those outside of SK; else those inside. `response`: flag R. */
MUST_CHECK enum ike_fault ike_check(uint8_t exchange, bool response, bool clear,
                                    const struct ike_payloads *list);

/* ---- payloads -------------------------------------------------------------------------------- */

struct ike_transform {
    uint8_t type;
    uint16_t id;
    uint16_t key_bits; /* Key Length attribute; 0: none */
    bool unknown;      /* has an attribute that is not known here: 3.3.6 */
};

struct ike_proposal {
    uint8_t number;
    uint8_t protocol;
    uint8_t spi_bytes; /* 0, 4 or 8 */
    uint64_t spi;
    unsigned transforms;
    struct ike_transform transform[IKE_TRANSFORMS];
};

struct ike_sa_payload {
    unsigned proposals;
    struct ike_proposal proposal[IKE_PROPOSALS];
};

struct ike_ke {
    uint16_t group;
    const uint8_t *data;
    size_t bytes;
};

/* IDi, IDr. `body` is what AUTH covers: the payload without its generic header. */
struct ike_id {
    uint8_t type;
    const uint8_t *data;
    size_t bytes;
};

/* CERT and CERTREQ: `kind` is the encoding; AUTH: the method. */
struct ike_blob {
    uint8_t kind;
    const uint8_t *data;
    size_t bytes;
};

struct ike_notify {
    uint8_t protocol;
    uint8_t spi_bytes; /* 0, 4 or 8 */
    uint64_t spi;
    uint16_t type;
    const uint8_t *data;
    size_t bytes;
};

struct ike_delete {
    uint8_t protocol;
    uint8_t spi_bytes; /* 4; 0 of an IKE SA */
    unsigned count;
    uint32_t spi[IKE_SPIS];
};

struct ike_selector {
    uint8_t type; /* of an unknown one only this is read; the others are for the caller to skip */
    uint8_t protocol; /* 0: any */
    uint16_t start_port;
    uint16_t end_port;
    struct addr low; /* IPv4 in its mapped form */
    struct addr high;
};

struct ike_ts {
    unsigned n;
    struct ike_selector selector[IKE_SELECTORS];
};

struct ike_attribute {
    uint16_t type;
    const uint8_t *value;
    size_t bytes;
};

struct ike_cp {
    uint8_t type; /* enum ike_cp_type */
    unsigned n;
    struct ike_attribute attribute[IKE_ATTRIBUTES];
};

/* Encrypted Fragment, RFC 7383 2.5. */
struct ike_skf {
    uint16_t number; /* from 1 on */
    uint16_t total;
    const uint8_t *data; /* IV, text and check value */
    size_t bytes;
};

MUST_CHECK enum ike_fault ike_read_sa(const struct ike_payload *p, struct ike_sa_payload *out);
MUST_CHECK enum ike_fault ike_read_ke(const struct ike_payload *p, struct ike_ke *out);
MUST_CHECK enum ike_fault ike_read_id(const struct ike_payload *p, struct ike_id *out);
MUST_CHECK enum ike_fault ike_read_blob(const struct ike_payload *p, struct ike_blob *out);
MUST_CHECK enum ike_fault ike_read_nonce(const struct ike_payload *p); /* 16 to 256 bytes: 3.9 */
MUST_CHECK enum ike_fault ike_read_notify(const struct ike_payload *p, struct ike_notify *out);
MUST_CHECK enum ike_fault ike_read_delete(const struct ike_payload *p, struct ike_delete *out);
MUST_CHECK enum ike_fault ike_read_ts(const struct ike_payload *p, struct ike_ts *out);
MUST_CHECK enum ike_fault ike_read_cp(const struct ike_payload *p, struct ike_cp *out);
MUST_CHECK enum ike_fault ike_read_skf(const struct ike_payload *p, struct ike_skf *out);

/* ---- writing --------------------------------------------------------------------------------- */

/* A message, or the payloads inside an Encrypted one, in the making. */
struct ike_writer {
    struct writer w;
    bool has_header;
    uint8_t first;  /* type of the first payload */
    size_t next_at; /* where the type of the next one goes; of the first of an inside: nowhere */
};

/* Of `h` the SPIs, exchange, flags and id; the version is always 2.0, the rest is known at the end.
 */
void ike_begin(struct ike_writer *w, void *bytes, size_t cap, const struct ike_header *h);
void ike_begin_inside(struct ike_writer *w, void *bytes, size_t cap);

void ike_put_sa(struct ike_writer *w, const struct ike_sa_payload *sa);
void ike_put_ke(struct ike_writer *w, const struct ike_ke *ke);
void ike_put_id(struct ike_writer *w, uint8_t payload, const struct ike_id *id);
void ike_put_blob(struct ike_writer *w, uint8_t payload, const struct ike_blob *blob);
void ike_put_bytes(struct ike_writer *w, uint8_t payload, const void *bytes, size_t n);
void ike_put_notify(struct ike_writer *w, const struct ike_notify *n);
void ike_put_delete(struct ike_writer *w, const struct ike_delete *d);
/* Selectors of unknown type are left out. */
void ike_put_ts(struct ike_writer *w, uint8_t payload, const struct ike_ts *ts);
void ike_put_cp(struct ike_writer *w, const struct ike_cp *cp);

/* An Encrypted payload (`total` 0), or the fragment `number` of `total`: its generic header with
 * `inside` as the type of the first payload in it, and a hole of `bytes` for IV, text and check
 * value, which is answered. NULL: it does not fit. The payload is the last one. */
uint8_t *ike_put_sk(struct ike_writer *w, uint8_t inside, unsigned number, unsigned total,
                    size_t bytes);

/* Bytes written, with the header's length filled in. 0: they did not fit; also of an inside
 * without payloads, where `w.full` tells. */
size_t ike_end(struct ike_writer *w);

/* ---- words ----------------------------------------------------------------------------------- */

const char *ike_exchange_name(uint8_t exchange);  /* "IKE_SA_INIT"; NULL: unknown */
const char *ike_payload_name(uint8_t type);       /* "IDi"; NULL: unknown */
const char *ike_notify_name(uint16_t type);       /* "COOKIE"; NULL: unknown */
const char *ike_fault_name(enum ike_fault fault); /* "cut_short" */

#endif
