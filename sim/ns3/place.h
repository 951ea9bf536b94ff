/*
 * place.h - where something of ns-3 is, and when: straight and evenly from place to place; one
 * place: it stands there.
 */
#ifndef SIM_NS3_PLACE_H
#define SIM_NS3_PLACE_H

#include <stdint.h>

struct ns3_place {
    uint64_t t; /* ns */
    double x;   /* m */
    double y;
};

#endif
