#include "sim/ns3/attribute.h"

#include <cstdio>
#include <ns3/attribute.h>
#include <ns3/config.h>
#include <ns3/string.h>
#include <ns3/type-id.h>
#include <string>

namespace
{

bool refuse(struct ns3_why *why, const std::string &sentence)
{
    (void)std::snprintf(why->text, sizeof why->text, "%s", sentence.c_str());
    return false;
}

/* "uint32_t 0:4294967295" and such, where ns-3 says so. */
std::string what_it_takes(const ns3::TypeId::AttributeInformation &info)
{
    std::string text = info.checker->GetValueTypeName();
    if (info.checker->HasUnderlyingTypeInformation())
        text += " (" + info.checker->GetUnderlyingTypeInformation() + ")";
    return text;
}

/* Where an attribute is declared: of the type that is named, or of one that it is made from. */
struct declared {
    std::string name; /* with the type that declares it, as Config wants it */
    ns3::TypeId::AttributeInformation info;
};

bool find(const std::string &name, struct declared &found, struct ns3_why *why)
{
    std::size_t colons = name.rfind("::");
    if (colons == std::string::npos || colons == 0)
        return refuse(why, "'" + name + "' is not an attribute such as ns3::WifiMac::Ssid");
    std::string type = name.substr(0, colons);
    std::string attribute = name.substr(colons + 2);
    ns3::TypeId tid;
    if (!ns3::TypeId::LookupByNameFailSafe(type, &tid))
        return refuse(why, "ns-3 has no type '" + type + "', or it is in no module used here");
    for (;;) {
        for (std::size_t k = 0; k < tid.GetAttributeN(); k++) {
            found.info = tid.GetAttribute(k);
            found.name = tid.GetName() + "::" + attribute;
            if (found.info.name == attribute)
                return true;
        }
        if (!tid.HasParent())
            return refuse(why, type + " has no attribute '" + attribute + "'");
        tid = tid.GetParent();
    }
}

bool set_default(const std::string &name, const std::string &value, struct ns3_why *why)
{
    struct declared a;
    if (!find(name, a, why))
        return false;
    if (!a.info.checker->CreateValidValue(ns3::StringValue(value)) ||
        !ns3::Config::SetDefaultFailSafe(a.name, ns3::StringValue(value)))
        return refuse(why, "'" + value + "' is no value of " + name + ": it takes " +
                               what_it_takes(a.info));
    return true;
}

} // namespace

bool ns3_attribute_default(const char *name, const char *value, struct ns3_why *why)
{
    try {
        return set_default(name, value, why);
    } catch (...) {
        return ns3_caught(why);
    }
}

bool ns3_attribute_restore(const char *name, struct ns3_why *why)
{
    try {
        struct declared a;
        if (!find(name, a, why))
            return false;
        return ns3::Config::SetDefaultFailSafe(a.name, *a.info.originalInitialValue) ||
               refuse(why, a.name + " cannot be set back");
    } catch (...) {
        return ns3_caught(why);
    }
}
