/*
 * world.h - what a MonamiWorld consists of, for the two files that make it.
 */
#ifndef SIM_NS3_HELPER_WORLD_H
#define SIM_NS3_HELPER_WORLD_H

#include "sim/ns3/helper/bindings.h"
#include "sim/ns3/helper/net_device.h"
#include "sim/ns3/helper/ns3_helper.h"

namespace ns3
{

/* ns-3's simulator moves the clock. Its events share the ownership. */
struct MonamiWorld::Parts : public monami_ns3::Outside,
                            public std::enable_shared_from_this<MonamiWorld::Parts> {
    explicit Parts(int64_t bound);
    ~Parts() override;
    Parts(const Parts &) = delete;
    Parts &operator=(const Parts &) = delete;

    int64_t Now() const override;
    void Plan(int64_t delay, uint64_t number) override;

    void Start();      /* the first event of the run */
    void PlanExpiry(); /* after whatever may have sent */
    void End();        /* ns-3 is not listened to any more */

    MonamiWorld *world = nullptr; /* null: it has gone */
    struct monami *m;
    monami_ns3::Waker waker;
    monami_ns3::Carrier carrier;
    monami_ns3::Bindings bindings;
    std::vector<std::shared_ptr<MonamiNetDevice>> device;
    std::map<std::string, Ptr<Node>> node;
    int64_t start = 0; /* of the simulator, when the world was built */
    bool expiry = false;
    bool finished = false;
    bool unwritten = false; /* finishing failed */
};

} // namespace ns3

#endif
