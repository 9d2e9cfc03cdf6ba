// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <runtime/values/value.h>

#include <string>

namespace nordlys::runtime {

/// How far two numbers may lie apart: |actual - expected| <= absolute + relative * |expected|, as numpy.testing.assert_allclose counts.
/// The defaults are those of the ONNX backend test runner (onnx/backend/test/runner).
struct ValueTolerance {
    double relative = 1e-3;
    double absolute = 1e-7;
};

/// Empty when both are equal: kind, element types, dims and numbers. Floats may differ by the tolerance, everything else must be equal; NaN equals
/// NaN, infinities equal those of their sign. Otherwise the first difference in a sentence.
std::string differenceOf(const Value &expected, const Value &actual, const ValueTolerance &tolerance = {});
std::string differenceOf(const core::HostTensor &expected, const core::HostTensor &actual, const ValueTolerance &tolerance = {});

} // namespace nordlys::runtime
