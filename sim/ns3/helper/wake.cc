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
    if (HasBegun() && next < m_at && next <= monami_stop(m_world))
        PlanAt(next, false);
}

void Waker::Begin()
{
    m_begun = true;
    PlanNext();
}

void Waker::Wake(uint64_t number)
{
    if (number != m_number || !HasBegun())
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
    if (m_depth++ || !HasBegun())
        return;
    (void)monami_reach(m_world, std::min(m_outside->Now(), monami_stop(m_world)));
}

void Waker::Leave()
{
    if (--m_depth == 0)
        PlanNext();
}

} // namespace monami_ns3
