#include "sim/ns3/helper/wake.h"

#include <algorithm>

namespace monami_ns3
{

void Waker::PlanAt(int64_t at, bool last)
{
    m_at = at;
    m_last = last;
    m_outside->Plan(at - m_outside->Now(), ++m_number);
}

/* Nothing of a scenario happens after its end. */
void Waker::PlanNext()
{
    int64_t next = std::max(monami_next(m_world), m_outside->Now());
    if (IsAlive() && next < m_at && next <= monami_stop(m_world))
        PlanAt(next, false);
}

void Waker::Begin()
{
    m_begun = true;
    PlanNext();
}

void Waker::Wake(uint64_t number)
{
    if (number != m_number || !IsAlive())
        return;
    int64_t now = m_outside->Now();
    if (!m_last) {
        PlanAt(now, true);
        return;
    }
    m_at = MONAMI_NEVER;
    m_depth++;
    (void)monami_run_until(m_world, now);
    m_depth--;
    PlanNext();
}

/* After the scenario's end the world stays as it was then. */
void Waker::Enter()
{
    if (m_depth++ == 0 && IsAlive())
        (void)monami_reach(m_world, m_outside->Now());
}

void Waker::Leave()
{
    if (--m_depth == 0)
        PlanNext();
}

/* The other simulator may have stopped before the last wake of its last instant. */
void Waker::End()
{
    int64_t stop = monami_stop(m_world);
    if (m_begun && !m_ended && m_outside->Now() >= stop) {
        m_depth++;
        (void)monami_run_until(m_world, stop);
        m_depth--;
    } else if (m_begun && !m_ended) {
        (void)monami_reach(m_world, m_outside->Now());
    }
    m_ended = true;
}

} // namespace monami_ns3
