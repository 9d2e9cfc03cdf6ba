// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "descriptor.h"

#include <cstdint>
#include <stop_token>
#include <sys/eventfd.h>

namespace nordlys::devicebridge {

/// Becomes readable when a stop is requested, so that poll() wakes at once.
class StopEvent {
public:
    explicit StopEvent(const std::stop_token &token) : m_event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), m_callback(token, Wake{m_event.get()}) {}
    [[nodiscard]] int get() const { return m_event.get(); }

private:
    struct Wake {
        int descriptor;
        void operator()() const
        {
            const std::uint64_t one = 1;
            [[maybe_unused]] const ssize_t written = ::write(descriptor, &one, sizeof one);
        }
    };
    Descriptor m_event;
    std::stop_callback<Wake> m_callback;
};

} // namespace nordlys::devicebridge
