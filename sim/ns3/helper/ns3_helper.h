/*
 * ns3_helper.h - monami's mobile nodes, home agents and correspondents on ns-3 nodes and devices of
 * yours; installed as <monami/ns3-helper.h>, for ns-3 3.37 and C++17.  docs/ns3-users.md leads
 * through it.
 *
 *     MonamiHelper monami("walk.yaml");
 *     monami.BindNetwork("west", accessPoint);   // that network's frames go over devices of yours
 *     monami.Bind("car.wlan0", station);
 *     Ptr<MonamiWorld> world = monami.Build();
 *     world->TraceConnectWithoutContext("Handover", MakeCallback(&Print));
 *     Simulator::Run();
 *
 * Nodes and their protocols are monami's, links and movement ns-3's.  What is bound belongs to
 * monami alone: an internet stack of ns-3's on the same device gets nothing from it.
 *
 * Errors: what is wrong with a scenario or with what is bound to it ends the program by
 * NS_FATAL_ERROR, as with ns-3's own helpers; TryBuild() tells it instead.  Nothing here installs a
 * handler for terminate or for signals, and no output of yours is redirected.
 *
 * Ownership: the world is alive as long as a Ptr of it, and until Simulator::Destroy(), which ends
 * it if Finish() has not.  It holds Ptrs of the devices until then.
 *
 * Units: ns3::Time; the world's time 0 is that of Build().  Threads: ns-3's one.
 */
#ifndef MONAMI_NS3_HELPER_H
#define MONAMI_NS3_HELPER_H

#include <map>
#include <memory>
#include <monami.h>
#include <ns3/net-device.h>
#include <ns3/node.h>
#include <ns3/nstime.h>
#include <ns3/object.h>
#include <ns3/traced-callback.h>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{

/* Something a node did or saw. `raw` and all texts live as long as the call. */
struct MonamiEvent {
    Time time;
    const char *node;
    const char *name;  /* "mip6.ba_received"; docs/reference.md has all */
    Ptr<Node> ns3Node; /* null: the node has not been installed */
    const monami_event &raw;

    const char *Text(const char *field) const; /* "" where there is none */
    int64_t Number(const char *field) const;   /* 0 where there is none; a time in ns */
};

/* A packet of a flow was sent or received, or is lost. */
struct MonamiPacket {
    Time time;
    const char *flow;
    monami_packet_what what; /* MONAMI_PACKET_SENT, _RECEIVED, _LOST */
    bool down;               /* from the second end of the flow to the first */
    uint64_t sequence;
    unsigned copy; /* 0, unless it was sent on several paths */
    Time sent;
    const char *reason; /* of a loss; else "" */
};

/* A binding was acknowledged with a care-of address that it did not have. */
struct MonamiHandover {
    Time time;
    const char *node;
    const char *interface;
    const char *homeAddress;
    const char *careOfAddress;
    int64_t bid;      /* of several care-of addresses at once, RFC 5648 */
    bool first;       /* there was no binding of that number before */
    Time sinceLinkUp; /* the IP part of it; -1 s: the link was there from the start */
    Ptr<Node> ns3Node;
};

/* What has become of frames that went into ns-3. */
struct MonamiFrames {
    uint64_t sent;      /* given to devices */
    uint64_t arrived;   /* at ports that took them */
    uint64_t refused;   /* by devices: no room */
    uint64_t dropped;   /* devices said so */
    uint64_t overdue;   /* nobody told within the bound: lost */
    uint64_t late;      /* came after that, and were left out */
    uint64_t strangers; /* came from nodes that are none of monami's */
    uint64_t out;       /* inside now */
};

/*
 * Trace sources: "Event" (const MonamiEvent &), "Packet" (const MonamiPacket &), "Handover" (const
 * MonamiHandover &).
 */
class MonamiWorld : public Object
{
  public:
    static TypeId GetTypeId();
    MonamiWorld();
    ~MonamiWorld() override;

    /* The run is over: what is recorded is written, and what ns-3 still does means nothing here.
     * False: files could not be written, and Why() says why. A second call does nothing. */
    bool Finish();
    std::string Why() const;

    /* By now: "mip6.bu_sent", "packets.lost"; monami.h has all. 0 where there is none. */
    uint64_t Counter(const std::string &name) const;
    MonamiFrames Frames() const;
    /* For all else that <monami.h> can ask. Do not move its clock. */
    struct monami *Get() const;

    typedef void (*EventTracedCallback)(const MonamiEvent &event);
    typedef void (*PacketTracedCallback)(const MonamiPacket &packet);
    typedef void (*HandoverTracedCallback)(const MonamiHandover &handover);

    struct Parts; /* ours */

  protected:
    void DoDispose() override;

  private:
    friend class MonamiHelper;
    static void SeeEvent(void *owner, const struct monami_event *e);
    static void SeePacket(void *owner, const struct monami_packet *p);

    std::shared_ptr<Parts> m_parts; /* callbacks inside ns-3 hold it, too */
    TracedCallback<const MonamiEvent &> m_event;
    TracedCallback<const MonamiPacket &> m_packet;
    TracedCallback<const MonamiHandover &> m_handover;
};

class MonamiHelper
{
  public:
    explicit MonamiHelper(const std::string &scenarioFile);
    /* The scenario as a text, which complaints call `name`. */
    static MonamiHelper FromText(const std::string &text, const std::string &name = "scenario");

    /* One key over what the scenario says: Set("general.stop", "60 s"). */
    void Set(const std::string &key, const std::string &value);
    /* Otherwise RngSeedManager's seed and run are monami's, too. */
    void SetSeed(int64_t seed, int64_t replication);
    /* As `monami run -o folder` would leave it. */
    void Record(const std::string &folder);
    /* After that a frame of which nothing was heard is lost; 5 s. Not all devices tell. */
    void SetTicketBound(Time bound);

    /* The scenario's node is that one of yours: what traces say, and Bind() checks. A node that has
     * something bound is installed by that. */
    void Install(const std::string &name, Ptr<Node> node);

    /* The frames of that network of the scenario go over devices of yours; this one is its
     * router's, for all hosts of it. The device is on a node already. */
    void BindNetwork(const std::string &network, Ptr<NetDevice> routerDevice);
    /* "car.wlan0": node and interface. One for each host's interface on such a network. */
    void Bind(const std::string &interface, Ptr<NetDevice> device);
    /* A device in between, such as an access point that only bridges: what it drops is lost. */
    void Watch(Ptr<NetDevice> device);

    /* Before Simulator::Run(). It may be called again for another world. */
    Ptr<MonamiWorld> Build();
    Ptr<MonamiWorld> TryBuild(std::string *why); /* null: `*why`, maybe of several lines */

  private:
    struct Settings {
        std::string file, name, text;
        std::vector<std::pair<std::string, std::string>> set;
        bool seeded = false;
        int64_t seed = 1, replication = 0;
        std::string folder;
        Time bound;
        std::map<std::string, Ptr<Node>> node;
        std::vector<std::pair<std::string, Ptr<NetDevice>>> network, host;
        std::vector<Ptr<NetDevice>> watched;
    };
    MonamiHelper();
    bool Give(MonamiWorld *world, std::string *why) const;
    Settings m_settings;
};

} // namespace ns3

#endif
