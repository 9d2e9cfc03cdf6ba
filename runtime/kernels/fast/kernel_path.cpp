// SPDX-License-Identifier: Apache-2.0
#include "kernel_path.h"

namespace nordlys::runtime {

bool avx2Available()
{
#if defined(__x86_64__)
    static const bool available = [] {
        __builtin_cpu_init();
        return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
    }();
    return available;
#else
    return false;
#endif
}

KernelPath resolvePath(KernelPath wish)
{
    if (wish == KernelPath::Generic)
        return KernelPath::Generic;
    return avx2Available() ? KernelPath::Avx2 : KernelPath::Generic;
}

} // namespace nordlys::runtime
