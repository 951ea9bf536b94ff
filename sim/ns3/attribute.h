/*
 * attribute.h - ns-3's attributes by name: "ns3::YansWifiPhy::TxPowerStart" and a value as text.
 *
 * What ns-3 refuses properly is a sentence here.  Its value parsers end the program on some texts
 * ("20 ms" with a blank, "abc" as a time, a name of no type within a value), also in the functions
 * that say that they do not; so a scenario's attributes are tried in a child first, whose last
 * words become the sentence (sim/app/engine.h).
 */
#ifndef SIM_NS3_ATTRIBUTE_H
#define SIM_NS3_ATTRIBUTE_H

#include "sim/ns3/clock.h"

#ifdef __cplusplus
extern "C" {
#endif

/* From now on every object of that type is made with it. `name` is of the type itself or of a child
 * of the type that has the attribute. */
bool ns3_attribute_default(const char *name, const char *value, struct ns3_why *why);

/* And no longer: as ns-3 has it. */
bool ns3_attribute_restore(const char *name, struct ns3_why *why);

#ifdef __cplusplus
}
#endif

#endif
