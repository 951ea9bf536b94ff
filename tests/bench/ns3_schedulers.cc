/*
 * ns3_schedulers - the hold model of bench_engine.c on ns-3's five schedulers: n events are
 * pending, and each that runs plans itself again after an exponential time with a mean of 1 ms.
 * Prints events a second.  The list of ListScheduler is walked for each insertion: it is measured
 * with fewer.
 */
#include <chrono>
#include <cmath>
#include <cstdio>
#include <ns3/core-module.h>
#include <random>
#include <vector>

using namespace ns3;

enum { DRAWS = 1 << 16 };

static std::vector<uint64_t> draw; /* ns */
static uint64_t ran;

struct held {
    unsigned at;
};

static void hold(struct held *h)
{
    ran++;
    Simulator::Schedule(NanoSeconds(draw[h->at++ % DRAWS]), &hold, h);
}

static double seconds()
{
    using namespace std::chrono;
    return duration<double>(steady_clock::now().time_since_epoch()).count();
}

static void bench(const char *scheduler, size_t n, double events)
{
    ObjectFactory factory;
    factory.SetTypeId(scheduler);
    Simulator::SetScheduler(factory);
    std::vector<struct held> held(n);
    for (size_t k = 0; k < n; k++) {
        held[k].at = static_cast<unsigned>(k * 7919);
        Simulator::Schedule(NanoSeconds(draw[k % DRAWS]), &hold, &held[k]);
    }
    uint64_t mixed = n > 100000 ? 2000000 : 2000000 * 4; /* ns: twice the mean, or more */
    Simulator::Stop(NanoSeconds(mixed));
    Simulator::Run();
    uint64_t span = static_cast<uint64_t>(events / static_cast<double>(n) * 1e6) + 1;
    ran = 0;
    double begun = seconds();
    Simulator::Stop(NanoSeconds(span));
    Simulator::Run();
    double spent = seconds() - begun;
    std::printf("%-28s %8zu pending: %6.2f million events/s (%ju in %.2f s)\n", scheduler, n,
                static_cast<double>(ran) / spent / 1e6, static_cast<uintmax_t>(ran), spent);
    std::fflush(stdout);
    Simulator::Destroy();
}

int main()
{
    static const char *const quick[] = {"ns3::MapScheduler", "ns3::HeapScheduler",
                                        "ns3::CalendarScheduler", "ns3::PriorityQueueScheduler"};
    std::mt19937_64 random(1);
    std::exponential_distribution<double> ms(1e-6); /* per ns */
    for (int k = 0; k < DRAWS; k++)
        draw.push_back(1 + static_cast<uint64_t>(std::floor(ms(random))));
    for (const char *scheduler : quick) {
        bench(scheduler, 100, 4e6);
        bench(scheduler, 10000, 4e6);
        bench(scheduler, 1000000, 4e6);
    }
    bench("ns3::ListScheduler", 100, 4e6);
    bench("ns3::ListScheduler", 10000, 4e4);
    return 0;
}
