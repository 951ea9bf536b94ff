/*
 * esp.h - Encapsulating Security Payload (RFC 4303) of a packet in place: the ESP header goes into
 * the headroom, padding, trailer and check value go behind.
 *
 *     headers [0, at) | SPI | sequence | IV | text, padding 1 2 3 ..., pad length, next | ICV
 *
 * Both work on a packet from offset `at` to its end; at 0 the whole packet is the text, as in
 * tunnel mode.  What stands in front is moved, and nothing in it is changed: payload length and
 * next header fields are the caller's.
 */
#ifndef MODELS_IPSEC_ESP_H
#define MODELS_IPSEC_ESP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/ipsec/sad.h"
#include "sim/base/pkt.h"

enum esp_fault {
    ESP_GOOD,
    ESP_SHORT,     /* no room for header, IV, trailer and ICV, or text of a wrong length */
    ESP_REPLAY,    /* seen before, or sequence number 0 */
    ESP_TOO_OLD,   /* left of the window */
    ESP_ICV,       /* integrity check failed */
    ESP_PADDING,   /* longer than the text, or not 1, 2, 3, ... (RFC 4303 2.4) */
    ESP_DUMMY,     /* next header 59, discarded without a word (2.6) */
    ESP_EXHAUSTED, /* seal: the sequence number would come again (3.3.3) */
};

/* Seals what stands from `at` on; `next` is its protocol. ESP_GOOD or ESP_EXHAUSTED, and then p is
 * as it was. Counts. */
enum esp_fault esp_seal(struct sa *sa, struct pkt *p, size_t at, uint8_t next);

/* Opens what stands from `at` on: afterwards the text stands there, and *next is its protocol.
 * Counts; the window moves once the check value holds (3.4.3), whatever the trailer then says. With
 * a fault p is of no more use than for a count, but its length is as it was. */
enum esp_fault esp_open(struct sa *sa, struct pkt *p, size_t at, uint8_t *next);

/* The SPI of ESP that stands at `bytes`; false: cut short. */
bool esp_spi(const uint8_t *bytes, size_t n, uint32_t *spi);

/* Bytes that sealing adds to `bytes` of text; and the most text for which `room` bytes suffice. */
size_t esp_growth(const struct cipher_suite *s, size_t bytes);
size_t esp_fit(const struct cipher_suite *s, size_t room);

/* Text with padding and trailer, what the algorithms work on, of ESP that takes `bytes` from its
 * header to its check value; 0: it is cut short. */
size_t esp_text_bytes(const struct cipher_suite *s, size_t bytes);

#endif
