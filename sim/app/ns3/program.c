/* monami-ns3: what of the program goes with ns-3. Figures and statistics do not: their library is
 * GPL-3.0-or-later, and ns-3 GPL-2.0-only; `monami` makes them of what this program writes. */
#include "sim/app/cli.h"
#include "sim/app/engine.h"
#include "sim/ns3/engine.h"

const struct world_engine *engine_here(void)
{
    return ns3_engine();
}

const struct cli_command *const cli_commands[] = {&command_one, &command_version, NULL};
