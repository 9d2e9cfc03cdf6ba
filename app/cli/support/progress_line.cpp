// SPDX-License-Identifier: Apache-2.0
#include "progress_line.h"

#include <fmt/format.h>

#include <cstdio>
#include <mutex>

#include <unistd.h>

namespace nordlys::cli {

struct ProgressLine::State {
    std::mutex mutex;
    std::chrono::steady_clock::time_point last;
    bool isShown = false;

    void show(std::uint64_t done, std::uint64_t total, std::string_view what)
    {
        const std::scoped_lock lock(mutex);
        const auto now = std::chrono::steady_clock::now();
        if (isShown && now - last < std::chrono::milliseconds(100))
            return;
        last = now;
        isShown = true;
        std::string text;
        for (const char c : what.substr(0, 60))
            text += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? '?' : c;
        if (total > 0)
            fmt::print(stderr, "\r\x1b[K{} {}/{} ({:.0f} %)", text, done, total,
                       100.0 * static_cast<double>(done) / static_cast<double>(total));
        else
            fmt::print(stderr, "\r\x1b[K{} {}", text, done);
        std::fflush(stderr);
    }
};

ProgressLine::ProgressLine()
{
    if (isatty(STDERR_FILENO) != 0)
        m_state = std::make_shared<State>();
}

ProgressLine::~ProgressLine() { erase(); }

core::ProgressFunction ProgressLine::function() const
{
    if (!m_state)
        return {};
    return [state = m_state](std::uint64_t done, std::uint64_t total, std::string_view what) { state->show(done, total, what); };
}

void ProgressLine::erase()
{
    if (!m_state)
        return;
    const std::scoped_lock lock(m_state->mutex);
    if (m_state->isShown)
        std::fputs("\r\x1b[K", stderr);
    m_state->isShown = false;
}

} // namespace nordlys::cli
