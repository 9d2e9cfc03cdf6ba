// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/progress.h>

#include <chrono>
#include <memory>
#include <string>

namespace nordlys::cli {

/// One line on standard error that overwrites itself and is erased at the end; nothing at all when that is no terminal.
/// The function may be called from several threads.
class ProgressLine {
public:
    ProgressLine();
    ~ProgressLine();
    ProgressLine(const ProgressLine &) = delete;
    ProgressLine &operator=(const ProgressLine &) = delete;
    /// Empty when standard error is no terminal.
    [[nodiscard]] core::ProgressFunction function() const;
    void erase();

private:
    struct State;
    std::shared_ptr<State> m_state;
};

} // namespace nordlys::cli
