/*
 * parts.h - what the files of the IKE machine do for each other. Private to models/ike; what it
 * remembers stands in state.h.
 *
 *     ike.c        making, acts, chance          wish.c       what the owner wishes for
 *     sa.c         IKE SAs: table of states      due.c        deadlines
 *     receive.c    a datagram, up to its payloads              pieces.c    its fragments
 *     request.c    own exchanges: window, repetition           text.c    messages that are kept
 *     init.c       IKE_SA_INIT    cookie.c       auth.c       IKE_AUTH   configure.c  CP payloads
 *     nat.c        address translators
 *     create.c     CREATE_CHILD_SA               child.c      Child SAs  narrow.c     selectors
 *     rekey.c      of IKE SAs                    offer.c      proposals
 *     inform.c     INFORMATIONAL                 mobike.c     RFC 4555
 */
#ifndef MODELS_IKE_PARTS_H
#define MODELS_IKE_PARTS_H

#include "models/ike/state.h"

/* ---- ike.c ----------------------------------------------------------------------------------- */
struct ike_act *ike_new_act(struct ike *k, enum ike_act_kind kind, struct ike_sa *sa);
void ike_refuse(struct ike *k, struct ike_sa *sa, const struct ike_datagram *d, enum ike_how how,
                enum ike_fault fault);
void ike_begin_event(struct ike *k, sim_time now);
void ike_tell_child(struct ike_child *c, enum ike_act_kind kind, enum ike_how how);
uint32_t ike_draw_spi(struct ike *k);
struct ike_nonce ike_draw_nonce(struct ike *k);
void ike_draw_bytes(struct rng *r, void *out, size_t n);

/* ---- sa.c ------------------------------------------------------------------------------------ */
struct ike_sa *ike_sa_new(struct ike *k, struct ike_peer *p, bool initiator,
                          const struct ike_path *path, sim_time now);
struct ike_sa *ike_sa_find(const struct ike *k, uint64_t own); /* not a closed one */
bool ike_sa_lives(const struct ike_sa *sa);                    /* neither closed nor gone */
void ike_sa_enter(struct ike_sa *sa, enum ike_state to);
void ike_sa_up(struct ike_sa *sa, uint64_t before, sim_time now);
/* Its Child SAs end with it. */
void ike_sa_end(struct ike_sa *sa, enum ike_how how, uint16_t notify, sim_time now);
/* Likewise, by a request that was answered: the answer is kept for repeated ones. */
void ike_sa_close(struct ike_sa *sa, enum ike_how how, uint16_t notify, sim_time now);
/* It, and those that it took the place of, are on another path. */
void ike_sa_move(struct ike_sa *sa, const struct ike_path *to, sim_time now);
void ike_sa_rearm(struct ike_sa *sa);
void ike_sa_tick(struct ike_sa *sa, sim_time now);
/* The event that explains what begins of itself: IKE_ACT_DUE. */
void ike_tell_due(struct ike_sa *sa, enum ike_task task, enum ike_how how);
uint64_t ike_spi_i(const struct ike_sa *sa);
uint64_t ike_spi_r(const struct ike_sa *sa);
void ike_sa_key(struct ike_sa *sa); /* contexts for its keys */
void ike_sa_alive(struct ike_sa *sa, sim_time now);
void ike_heap_put(struct ike *k, struct ike_sa *sa);
void ike_heap_remove(struct ike *k, struct ike_sa *sa);
struct ike_text *ike_text_of(struct ike *k, size_t n);
struct ike_text *ike_text_copy(struct ike *k, const uint8_t *bytes, size_t n);
void ike_text_give(struct ike_text **t);
void ike_child_give(struct ike *k, struct ike_child *c);

/* ---- pieces.c -------------------------------------------------------------------------------- */
bool ike_piece_is_legal(const struct ike_sa *sa, const struct ike_skf *f);
/* The `n` plain octets of a fragment whose check value was good, and `first` of its header. Whether
 * all are there: then they stand in k->opened, and both are of the whole. */
bool ike_keep_piece(struct ike_sa *sa, const struct ike_message *m, const struct ike_skf *f,
                    const uint8_t *plain, uint8_t *first, size_t *n);
void ike_forget_pieces(struct ike_sa *sa, sim_time now); /* SIM_NEVER: all */
sim_time ike_pieces_until(const struct ike_sa *sa);

