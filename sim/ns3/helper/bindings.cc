#include "sim/ns3/helper/bindings.h"

#include <cstring>

namespace monami_ns3
{

static const struct monami_field *field_of(const struct monami_event &e, const char *key)
{
    for (size_t k = 0; k < e.fields; k++) {
        if (!std::strcmp(e.field[k].key, key))
            return &e.field[k];
    }
    return nullptr;
}

const char *FieldText(const struct monami_event &e, const char *key)
{
    const struct monami_field *f = field_of(e, key);
    return f && f->text ? f->text : "";
}

int64_t FieldNumber(const struct monami_event &e, const char *key)
{
    const struct monami_field *f = field_of(e, key);
    return f ? f->number : 0;
}

bool Bindings::See(const struct monami_event &e, Binding *b)
{
    bool is_up = !std::strcmp(e.name, "l2.up");
    if (!is_up && std::strcmp(e.name, "mip6.registered") != 0)
        return false;
    std::string link = std::string(e.node) + "." + FieldText(e, "interface");
    if (is_up) {
        m_link[link] = e.time;
        return false;
    }
    *b = {};
    b->node = e.node;
    b->interface = FieldText(e, "interface");
    b->home_address = FieldText(e, "home_address");
    b->care_of_address = FieldText(e, "care_of_address");
    b->bid = FieldNumber(e, "bid");
    std::string &is =
        m_care_of[std::string(e.node) + " " + b->home_address + " " + FieldText(e, "bid")];
    if (is == b->care_of_address)
        return false;
    b->is_first = is.empty();
    is = b->care_of_address;
    auto came = m_link.find(link);
    b->since_link = came == m_link.end() ? -1 : e.time - came->second;
    return true;
}

} // namespace monami_ns3
