// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace nordlys::studio {

/// The program: parses the command line, opens the window, and returns the exit code (0 done, 2 usage, 3 bad input, ...).
int runStudio(int argc, char **argv);

} // namespace nordlys::studio
