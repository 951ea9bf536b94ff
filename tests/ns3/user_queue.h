/*
 * user_queue.h - another simulator, as small as can be, and devices on a medium of it: what ns-3 is
 * to sim/ns3/helper.
 */
#ifndef TESTS_NS3_USER_QUEUE_H
#define TESTS_NS3_USER_QUEUE_H

#include <algorithm>
#include <functional>
#include <map>
#include <memory>

#include "sim/ns3/helper/carry.h"
#include "sim/ns3/helper/wake.h"

namespace user_test
{

using namespace monami_ns3;

/* Events of one instant run in the order of planning. */
class Queue : public Outside
{
  public:
    int64_t now = 0;
    Waker *waker = nullptr;

    int64_t Now() const override
    {
        return now;
    }
    void Plan(int64_t delay, uint64_t number) override
    {
        wakes++;
        backwards += delay < 0;
        After(delay, [this, number] { waker->Wake(number); });
    }
    void After(int64_t delay, std::function<void()> fn)
    {
        m_event.emplace(std::make_pair(now + delay, m_planned++), std::move(fn));
    }
    /* All events that are due before `end`. */
    void Run(int64_t end)
    {
        while (!m_event.empty() && m_event.begin()->first.first < end) {
            auto first = m_event.begin();
            now = first->first.first;
            auto fn = std::move(first->second);
            m_event.erase(first);
            fn();
        }
        now = end;
    }
    uint64_t wakes = 0;
    unsigned backwards = 0;

  private:
    std::map<std::pair<int64_t, uint64_t>, std::function<void()>> m_event;
    uint64_t m_planned = 0;
};

struct Air;

struct FakeDevice : public Device {
    Air *air = nullptr;
    bool up = false;
    bool room = true;
    bool takes = true;  /* Send() says so */
    bool tells = false; /* of a loss, from within Send() */
    Mac mac{};

    bool HasRoom() override
    {
        return room;
    }
    bool Send(uint64_t tag, const uint8_t *payload, size_t n, uint16_t type, Device *to,
              const Mac &mac) override;
    bool IsUp() const override
    {
        return up;
    }
};

/* What is sent reaches the other devices after `delay`, as a medium of ns-3 with addresses would.
 */
struct Air {
    Queue *queue = nullptr;
    Waker *waker = nullptr;
    Carrier *carrier = nullptr;
    int64_t delay = 0;
    std::vector<FakeDevice *> device;
    size_t pads_to = 0;      /* bytes */
    unsigned loses_each = 0; /* one of so many vanishes without a word */
    unsigned says_each = 0;  /* and of so many with a word */
    unsigned copies = 1;     /* of what arrives */
    uint64_t frames = 0, vanished = 0, told = 0;

    void Deliver(FakeDevice *to, uint64_t tag, const std::vector<uint8_t> &bytes, uint16_t type)
    {
        Within within(waker);
        std::copy(bytes.begin(), bytes.end(), carrier->Room(bytes.size()));
        carrier->Arrived(to, tag, bytes.size(), type, Mac{2, 0, 0, 0, 0, 9});
    }
};

inline bool FakeDevice::Send(uint64_t tag, const uint8_t *payload, size_t n, uint16_t type,
                             Device *to, const Mac &)
{
    air->frames++;
    if (tells)
        air->carrier->Dropped(tag, MONAMI_LOST_LINK);
    if (!takes || tells)
        return takes;
    if (air->loses_each && air->frames % air->loses_each == 0) {
        air->vanished++;
        return true;
    }
    if (air->says_each && air->frames % air->says_each == 0) {
        air->told++;
        air->queue->After(air->delay, [this, tag] {
            Within within(air->waker);
            air->carrier->Dropped(tag, MONAMI_LOST_LINK);
        });
        return true;
    }
    std::vector<uint8_t> bytes(payload, payload + n);
    bytes.resize(std::max(n, air->pads_to));
    for (FakeDevice *other : air->device) {
        if (other == this || (to && to != other))
            continue;
        for (unsigned k = 0; k < air->copies; k++)
            air->queue->After(air->delay, [this, other, tag, bytes, type] {
                air->Deliver(other, tag, bytes, type);
            });
    }
    return true;
}

} // namespace user_test

#endif
