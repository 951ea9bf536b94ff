/*
 * pcapng.h - frames as a file that Wireshark opens (draft-ietf-opsawg-pcapng): an interface
 * block a port with its name, nanosecond stamps, the direction, and a comment where a packet has
 * a name, was dropped or was injected.
 */
#ifndef TRACES_PCAPNG_H
#define TRACES_PCAPNG_H

#include <stdio.h>

#include "sim/core/tap.h"
#include "traces/trace.h"

struct count;
struct pcapng; /* opaque: one file */

/* A file for the ports of `node`, or of all nodes if `node` is UINT32_MAX. `count` knows what ESP
 * holds. */
MUST_CHECK enum status pcapng_open(struct pcapng **file, const char *path,
                                   const struct trace_setup *setup, const struct count *count,
                                   uint32_t node, struct why *w);
void pcapng_frame(struct pcapng *file, const struct tap_frame *f);
/* The packet that came last was dropped by its node: said in its comment. */
void pcapng_drop(struct pcapng *file, const struct tap_drop *d);
MUST_CHECK enum status pcapng_close(struct pcapng *file, struct why *w);

#endif
