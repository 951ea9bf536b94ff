/* What each event is called on a ladder. */
#include "analysis/ladder.h"

/* clang-format off */
#define FIELD(name)      "ifnull(data->>'" name "', '-')"
#define BIDS             "CASE data->>'bids' WHEN '' THEN '' ELSE ', BID ' || replace(" FIELD("bids") ", ',', ' ') END"
#define END_OF(name)     "ifnull(data->>'" name "', 'BID ' || (data->>'" name "_bid'))"
#define OF(event, sql)   "WHEN '" event "' THEN " sql " "
#define BOTH(event, sql) OF("mip6." event, sql) OF("ro." event, sql) /* whoever the peer is */
#define BINDING(how)     BOTH("binding_" how, "'binding " how ", BID ' || (data->>'bid')")

/* Of a note about an interface, the interface is the last word. In two strings: C17 5.2.4.1. */
const char ladder_words_sql[] =
    "CASE name "
    OF("ike.message",
       "CASE data->>'exchange' WHEN 'keepalive' THEN 'NAT keepalive' ELSE "
       "(data->>'exchange') || ' ' || (data->>'kind') || ' ' || (data->>'message_id') || "
       "CASE WHEN data->>'fragment' > 0 THEN ', fragment ' || (data->>'fragment') ELSE '' END || "
       "CASE WHEN data->>'tries' > 1 THEN ', try ' || (data->>'tries') ELSE '' END || "
       "CASE WHEN data->>'task' IN ('none', 'init', 'auth', 'child') OR data->>'kind' = 'response' "
       "THEN '' ELSE ' (' || replace(data->>'task', '_', ' ') || ')' END || "
       "CASE data->>'direction' WHEN 'received' THEN ' received' ELSE '' END END")
    OF("ike.sa_up", "CASE data->>'replaces' WHEN '' THEN 'IKE SA is up' ELSE 'IKE SA rekeyed' END")
    OF("ike.sa_down",
       "'IKE SA ended: ' || (data->>'how') || CASE data->>'notify' WHEN '' THEN '' ELSE ', ' || "
       "(data->>'notify') END")
    OF("ike.moved", "'IKE SA moved, ' || (data->>'how')")
    OF("ike.child_refused", "'no SA: ' || (data->>'policy') || ', ' || (data->>'how')")
    OF("ike.not_rekeyed", "'IKE SA not rekeyed: ' || (data->>'how')")
    OF("ike.refused", "rtrim('IKE refuses: ' || (data->>'how') || ' ' || (data->>'what'))")
    OF("ike.suspect", "'IKE suspects its care-of address'")
    OF("ike.silent", "'IKE peer is silent'")
    OF("ike.lifetime", "'IKE SA is to be rekeyed'")
    OF("ike.again", "'IKE tries again: ' || replace(data->>'task', '_', ' ')")
    OF("ike.waited", "'IKE has waited'")
    OF("ike.additional",
       "CASE data->>'addresses' WHEN 0 THEN 'no other care-of address' ELSE "
       "'other care-of addresses: ' || (data->>'addresses') END")
    OF("ipsec.sa_made", "'SAs made: ' || (data->>'policy')")
    OF("ipsec.sa_soft", "'SA to be replaced: ' || (data->>'policy')")
    OF("ipsec.sa_ended", "'SAs ended: ' || (data->>'policy')")
    OF("ipsec.acquire", "'SA needed: ' || (data->>'policy')")
    OF("ipsec.migrated", "'SAs moved: ' || (data->>'sas') || ', ' || (data->>'why')")
    OF("ipsec.key_address", "'IKE uses another care-of address'");

