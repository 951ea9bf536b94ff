/*
 * errors.h - ICMPv6 errors that a node receives, brought to whoever needs them: the path MTU
 * (RFC 8201), the entry of a tunnel (RFC 2473 8), a mobile node (RFC 6275 11.3.5).
 */
#ifndef MODELS_NODE_ERRORS_H
#define MODELS_NODE_ERRORS_H

#include "models/node/node.h"

/* A message of type 0 to 127, its checksum right, that stands at `at`: takes p. */
void errors_in(struct node *n, struct pkt *p, size_t at);

#endif