/* ---- request.c ------------------------------------------------------------------------------- */
bool ike_todo_add(struct ike_sa *sa, const struct ike_todo *t); /* false: it is there, or full */
void ike_proceed(struct ike_sa *sa, sim_time now);              /* what the window lets begin */
struct ike_request *ike_request_of(struct ike_sa *sa, enum ike_task task); /* NULL */
void ike_request_repeat(struct ike_sa *sa, struct ike_request *r, sim_time now);
void ike_request_done(struct ike_request *r);
void ike_request_clear(struct ike_sa *sa, struct ike_request *r); /* with what was in the making */
void ike_repeat_all(struct ike_sa *sa, sim_time now);
/* After TEMPORARY_FAILURE: drawn, since both sides may wait for each other (2.25); of rekeyings
 * early enough to be tried some times before the hard limit. */
sim_time ike_try_again_at(struct ike_sa *sa, const struct ike_todo *t, sim_time now);
/* It is tried again then, or after several minutes of that the IKE SA is deleted, for `how`. */
void ike_put_off(struct ike_sa *sa, const struct ike_todo *t, enum ike_how how, uint16_t notify,
                 sim_time now);
/* Likewise, of the IKE SA itself, which the peer does not want to be rekeyed: it is told. */
void ike_not_rekeyed(struct ike_sa *sa, const struct ike_todo *t, enum ike_how how, uint16_t notify,
                     sim_time now);
enum ike_how ike_delete_how(const struct ike_request *r);
sim_time ike_patience(const struct ike *k); /* how long a request is repeated */
/* The payloads in `w` as a request of `r`, or as the answer to `m`. False: it cannot be sent; what
 * cannot be answered ends the IKE SA. */
bool ike_send_request(struct ike_sa *sa, struct ike_request *r, uint8_t exchange,
                      struct ike_writer *w, sim_time now);
bool ike_send_answer(struct ike_sa *sa, const struct ike_message *m, struct ike_writer *w,
                     enum ike_task task);
/* Nothing but a notification; `group`: its data, DH_NONE: none. */
void ike_answer_error(struct ike_sa *sa, const struct ike_message *m, uint16_t why, uint16_t group);
void ike_answer_notify(struct ike_sa *sa, const struct ike_message *m, const struct ike_notify *n);
void ike_send_text(struct ike_sa *sa, struct ike_text *t, const struct ike_path *path,
                   unsigned tries);
void ike_send_notice(struct ike *k, const struct ike_datagram *d, const struct ike_header *h,
                     uint16_t notify, const void *data, size_t n);
void ike_describe(struct ike_news *news, const struct ike_payloads *list);

/* What INVALID_KE_PAYLOAD asks for; DH_NONE: nothing that can be. */
uint16_t ike_asked_group(const struct ike_notify *n);

/* Puts of a notification alone. */
void ike_put_status(struct ike_writer *w, uint16_t type, const void *data, size_t n);
/* Ni or Nr; false: there is none, or it is shorter than half a key of the PRF (2.10). */
bool ike_take_nonce(const struct ike_message *m, uint16_t prf, struct ike_nonce *out);
/* The first notification of that type; false: none. */
bool ike_find_notify(const struct ike_payloads *list, uint16_t type, struct ike_notify *out);
/* The first that is an error; 0: none. */
uint16_t ike_find_error(const struct ike_payloads *list, struct ike_notify *out);

/* ---- init.c, cookie.c ------------------------------------------------------------------------ */
void ike_init_begin(struct ike_sa *sa, sim_time now);
void ike_init_moved(struct ike_sa *sa, sim_time now);
void ike_init_requested(struct ike *k, const struct ike_message *m);
void ike_init_answered(struct ike_sa *sa, struct ike_request *r, const struct ike_message *m);
/* Whether `m` has a cookie that was given; else one was answered. */
bool ike_cookie_good(struct ike *k, const struct ike_message *m, const struct ike_payload *ni);

/* ---- nat.c ----------------------------------------------------------------------------------- */
void ike_put_nat(struct ike_writer *w, uint64_t spi_i, uint64_t spi_r, const struct ike_path *path);
void ike_see_nat(struct ike_sa *sa, const struct ike_message *m);
void ike_follow(struct ike_sa *sa, const struct ike_path *from, sim_time now);
void ike_keep_alive_from(struct ike_sa *sa, sim_time now); /* where a NAT is in front */
void ike_keep_alive(struct ike_sa *sa, sim_time now);      /* an octet, or later */

