// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "endpoint.h"

#include <core/base/error.h>
#include <devicebridge/base/call_limits.h>
#include <devicebridge/base/descriptor.h>

#include <cstddef>
#include <span>
#include <string>

namespace nordlys::devicebridge {

/// A connected TCP stream: not blocking, TCP_NODELAY, keep-alive, closed on exec. One thread may read while another writes; shutdown() may come from any
/// thread. The library is POSIX poll(): deadline and stop of every call are what it is for.
class TcpSocket {
public:
    /// Resolves the name and tries its addresses in turn. Device error: not resolved, refused, not reached before the deadline.
    /// The resolver itself cannot be interrupted: names (not addresses) may outlast deadline and stop by the resolver's own timeout.
    static core::Expected<TcpSocket> connect(const Endpoint &endpoint, const CallLimits &limits);
    /// Takes over a connected socket; `name` is used in errors.
    static TcpSocket adopt(Descriptor descriptor, std::string name);

    /// Waits for at least one byte. 0: the other side has closed.
    core::Expected<std::size_t> read(std::span<std::byte> buffer, const CallLimits &limits);
    /// Reads exactly buffer.size() bytes; a close before is a Device error.
    core::Expected<void> readExactly(std::span<std::byte> buffer, const CallLimits &limits);
    /// Writes all of it or fails; then an unknown part has been sent.
    core::Expected<void> write(std::span<const std::byte> bytes, const CallLimits &limits);
    /// Writes both in one packet where it fits, header first; never raises SIGPIPE.
    core::Expected<void> write(std::span<const std::byte> header, std::span<const std::byte> payload, const CallLimits &limits);
    /// Ends both directions; what blocks on it returns.
    void shutdown();
    [[nodiscard]] int descriptor() const { return m_descriptor.get(); }
    [[nodiscard]] const std::string &name() const { return m_name; }
    [[nodiscard]] bool isOpen() const { return m_descriptor.isOpen(); }

private:
    core::Expected<void> waitFor(short events, const CallLimits &limits) const;

    Descriptor m_descriptor;
    std::string m_name;
};

} // namespace nordlys::devicebridge
