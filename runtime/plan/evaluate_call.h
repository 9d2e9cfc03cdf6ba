// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call_inference.h"

#include <runtime/kernels/value_kernel.h>

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace nordlys::runtime {

/// Where a call that is evaluated puts an output.
struct CallOutput {
    bool wanted = false;
    std::byte *place = nullptr;   ///< memory of the dims below; null: a new tensor is made
    core::DType dtype = core::DType::Undefined; ///< what the model says, used where the operator table does not
    core::Dims dims;              ///< of `place`
    bool channelsLast = false;    ///< of `place`
};

/// What evaluating needs besides the inputs.
struct EvaluationContext {
    ThreadPool &pool;
    const std::stop_token &stop;
    std::uint64_t byteLimit = 0;       ///< what new outputs may take
    std::vector<std::byte> &scratch;   ///< grows as needed
    double *productsLeft = nullptr;    ///< what productsOf() the call may still be; what it was is taken off. Null: any number
};

/// Computes one operator call whose inputs are all known: finds the sizes of its outputs, binds the reference kernel (or takes the value kernel) and
/// runs it. One value per output; Nothing for those that were written to their place or are not wanted. `inference` belongs to the same operator and is
/// not used by value kernels. BadInput names node and rule; also where an output has not the dims of its place.
core::Expected<std::vector<Value>> evaluateCall(KernelCall &call, std::span<const Value> values, std::span<const CallOutput> outputs, CallInference &inference,
                                                const EvaluationContext &context);

/// The description of a value for a kernel: its data stands in `constant`.
TensorDesc descOf(const Value &value);

} // namespace nordlys::runtime
