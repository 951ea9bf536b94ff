/*
 * wake.h - a world whose clock another simulator moves: what sim/core/foreign.h is inside, in terms
 * of monami.h.
 *
 * One event of the other simulator stands for all of the world's: it is planned for monami_next().
 * When it comes it plans itself once more, for the end of that instant, so that frames which ns-3
 * delivers at an instant come before timers of that instant.  Every call from outside stands
 * between Enter() and Leave(); they may be nested.  Not of ns-3, and so tested without it.
 *
 * Units: ns since the world was built.
 */
#ifndef SIM_NS3_HELPER_WAKE_H
#define SIM_NS3_HELPER_WAKE_H

#include <cstdint>
#include <monami.h>

namespace monami_ns3
{

/* What the other simulator does. Its events of one instant run in the order of planning. */
class Outside
{
  public:
    virtual ~Outside() = default;
    virtual int64_t Now() const = 0;
    /* Call Wake(number) after `delay`, which is not negative. Never taken back. */
    virtual void Plan(int64_t delay, uint64_t number) = 0;
};

class Waker
{
  public:
    /* Both are the caller's, and outlive this; the world has been built. */
    Waker(struct monami *m, Outside *outside) : m_world(m), m_outside(outside) {}

    void Begin(); /* from now on the world is woken */
    void Wake(uint64_t number);
    void Enter();
    void Leave();
    /* The run is over: what was due has happened, and nothing moves the clock any more. */
    void End();
    /* It has begun and is not over, nor past the scenario's end: what comes from outside counts. */
    bool IsAlive() const
    {
        return m_begun && !m_ended && m_outside->Now() <= monami_stop(m_world);
    }

  private:
    void PlanAt(int64_t at, bool last);
    void PlanNext();

    struct monami *m_world;
    Outside *m_outside;
    int64_t m_at = MONAMI_NEVER; /* when the wake that counts comes */
    uint64_t m_number = 0;       /* of it; others are passed over */
    bool m_last = false;         /* it comes at the end of its instant */
    bool m_begun = false;
    bool m_ended = false;
    unsigned m_depth = 0;
};

/* What a callback does stands in the life of one of these. */
class Within
{
  public:
    explicit Within(Waker *w) : m_waker(w)
    {
        m_waker->Enter();
    }
    ~Within()
    {
        m_waker->Leave();
    }
    Within(const Within &) = delete;
    Within &operator=(const Within &) = delete;

  private:
    Waker *m_waker;
};

} // namespace monami_ns3

#endif
