/*
 * service.h - packets in the processor of their node: where ESP seals or opens one, it waits for
 * its turn, is worked on, and goes on as if nothing had been in between.
 *
 * They are served with everything else that the processor does, first come first served (cpu.h).
 * What changes an SA (its sequence number, its window, its counters) happens when the service
 * begins, by the SAs of that moment; the packet goes on, or dies for what was found, when it ends.
 * A tunnel ends where it does then: its SA may have moved meanwhile.
 * A packet that refers to no SA, comes again or is too old costs nothing.  No more wait than the
 * ring holds: what comes then is dropped before it has a sequence number.
 *
 * What the node knows of a packet beside it (where it arrived, what protected it, which tunnel it
 * came out of, which injection it is to suffer) goes with it and is there again when it goes on.
 */
#ifndef MODELS_NODE_SERVICE_H
#define MODELS_NODE_SERVICE_H

#include "models/node/cpu.h"
#include "models/node/node.h"

struct sealing;

/* Gives n, before anything happens, a processor; `profile` is borrowed. */
void service_init(struct node *n, const struct cpu_config *how, const struct cpu_profile *profile);

/* protect_out.c, of what must be sealed. Takes p. */
void service_seal(struct node *n, struct pkt *p, const struct sealing *s);

/* path_in.c, of what has arrived on i, is whole, and has ESP. Takes p. */
void service_open(struct iface *i, struct pkt *p, bool came_cut);

/* Gives packets back: the run is over. */
void service_release(struct node *n);

#endif
