/* What is particular to Wi-Fi, as measured on ns-3 3.37. */
#include <ns3/callback.h>
#include <ns3/mac48-address.h>
#include <ns3/qos-utils.h>
#include <ns3/sta-wifi-mac.h>
#include <ns3/wifi-mac-queue.h>
#include <ns3/wifi-mac.h>
#include <ns3/wifi-mpdu.h>
#include <ns3/wifi-net-device.h>

#include "sim/ns3/helper/net_device.h"

namespace ns3
{

void MonamiNetDevice::FindWifi()
{
    Ptr<WifiNetDevice> wifi = DynamicCast<WifiNetDevice>(m_device);
    if (!wifi)
        return;
    m_wifi = wifi->GetMac();
    m_isStation = m_wifi && DynamicCast<StaWifiMac>(m_wifi);
}

/* Within "Assoc" the station is not associated yet, and what it sends is dropped: it is the change
 * of the link, at the same instant, that counts. A "DeAssoc" may come without an association. */
void MonamiNetDevice::TraceAssociation()
{
    Self self = shared_from_this();
    (void)m_wifi->TraceConnectWithoutContext(
        "Assoc",
        Callback<void, Mac48Address>([self](Mac48Address) { self->m_isAssociated = true; }));
    (void)m_wifi->TraceConnectWithoutContext("DeAssoc",
                                             Callback<void, Mac48Address>([self](Mac48Address) {
                                                 self->m_isAssociated = false;
                                                 self->LinkChanged();
                                             }));
}

static enum monami_loss loss_of(WifiMacDropReason reason)
{
    return reason == WIFI_MAC_DROP_FAILED_ENQUEUE || reason == WIFI_MAC_DROP_EXPIRED_LIFETIME
               ? MONAMI_LOST_QUEUE
               : MONAMI_LOST_LINK;
}

/* "Drop" and "Expired" of the queue come with a "DroppedMpdu" each; what the radio drops is sent
 * again. */
void MonamiNetDevice::TraceWifi()
{
    Self self = shared_from_this();
    (void)m_wifi->TraceConnectWithoutContext(
        "MacTxDrop", Callback<void, Ptr<const Packet>>([self](Ptr<const Packet> p) {
            self->Dropped(p, MONAMI_LOST_DOWN, false);
        }));
    (void)m_wifi->TraceConnectWithoutContext(
        "MacRxDrop", Callback<void, Ptr<const Packet>>([self](Ptr<const Packet> p) {
            self->Dropped(p, MONAMI_LOST_LINK, true);
        }));
    (void)m_wifi->TraceConnectWithoutContext(
        "DroppedMpdu", Callback<void, WifiMacDropReason, Ptr<const WifiMpdu>>(
                           [self](WifiMacDropReason reason, Ptr<const WifiMpdu> mpdu) {
                               self->Dropped(mpdu->GetPacket(), loss_of(reason), false);
                           }));
}

/* A full queue refuses in silence, and Send() says true. */
bool MonamiNetDevice::HasRoom()
{
    if (!m_wifi)
        return true;
    Ptr<WifiMacQueue> queue = m_wifi->GetTxopQueue(m_wifi->GetQosSupported() ? AC_BE : AC_BE_NQOS);
    if (!queue || queue->QueueBase::GetNPackets() < queue->GetMaxSize().GetValue())
        return true;
    queue->WipeAllExpiredMpdus();
    return queue->QueueBase::GetNPackets() < queue->GetMaxSize().GetValue();
}

} // namespace ns3
