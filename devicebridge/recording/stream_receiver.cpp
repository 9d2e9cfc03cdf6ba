// SPDX-License-Identifier: Apache-2.0
#include "stream_receiver.h"

namespace nordlys::devicebridge {

void StreamReceiver::deliver(const core::StreamItem &item)
{
    m_hasHello = true; // the decoder lets nothing pass before it
    core::addToRun(m_run, item);
    if (m_callback)
        m_callback(item);
}

core::Expected<void> StreamReceiver::take(std::span<const std::byte> bytes)
{
    return take(bytes, {});
}

core::Expected<void> StreamReceiver::take(std::span<const std::byte> bytes, const ItemFilter &filter)
{
    NORDLYS_TRY(m_recording.write(bytes));
    m_items.clear();
    auto fed = m_decoder.feed(bytes, m_items);
    for (const core::StreamItem &item : m_items) {
        const Choice choice = filter ? filter(item) : Choice::Deliver;
        if (choice == Choice::Stop)
            return {};
        if (choice == Choice::Deliver)
            deliver(item);
    }
    return fed;
}

core::RunProfile StreamReceiver::finish(core::RunStatus status, std::string reason)
{
    if (!hasEnd()) {
        const core::RunEnd end{status, std::move(reason), m_run.inferenceCount(), m_run.endNs, m_run.peakRssBytes};
        deliver(end);
    }
    return std::move(m_run);
}

} // namespace nordlys::devicebridge
