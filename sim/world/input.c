#include "sim/world/input.h"

#include "sim/world/scenario.h"

const char *const input_formats[] = {
    [REPLAY_MONAMI] = "monami",
    [REPLAY_PAM2025] = "pam2025",
    [REPLAY_MAHIMAHI] = "mahimahi",
    [REPLAY_PING] = "ping",
    [REPLAY_FORMATS - 1 + MOVEMENT_SETDEST] = "setdest",
    [REPLAY_FORMATS - 1 + MOVEMENT_SUMO] = "sumo",
    [REPLAY_FORMATS - 1 + MOVEMENT_BONNMOTION] = "bonnmotion",
    NULL,
};

struct replay_source input_replay(const struct input_config *in, const char *carrier, int way)
{
    return (struct replay_source){.path = way ? in->up : in->file,
                                  .format = (enum replay_format)in->format,
                                  .carrier = carrier,
                                  .interval = in->interval,
                                  .skip = in->skip};
}

bool input_is_of_links(const struct input_config *in)
{
    return in->format < REPLAY_FORMATS;
}

bool input_is_of_nodes(const struct input_config *in)
{
    return in->format == REPLAY_MONAMI || in->format >= REPLAY_FORMATS;
}

struct movement_source input_movement(const struct input_config *in)
{
    int format = in->format == REPLAY_MONAMI ? MOVEMENT_MONAMI : in->format - REPLAY_FORMATS + 1;
    return (struct movement_source){
        .path = in->file, .format = (enum movement_format)format, .origin = in->origin};
}
