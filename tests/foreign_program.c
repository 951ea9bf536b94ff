/* monami-ns3 without ns-3: the same program with the small simulator of foreign_engine.h, so that
 * what starts it can be tested anywhere. MONAMI_FOREIGN says what it does wrong. */
#include <signal.h>
#include <stdio.h>

#include "sim/app/cli.h"
#include "sim/app/engine.h"

#include "tests/foreign_engine.h"

static struct fe fe;

static bool shall(const char *what)
{
    const char *asked = getenv("MONAMI_FOREIGN");
    return asked && !strcmp(asked, what);
}

static void die_at_work(struct fe *f, void *owner, uint64_t number)
{
    (void)f;
    (void)owner;
    (void)raise(number ? SIGKILL : SIGTERM);
}

static struct foreign *begin(void *self, struct world *w)
{
    if (shall("refuse")) {
        (void)fputs("msg=\"20 parsecs is no Time\", file=nstime.cc, line=7\nterminate called\n",
                    stderr);
        abort();
    }
    fe.faults.late = shall("late") ? 1 : 0;
    if (shall("die"))
        fe_plan(&fe, SIM_S, die_at_work, NULL, 1);
    if (shall("stop"))
        fe_plan(&fe, SIM_S, die_at_work, NULL, 0);
    return fe_begin(self, w);
}

static void end(void *self)
{
    fe_release(self);
}

const struct world_engine *engine_here(void)
{
    static const struct world_engine engine = {"ns3", "a small one", begin, end, &fe};
    return &engine;
}

const struct cli_command *const cli_commands[] = {&command_one, &command_version, NULL};
