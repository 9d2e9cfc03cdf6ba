// SPDX-License-Identifier: Apache-2.0
#include "tcp_socket.h"

#include <devicebridge/base/stop_event.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace nordlys::devicebridge {

namespace {

// Without one, a read of a peer that vanished would wait for hours: probes after 15 s of silence, given up after three more.
void keepAlive(int descriptor)
{
    const int on = 1, idleS = 15, intervalS = 5, count = 3;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idleS, sizeof idleS);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &intervalS, sizeof intervalS);
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
}

core::Error unreachable(const std::string &name, const std::string &why)
{
    return core::deviceError(name, why, "Check address, port and network; something has to listen there.");
}

} // namespace

core::Expected<TcpSocket> TcpSocket::connect(const Endpoint &endpoint, const CallLimits &limits)
{
    const std::string name = endpoint.text();
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo *found = nullptr;
    if (const int error = ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found); error != 0)
        return unreachable(name, std::string("the name is not known: ") + ::gai_strerror(error));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
    std::string why = "it has no address";
    for (const addrinfo *address = found; address; address = address->ai_next) {
        TcpSocket candidate;
        candidate.m_name = name;
        candidate.m_descriptor = Descriptor(::socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, address->ai_protocol));
        if (!candidate.isOpen()) {
            why = std::strerror(errno);
            continue;
        }
        if (::connect(candidate.descriptor(), address->ai_addr, address->ai_addrlen) != 0) {
            if (errno != EINPROGRESS) {
                why = std::strerror(errno);
                continue;
            }
            if (auto waited = candidate.waitFor(POLLOUT, limits); !waited) {
                if (waited.error().code == core::ErrorCode::Interrupted)
                    return waited.error();
                return unreachable(name, "no answer before the deadline");
            }
            int error = 0;
            socklen_t size = sizeof error;
            ::getsockopt(candidate.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
            if (error != 0) {
                why = std::strerror(error);
                continue;
            }
        }
        keepAlive(candidate.descriptor());
        return candidate;
    }
    return unreachable(name, why);
}

TcpSocket TcpSocket::adopt(Descriptor descriptor, std::string name)
{
    TcpSocket result;
    result.m_descriptor = std::move(descriptor);
    result.m_name = std::move(name);
    keepAlive(result.descriptor());
    return result;
}

core::Expected<void> TcpSocket::waitFor(short events, const CallLimits &limits) const
{
    if (limits.stop.stop_requested())
        return core::interrupted(m_name);
    if (!limits.stop.stop_possible()) {
        for (;;) {
            pollfd event{m_descriptor.get(), events, 0};
            const int ready = ::poll(&event, 1, limits.pollTimeoutMs());
            if (ready > 0)
                return {};
            if (ready == 0 && limits.isPast())
                return core::deviceError(m_name, "no answer before the deadline");
            if (ready < 0 && errno != EINTR)
                return core::deviceError(m_name, std::strerror(errno));
        }
    }
    const StopEvent stop(limits.stop);
    for (;;) {
        pollfd wanted[2] = {{m_descriptor.get(), events, 0}, {stop.get(), POLLIN, 0}};
        const int ready = ::poll(wanted, 2, limits.pollTimeoutMs());
        if (limits.stop.stop_requested())
            return core::interrupted(m_name);
        if (ready > 0)
            return {};
        if (ready == 0 && limits.isPast())
            return core::deviceError(m_name, "no answer before the deadline");
        if (ready < 0 && errno != EINTR)
            return core::deviceError(m_name, std::strerror(errno));
    }
}

core::Expected<std::size_t> TcpSocket::read(std::span<std::byte> buffer, const CallLimits &limits)
{
    for (;;) {
        const ssize_t count = ::recv(m_descriptor.get(), buffer.data(), buffer.size(), 0);
        if (count >= 0)
            return static_cast<std::size_t>(count);
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK)
            return core::deviceError(m_name, std::string("the connection was lost: ") + std::strerror(errno));
        NORDLYS_TRY(waitFor(POLLIN, limits));
    }
}

core::Expected<void> TcpSocket::readExactly(std::span<std::byte> buffer, const CallLimits &limits)
{
    while (!buffer.empty()) {
        auto count = read(buffer, limits);
        NORDLYS_TRY(count);
        if (*count == 0)
            return core::deviceError(m_name, "the connection was closed in the middle of a message");
        buffer = buffer.subspan(*count);
    }
    return {};
}

core::Expected<void> TcpSocket::write(std::span<const std::byte> bytes, const CallLimits &limits)
{
    return write(bytes, {}, limits);
}

core::Expected<void> TcpSocket::write(std::span<const std::byte> header, std::span<const std::byte> payload, const CallLimits &limits)
{
    while (!header.empty() || !payload.empty()) {
        iovec parts[2] = {{const_cast<std::byte *>(header.data()), header.size()}, {const_cast<std::byte *>(payload.data()), payload.size()}};
        msghdr message{};
        message.msg_iov = header.empty() ? parts + 1 : parts;
        message.msg_iovlen = header.empty() || payload.empty() ? 1 : 2;
        const ssize_t count = ::sendmsg(m_descriptor.get(), &message, MSG_NOSIGNAL);
        if (count < 0) {
            if (errno == EINTR)
                continue;
            if (errno != EAGAIN && errno != EWOULDBLOCK)
                return core::deviceError(m_name, std::string("the connection was lost: ") + std::strerror(errno));
            NORDLYS_TRY(waitFor(POLLOUT, limits));
            continue;
        }
        const auto sent = static_cast<std::size_t>(count);
        const auto ofHeader = std::min(sent, header.size());
        header = header.subspan(ofHeader);
        payload = payload.subspan(sent - ofHeader);
    }
    return {};
}

void TcpSocket::shutdown()
{
    ::shutdown(m_descriptor.get(), SHUT_RDWR);
}

} // namespace nordlys::devicebridge
