#include "sim/app/input.h"

#include "sim/app/scenario.h"

const char *const input_formats[] = {
    [REPLAY_MONAMI] = "monami",
    [REPLAY_PAM2025] = "pam2025",
    [REPLAY_MAHIMAHI] = "mahimahi",
    [REPLAY_PING] = "ping",
    NULL,
};

struct replay_source input_replay(const struct input_config *in, const char *carrier, int way)
{
    return (struct replay_source){.path = way ? in->up : in->file,
                                  .format = (enum replay_format)in->format,
                                  .carrier = carrier,
                                  .interval = in->interval};
}
