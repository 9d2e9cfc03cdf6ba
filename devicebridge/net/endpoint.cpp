// SPDX-License-Identifier: Apache-2.0
#include "endpoint.h"

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>

namespace nordlys::devicebridge {

core::Expected<Endpoint> Endpoint::parse(std::string_view text, std::uint16_t defaultPort)
{
    const auto wrong = [&](const char *why) { return core::usageError("address " + std::string(text), why, "Write HOST:PORT, an IPv6 address as [ADDRESS]:PORT."); };
    Endpoint result{{}, defaultPort};
    std::string_view port;
    bool hasPort = false;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos)
            return wrong("the bracket is not closed");
        result.host = text.substr(1, end - 1);
        const auto rest = text.substr(end + 1);
        if (!rest.empty() && rest[0] != ':')
            return wrong("after the bracket comes no port");
        hasPort = !rest.empty();
        port = hasPort ? rest.substr(1) : rest;
    } else if (std::ranges::count(text, ':') > 1) {
        result.host = text;
    } else {
        const auto colon = text.find(':');
        result.host = text.substr(0, colon);
        hasPort = colon != std::string_view::npos;
        port = hasPort ? text.substr(colon + 1) : std::string_view();
    }
    if (result.host.empty())
        return wrong("it names no host");
    if (result.host.size() > 255 || std::ranges::any_of(result.host, [](unsigned char c) { return c <= ' ' || c == 0x7f; }))
        return wrong("this is no name of a host");
    if (hasPort) {
        unsigned value = 0;
        const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), value);
        if (error != std::errc() || end != port.data() + port.size() || value < 1 || value > 65535)
            return wrong("the port is no number from 1 to 65535");
        result.port = static_cast<std::uint16_t>(value);
    }
    return result;
}

std::string Endpoint::text() const
{
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(port);
}

bool Endpoint::isLoopback() const
{
    if (host == "localhost")
        return true;
    if (in_addr v4; ::inet_pton(AF_INET, host.c_str(), &v4) == 1)
        return (ntohl(v4.s_addr) >> 24) == 127;
    if (in6_addr v6; ::inet_pton(AF_INET6, host.c_str(), &v6) == 1)
        return IN6_IS_ADDR_LOOPBACK(&v6);
    return false;
}

} // namespace nordlys::devicebridge
