// SPDX-License-Identifier: Apache-2.0
#include "source_file.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utility>

namespace nordlys::runtime {

namespace {

constexpr std::size_t kMaxDigits = 15; // a double holds them exactly

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool isKernelFile(int descriptor)
{
    struct statfs state{};
    return ::fstatfs(descriptor, &state) == 0 && (state.f_type == SYSFS_MAGIC || state.f_type == PROC_SUPER_MAGIC);
}

} // namespace

SourceFile::SourceFile(std::filesystem::path path, std::size_t maxBytes) : m_path(std::move(path)), m_buffer(maxBytes, '\0') {}

SourceFile::SourceFile(SourceFile &&other) noexcept
    : m_path(std::move(other.m_path)), m_buffer(std::move(other.m_buffer)), m_descriptor(std::exchange(other.m_descriptor, -1)), m_error(other.m_error)
{
}

SourceFile::~SourceFile()
{
    close();
}

void SourceFile::close()
{
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

std::optional<std::string_view> SourceFile::read()
{
    // A kept file of a device that went away and came back answers ENODEV: the second attempt opens it anew.
    for (int attempt = 0; attempt < 2; ++attempt) {
        const bool kept = m_descriptor >= 0;
        if (!kept) {
            // O_NONBLOCK: a made-up tree may hold a FIFO, and opening that would hang.
            m_descriptor = ::open(m_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
            if (m_descriptor < 0) {
                m_error = errno;
                return std::nullopt;
            }
        }
        std::size_t size = 0;
        ssize_t count = 0;
        while (size < m_buffer.size()) {
            count = ::pread(m_descriptor, m_buffer.data() + size, m_buffer.size() - size, static_cast<off_t>(size));
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0)
                break;
            size += static_cast<std::size_t>(count);
        }
        m_error = count < 0 ? errno : 0;
        if (m_error != 0 || (!kept && !isKernelFile(m_descriptor)))
            close();
        if (m_error == 0)
            return std::string_view(m_buffer).substr(0, size);
        if (!kept)
            break;
    }
    return std::nullopt;
}

std::string SourceFile::why() const
{
    return m_path.string() + " cannot be read: " + std::strerror(m_error);
}

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks = " \t\r\n";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::optional<double> parseDecimal(std::string_view text)
{
    text = trimmed(text);
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+'))
        text.remove_prefix(1);
    std::size_t digits = 0, fraction = 0;
    bool point = false;
    double value = 0;
    for (const char c : text) {
        if (c == '.' && !point && digits > 0) {
            point = true;
        } else if (isDigit(c) && ++digits <= kMaxDigits) {
            value = value * 10 + (c - '0');
            fraction += point;
        } else {
            return std::nullopt;
        }
    }
    if (digits == 0 || (point && fraction == 0))
        return std::nullopt;
    for (; fraction > 0; --fraction)
        value /= 10;
    return negative ? -value : value;
}

std::optional<double> parseInteger(std::string_view text, std::string_view suffix)
{
    text = trimmed(text);
    if (!suffix.empty() && text.ends_with(suffix))
        text.remove_suffix(suffix.size());
    if (text.find('.') != std::string_view::npos)
        return std::nullopt;
    return parseDecimal(text);
}

} // namespace nordlys::runtime
