// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace nordlys::studio::test {

/// What a test runs in a process of its own, to kill it: opens NORDLYS_CRASH_CHILD (model or project) in a window and edits without
/// an end, one edit every 50 ms; every edit is reported on stdout as "EDIT number milliseconds", with the time since 1970.
int runCrashChild();

} // namespace nordlys::studio::test
