#include "sim/link/loss.h"

#define AT(member) offsetof(struct loss_config, member)

static const struct key gilbert_elliott_keys[] = {
    {"p", KEY_SHARE, AT(gilbert_elliott.p) - AT(gilbert_elliott), NULL,
     "from good to bad, per packet"},
    {"r", KEY_SHARE, AT(gilbert_elliott.r) - AT(gilbert_elliott), NULL,
     "from bad to good, per packet"},
    {"good", KEY_SHARE, AT(gilbert_elliott.good) - AT(gilbert_elliott), "0 %",
     "loss in the good state"},
    {"bad", KEY_SHARE, AT(gilbert_elliott.bad) - AT(gilbert_elliott), "100 %",
     "loss in the bad state"},
    {.name = NULL},
};

const struct key loss_keys[] = {
    {"bernoulli", KEY_SHARE, AT(bernoulli), "0 %", "each packet is lost with this probability"},
    {"gilbert_elliott", KEY_TABLE, AT(gilbert_elliott), "",
     "bursts of loss, by a chain of two states", .keys = gilbert_elliott_keys,
     .given_at = KEY_GIVEN(struct loss_config, gilbert_elliott.given)},
    {.name = NULL},
};

bool loss_next(struct loss *loss)
{
    const struct loss_config *how = &loss->how;
    if (how->bernoulli && rng_happens(&loss->rng, how->bernoulli))
        return true;
    if (!how->gilbert_elliott.given)
        return false;
    bool turns =
        rng_happens(&loss->rng, loss->is_bad ? how->gilbert_elliott.r : how->gilbert_elliott.p);
    loss->is_bad ^= turns;
    uint32_t share = loss->is_bad ? how->gilbert_elliott.bad : how->gilbert_elliott.good;
    return rng_happens(&loss->rng, share);
}
