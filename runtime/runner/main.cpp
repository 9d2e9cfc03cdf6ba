// SPDX-License-Identifier: Apache-2.0
#include <runtime/runner/runner.h>

int main(int argc, char **argv)
{
    return nordlys::runtime::runnerMain(argc, argv);
}
