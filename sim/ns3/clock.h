/*
 * clock.h - ns-3's simulator as a clock: a plain C face of it (ns-3 3.37).
 *
 * ns-3's simulator is global: one run, one process.  No exception leaves a function of this folder:
 * it answers false, and the sentence is in `why`.  Where ns-3 ends the program itself, which it
 * does on bad text and on its own bugs, the handler that ns3_clock_begin() sets prints one sentence
 * and ends it with exit code 1.
 */
#ifndef SIM_NS3_CLOCK_H
#define SIM_NS3_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ns3_why {
    char text[240];
};

/* Before anything is made: both are of its random streams; `seed` is not 0 and below 4294944443. */
void ns3_clock_begin(uint32_t seed, uint64_t run);

/* What it would be that ns-3 ends the program for: stands before its sentence. NULL: nothing of
 * one's own. Lent until the next. */
void ns3_clock_doing(const char *what);

int64_t ns3_clock_now(void); /* ns */

/* Calls fn(owner, number) after `delay` ns, behind what is planned for that instant already. */
bool ns3_clock_wake(int64_t delay, void (*fn)(void *owner, uint64_t number), void *owner,
                    uint64_t number, struct ns3_why *why);

bool ns3_clock_run(struct ns3_why *why); /* until halted, or nothing is planned */
void ns3_clock_halt(void);               /* the event now running is the last */
void ns3_clock_end(void);                /* all of ns-3's objects go; none of ours is called */

#ifdef __cplusplus
/* Only within catch (...): what was thrown. Answers false. */
bool ns3_caught(struct ns3_why *why);
}
#endif

#endif
