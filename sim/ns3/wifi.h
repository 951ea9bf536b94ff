/*
 * wifi.h - an access point and stations of IEEE 802.11, ns-3's ns3::WifiNetDevice over the Yans
 * physical layer (ns-3 3.37): log-distance loss, speed-of-light delay, one radio channel object for
 * all networks of a run.
 *
 * A station finds the access point of its SSID by its beacons, associates, and stays until ten of
 * them fail.  A frame is acknowledged and sent again, seven times; it is lost then, or when it is
 * older than the queue keeps it.  Of what is lost in a way that ns-3 tells nobody, nothing is
 * heard.
 */
#ifndef SIM_NS3_WIFI_H
#define SIM_NS3_WIFI_H

#include "sim/ns3/device.h"
#include "sim/ns3/place.h"

#ifdef __cplusplus
extern "C" {
#endif

enum ns3_wifi_standard { NS3_WIFI_A, NS3_WIFI_N, NS3_WIFI_AC, NS3_WIFI_AX };

struct ns3_wifi_config {
    const char *ssid; /* at most 32 bytes count */
    enum ns3_wifi_standard standard;
    unsigned channel; /* of 20 MHz, in the band of 5 GHz */
};

struct ns3_wifi_member {
    bool access_point;
    const struct ns3_place *place; /* in order of time; one: it stands there */
    size_t places;                 /* above 0 */
    int64_t streams;               /* the first of its random ones; the next 15 are its, too */
};

/* NULL: `why` says it. */
struct ns3_device *ns3_wifi_join(const struct ns3_wifi_config *how,
                                 const struct ns3_wifi_member *member,
                                 const struct ns3_device_events *events, struct ns3_why *why);

#ifdef __cplusplus
}
#endif

#endif