/* ---- auth.c ---------------------------------------------------------------------------------- */
void ike_auth_begin(struct ike_sa *sa, sim_time now);
void ike_auth_requested(struct ike_sa *sa, const struct ike_message *m);
void ike_auth_answered(struct ike_sa *sa, struct ike_request *r, const struct ike_message *m);
struct ike_peer *ike_peer_by_identity(const struct ike *k, const struct ike_id *id);
bool ike_identity_is(const struct ike_identity *a, const struct ike_id *b);
/* AUTH of this node into `w`; false: it cannot. */
bool ike_put_auth(struct ike_sa *sa, struct ike_writer *w);
/* Of the peer, with its identity. */
bool ike_auth_good(struct ike_sa *sa, const struct ike_message *m, const struct ike_id *id,
                   enum sign_verdict *verdict);
void ike_put_identity(struct ike_writer *w, uint8_t payload, const struct ike_identity *id);
void ike_put_certs(struct ike_sa *sa, struct ike_writer *w);

/* ---- configure.c ----------------------------------------------------------------------------- */
void ike_put_cp_request(struct ike_sa *sa, struct ike_writer *w);
/* Answers a request, if there is one; false: there is no address (INTERNAL_ADDRESS_FAILURE). */
bool ike_put_cp_reply(struct ike_sa *sa, const struct ike_message *m, struct ike_writer *w);
/* `first`: asked for with IKE_AUTH, NULL. */
void ike_take_cp_reply(struct ike_sa *sa, const struct ike_message *m, struct ike_child *first);
/* A policy's selectors lack the address, which is still to come. */
bool ike_waits_for_address(const struct ike_sa *sa, unsigned policy);
/* Responder: a single address of the home prefix that nobody else has is this peer's. */
void ike_claim_address(struct ike_sa *sa, const struct ike_ts *peer);
void ike_lease_share(const struct ike_sa *from, struct ike_sa *to);
void ike_lease_end(struct ike_sa *sa);

/* ---- offer.c --------------------------------------------------------------------------------- */
void ike_offer_ike(const struct ike_peer_config *how, uint64_t spi, unsigned spi_bytes,
                   struct ike_sa_payload *out);
void ike_offer_esp(const struct ike_peer_config *how, uint32_t spi, bool with_group,
                   struct ike_sa_payload *out);
/* Whether they are counted from 1 (3.3.1). */
bool ike_counted(const struct ike_sa_payload *in);
/* Of the IKE SA, one proposal that fits an offer of `how`. `chosen` is the answer. */
bool ike_fits(const struct ike_peer_config *how, const struct ike_proposal *p,
              struct ike_suite *suite, struct ike_proposal *chosen);
/* The first proposal that fits an offer of `how`; false: none. `chosen` is the answer. */
bool ike_choose_ike(const struct ike_peer_config *how, const struct ike_sa_payload *in,
                    struct ike_suite *suite, struct ike_proposal *chosen);
bool ike_choose_esp(const struct ike_peer_config *how, const struct ike_sa_payload *in,
                    bool with_group, struct ike_esp_offer *offer, struct ike_proposal *chosen);

/* ---- narrow.c -------------------------------------------------------------------------------- */
struct ike_ts ike_policy_local(const struct ike_sa *sa, const struct ike_policy *p);
struct ike_ts ike_policy_remote(const struct ike_sa *sa, const struct ike_policy *p);
/* What the peer wants, and a policy for it. */
struct ike_wanted {
    struct ike_ts peer; /* TSi */
    struct ike_ts own;
    bool transport;
    unsigned policy;
    struct ike_ts remote; /* narrowed */
    struct ike_ts local;
};
/* The selectors that can be known; false: the payload is wrong, or there is none. */
bool ike_take_ts(const struct ike_payload *p, struct ike_ts *out);
/* A request for a Child SA; false: what it must have is wrong. */
bool ike_read_wanted(const struct ike_message *m, struct ike_wanted *want,
                     struct ike_sa_payload *sa);
bool ike_child_readable(const struct ike_message *m); /* likewise */
/* 0, or what refuses it. */
uint16_t ike_find_policy(const struct ike_sa *sa, struct ike_wanted *want);
/* What both want; the first of each is the first of `wanted`, if it can be. False: nothing. */
bool ike_narrow(const struct ike_ts *wanted, const struct ike_ts *policy, struct ike_ts *out);
bool ike_ts_within(const struct ike_ts *inner, const struct ike_ts *outer);
bool ike_ts_equal(const struct ike_ts *a, const struct ike_ts *b);

