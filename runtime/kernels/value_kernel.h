// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernel.h"

#include <runtime/values/value.h>

#include <cstdint>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

namespace nordlys::runtime {

/// One call of an operator whose output sizes depend on values (NonZero), or that takes or gives sequences and optionals.
struct ValueCall {
    /// Node, attributes and messages. Inputs that are tensors are described with their data in `constant`; others count as present with type
    /// Undefined and no dims. Outputs say only which are wanted (`present`).
    const KernelCall &call;
    std::span<const Value> inputs;        ///< as many as call.inputs
    std::uint64_t byteLimit = 0;          ///< what the outputs may take together; check sizes before allocating (HostTensor::create does)
    ThreadPool &pool;
    const std::stop_token &stop;          ///< long loops look at it and return interrupted()

    /// The data of tensor input `index` (its type was checked by the caller).
    template <typename T>
    [[nodiscard]] std::span<const T> data(std::size_t index) const
    {
        return inputs[index].tensor().as<T>();
    }
};

/// One value per output of the call (Nothing for outputs that are not wanted), or why it cannot be computed (KernelCall::broken names the node).
using ValueFunction = core::Expected<std::vector<Value>> (*)(const ValueCall &);

struct ValueKernelEntry {
    std::string_view domain, op;
    int sinceVersion = 1;
    ValueFunction run = nullptr;
};

/// The kernel that computes this operator value by value; null when there is none (then findReferenceKernel's is bound once the sizes are known).
const ValueKernelEntry *findValueKernel(std::string_view domain, std::string_view op, int opset);

} // namespace nordlys::runtime
