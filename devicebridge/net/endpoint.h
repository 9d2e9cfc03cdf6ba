// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace nordlys::devicebridge {

/// A TCP address as people write it.
struct Endpoint {
    std::string host; ///< name or address, an IPv6 address without its brackets
    std::uint16_t port = 0;

    /// "HOST", "HOST:PORT", "[V6]", "[V6]:PORT"; a bare IPv6 address has no port. Usage error for an empty host or a port that is not 1..65535.
    static core::Expected<Endpoint> parse(std::string_view text, std::uint16_t defaultPort);
    /// "HOST:PORT", an IPv6 address in brackets.
    [[nodiscard]] std::string text() const;
    /// 127.0.0.0/8, ::1 or "localhost": what does not leave this computer.
    [[nodiscard]] bool isLoopback() const;
    friend bool operator==(const Endpoint &, const Endpoint &) = default;
};

} // namespace nordlys::devicebridge
