/* A program with only its own clock; monami-ns3 has another of this file's function. */
#include "sim/app/engine.h"

const struct world_engine *engine_here(void)
{
    return NULL;
}
