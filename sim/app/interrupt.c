#include "sim/app/interrupt.h"

#include <signal.h>
#include <stddef.h>

/* A signal handler has no argument of its own: the one variable of the program. */
static volatile sig_atomic_t noted;

static void note(int signal)
{
    (void)signal;
    noted = 1;
}

void interrupt_watch(void)
{
    struct sigaction how = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
    (void)sigemptyset(&how.sa_mask); /* no SA_RESTART: who waits is woken */
    (void)sigaction(SIGINT, &how, NULL);
    (void)sigaction(SIGTERM, &how, NULL);
}

bool interrupted(void)
{
    return noted;
}
