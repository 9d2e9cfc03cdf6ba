// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>

namespace nordlys::runtime {

enum class FusedActivation : std::uint8_t { None, Relu, Clip };

/// What happens to a result before it is stored: result + bias (packed with the weights) + residual, then the activation.
/// NaN passes through every activation.
struct Epilogue {
    const float *residual = nullptr; ///< same layout as the output, added before the activation; may be the output itself
    FusedActivation activation = FusedActivation::None;
    float clipLow = -std::numeric_limits<float>::infinity(); ///< read by Clip only
    float clipHigh = std::numeric_limits<float>::infinity(); ///< read by Clip only

    /// Lower bound of the activation; minus infinity where it has none.
    [[nodiscard]] float low() const
    {
        if (activation == FusedActivation::Relu)
            return 0.0F;
        return activation == FusedActivation::Clip ? clipLow : -std::numeric_limits<float>::infinity();
    }
    [[nodiscard]] float high() const
    {
        return activation == FusedActivation::Clip ? clipHigh : std::numeric_limits<float>::infinity();
    }
};

/// The scalar activation: low, then high, as ONNX Clip orders them (high wins where low > high); NaN stays NaN.
inline float clampKeepNan(float value, float low, float high)
{
    value = value < low ? low : value;
    return value > high ? high : value;
}

} // namespace nordlys::runtime
