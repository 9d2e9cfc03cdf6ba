// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>

namespace nordlys::studio {

/// Runs `work` on a thread of its own. The threads are joined when the QApplication ends, so work that is under way then must
/// heed its stop token.
void runOnThread(std::function<void()> work);

/// Runs `deliver` on the GUI thread, soon. Dropped once the QApplication is gone. Any thread.
void postToGui(std::function<void()> deliver);

/// Joins every thread that was started. GUI thread; the owners must have asked their work to stop before.
void joinJobThreads();

} // namespace nordlys::studio