/* ---- child.c, create.c ----------------------------------------------------------------------- */
struct ike_child *ike_child_begin(struct ike_sa *sa, unsigned policy, unsigned number);
struct ike_child *ike_child_heir(const struct ike_child *c); /* NULL */
struct ike_child *ike_child_find(const struct ike *k, uint32_t spi_in);
void ike_note_early(struct ike_sa *sa, uint32_t spi_out); /* deleted before its answer came */
struct ike_child *ike_child_by_out(const struct ike_sa *sa, uint32_t spi_out);
struct ike_child *ike_child_of(const struct ike_sa *sa, unsigned policy, unsigned number);
/* Payloads of an initiator: USE_TRANSPORT_MODE, SA, [Ni, KE], TSi, TSr. */
void ike_put_child(struct ike_child *c, struct ike_writer *w, const struct ike_nonce *ni,
                   const struct dh *dh, const struct ike_child *old);
/* What a responder makes of a request for a Child SA; 0, or the notification that refuses it.
 * `old`: rekeyed. The answer's payloads go into `w`. */
uint16_t ike_child_answer(struct ike_sa *sa, const struct ike_message *m, struct ike_writer *w,
                          struct ike_child *old, const struct ike_nonce *ni, struct ike_nonce *nr,
                          struct ike_child **made, uint16_t *group);
/* What an initiator makes of the answer; 0, or why it cannot be. */
uint16_t ike_child_complete(struct ike_child *c, const struct ike_message *m,
                            const struct ike_nonce *ni, const struct ike_nonce *nr,
                            const struct dh *dh, const struct ike_child *old);
void ike_child_install(struct ike_child *c, bool sends, struct ike_child *before);
void ike_child_replace(struct ike_child *old, struct ike_child *heir);
void ike_child_tell_end(struct ike_child *c, enum ike_how how); /* once */
void ike_child_end(struct ike_child *c, enum ike_how how, sim_time now);
void ike_child_stop(struct ike_child *c, enum ike_how how); /* nothing of it lingers */
void ike_child_forget(struct ike_child *c);
/* Own Delete, when the window lets it. */
void ike_child_delete_later(struct ike_child *c, enum ike_how how);
void ike_child_disown(struct ike_child *c); /* the peer has it, and is to delete it */
void ike_child_refused(struct ike_sa *sa, unsigned policy, unsigned number, enum ike_how how,
                       uint16_t notify);
unsigned ike_child_count(const struct ike_sa *sa);
bool ike_create_begin(struct ike_sa *sa, struct ike_request *r, sim_time now);
void ike_create_requested(struct ike_sa *sa, const struct ike_message *m);
void ike_create_answered(struct ike_sa *sa, struct ike_request *r, const struct ike_message *m);

/* ---- rekey.c --------------------------------------------------------------------------------- */
bool ike_rekey_begin(struct ike_sa *sa, struct ike_request *r, sim_time now);
void ike_rekey_requested(struct ike_sa *sa, const struct ike_message *m);
void ike_rekey_answered(struct ike_sa *sa, struct ike_request *r, const struct ike_message *m);
void ike_sa_inherit(struct ike_sa *old, struct ike_sa *heir, sim_time now);
/* The other side's new IKE SA, while an own one is asked for, too; NULL: none. */
struct ike_sa *ike_rival_of(struct ike_sa *sa);
/* The peer speaks on a rival: it has chosen it. */
void ike_rival_wins(struct ike_sa *rival, sim_time now);
struct ike_nonce ike_lowest(const struct ike_nonce *a, const struct ike_nonce *b);
/* Of the lowest of two exchanges: which of them goes (2.8.1). */
bool ike_below(const struct ike_nonce *a, const struct ike_nonce *b);

/* ---- inform.c, mobike.c ---------------------------------------------------------------------- */
bool ike_inform_begin(struct ike_sa *sa, struct ike_request *r, sim_time now);
void ike_inform_requested(struct ike_sa *sa, const struct ike_message *m);
void ike_inform_answered(struct ike_sa *sa, struct ike_request *r, const struct ike_message *m);
void ike_put_mobike(struct ike_sa *sa, struct ike_request *r, struct ike_writer *w);
void ike_take_address(struct ike_sa *sa, sim_time now); /* the pending one: the owner wants it */
/* Notifications of RFC 4555 in a request; their answers into `w`. 0, or what refuses them. */
uint16_t ike_mobike_requested(struct ike_sa *sa, const struct ike_message *m, struct ike_writer *w);
void ike_mobike_answered(struct ike_sa *sa, struct ike_request *r, const struct ike_message *m);

#endif
