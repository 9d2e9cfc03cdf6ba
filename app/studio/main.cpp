// SPDX-License-Identifier: GPL-3.0-or-later
#include <studio/window/startup.h>

int main(int argc, char **argv) { return nordlys::studio::runStudio(argc, argv); }