const char ladder_more_words_sql[] =
    OF("l2.up", "'link up: ' || (data->>'interface')")
    OF("l2.down", "'link lost: ' || (data->>'interface')")
    OF("l2.down_seen", "'loss noticed: ' || (data->>'interface')")
    OF("nd.router", "'RA: prefix ' || " FIELD("prefix") " || ', ' || (data->>'interface')")
    OF("nd.address", "'address usable: ' || (data->>'interface')")
    OF("nd.address_gone", "'address gone: ' || (data->>'interface')")
    OF("path.dead", "'path dead: ' || (data->>'interface')")
    OF("path.alive", "'path alive: ' || (data->>'interface')")
    OF("path.mtu", "'path MTU ' || (data->>'mtu_bytes') || ' B'")
    BOTH("bu_sent", "'BU ' || (data->>'sequence') || " BIDS " || ', lifetime ' || (data->>'lifetime_s') || ' s'")
    BOTH("bu_received", "'BU ' || (data->>'sequence') || ' received'")
    BOTH("ba_sent", "'BA ' || (data->>'sequence') || " BIDS " || ', status ' || (data->>'status')")
    BOTH("ba_received", "'BA ' || (data->>'sequence') || ' received' || CASE data->>'believed' WHEN 0 THEN ', not believed' ELSE '' END")
    BOTH("brr_sent", "'BRR' || " BIDS)
    OF("mip6.mps_sent", "'MPS ' || (data->>'identifier')")
    OF("mip6.mpa_sent",
       "'MPA ' || (data->>'identifier') || CASE data->>'solicited' WHEN 1 THEN '' ELSE ', unasked' END")
    OF("mip6.home_dad", "'home address is ' || (data->>'result')")
    OF("mip6.proxy",
       "CASE data->>'on' WHEN 0 THEN 'no longer answers for the home address' ELSE 'answers for the home address' END")
    BINDING("made")
    BINDING("moved")
    BINDING("ended")
    BINDING("refreshed")
    OF("mip6.registered", "'registered, BID ' || (data->>'bid')")
    OF("mip6.deregistered", "'deregistered, BID ' || (data->>'bid')")
    OF("rr.hoti_sent", "'HoTI'")
    OF("rr.coti_sent", "'CoTI'")
    OF("rr.hot_sent", "'HoT, nonce ' || (data->>'nonce_index')")
    OF("rr.cot_sent", "'CoT, nonce ' || (data->>'nonce_index')")
    OF("rr.hot_received", "'HoT not believed'")
    OF("rr.cot_received", "'CoT not believed'")
    OF("ro.be_received", "'Binding Error, status ' || (data->>'status')")
    OF("ro.up", "'packets go directly, BID ' || (data->>'bid')")
    OF("ro.down", "'packets no longer go directly, BID ' || (data->>'bid')")
    OF("ro.fallback", "'one care-of address alone: ' || (data->>'why')")
    OF("ro.failed", "'no route optimisation: ' || (data->>'why')")
    OF("decision.flow_moved",
       "'flow ' || (data->>'flow') || ' ' || (data->>'direction') || ': ' || " END_OF("from") " || ' to ' || "
       END_OF("to"))
    "ELSE name || ifnull(': ' || (data->>'interface'), '') END";
/* clang-format on */

/* IKE_SA_INIT is in the clear, all others are encrypted (RFC 7296 1.2). The list of payloads is cut
 * where it is long. */
const char ladder_inside_sql[] =
    "CASE WHEN name <> 'ike.message' OR data->>'exchange' = 'keepalive' THEN '' ELSE "
    "CASE data->>'exchange' WHEN 'IKE_SA_INIT' THEN '' ELSE 'SK{' END || "
    "replace(replace(data->>'payloads', 'NAT_DETECTION_SOURCE_IP', 'NATD_SRC'), "
    "'NAT_DETECTION_DESTINATION_IP', 'NATD_DST') || "
    "CASE WHEN length(data->>'payloads') >= 95 THEN '...' ELSE '' END || "
    "CASE data->>'exchange' WHEN 'IKE_SA_INIT' THEN '' ELSE '}' END END";

const char ladder_care_of_sql[] =
    "CASE WHEN name IN ('mip6.ba_sent', 'ro.ba_sent', 'rr.cot_sent') THEN data->>'peer' WHEN name = 'ike.message' THEN "
    "CASE node WHEN ?1 THEN data->>'local' ELSE data->>'remote' END ELSE data->>'care_of_address' END";
