// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <devicebridge/base/call_limits.h>

#include <cstddef>
#include <memory>
#include <set>
#include <span>
#include <string>

namespace nordlys::devicebridge {

/// A byte stream to one service on the device ("shell,v2,raw:...", "sync:", "tcp:PORT"), as both ways to a device offer it. One thread may read while another
/// writes; close may come from any thread. What follows a lost link: reads hand out what had arrived, then a Device error.
class ServiceStream {
public:
    virtual ~ServiceStream() = default; ///< closes
    /// Waits for at least one byte and reads at most buffer.size(). 0: the device has closed the stream and everything it sent has been read.
    virtual core::Expected<std::size_t> read(std::span<std::byte> buffer, const CallLimits &limits) = 0;
    /// Writes all of it, or fails: then an unknown part has been sent. Waits while the device takes nothing.
    virtual core::Expected<void> write(std::span<const std::byte> bytes, const CallLimits &limits) = 0;
    /// Ends the stream without waiting for the device; a blocked read or write returns with a Device error. Idempotent.
    virtual void close() = 0;
};

/// A connection to one device that can open services: through a running adb server, or by ourselves over TCP or USB. Thread-safe.
class DeviceTransport {
public:
    virtual ~DeviceTransport() = default; ///< closes every stream
    /// Opens a service. Device error when the device refuses it (adb carries no reason) or the link is lost.
    virtual core::Expected<std::unique_ptr<ServiceStream>> open(const std::string &service, const CallLimits &limits) = 0;
    /// Features that may be used: both sides have them.
    [[nodiscard]] virtual const std::set<std::string, std::less<>> &features() const = 0;
    /// "adb:SERIAL", "tcp:HOST:PORT", "usb:SERIAL": the device id of the command line.
    [[nodiscard]] virtual std::string id() const = 0;
    /// False once the link is lost; it does not come back.
    [[nodiscard]] virtual bool isConnected() const = 0;
};

} // namespace nordlys::devicebridge
