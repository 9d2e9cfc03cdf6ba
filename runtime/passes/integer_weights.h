// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <runtime/plan/program.h>

#include <map>
#include <optional>
#include <utility>

namespace nordlys::runtime::passes {

/// A float value that stands for codes: what DequantizeLinear reads, or what QuantizeLinear maps to.
struct Coded {
    int codes = -1, scale = -1, zero = -1; ///< tensors; zero -1: left out
    int step = -1;                         ///< the DequantizeLinear
    bool perTensor = true;
    int axis = 0; ///< of the scales
};

/// Lower and upper bound of Relu, or of Clip with known bounds in order; nothing for other steps.
std::optional<std::pair<float, float>> clampOf(const Program &program, const ProgramStep &step);

/// Constants of the integer form: grids that the file states, zero points that it leaves out, biases in int32.
class IntegerConstants {
public:
    explicit IntegerConstants(Program &program) : m_program(program) {}

    /// The step is QuantizeLinear or DequantizeLinear with known float32 scales: one, or one per position of an axis; no blocks.
    [[nodiscard]] bool isGrid(const ProgramStep &step) const;
    [[nodiscard]] Coded codedBy(const ProgramStep &step, int index) const;
    /// Codes of 8 or 16 bits.
    [[nodiscard]] bool isCode(int tensor) const;
    /// Scale, zero point and code type agree; `codes` is what `grid` maps to.
    [[nodiscard]] bool sameGrid(const Coded &from, const Coded &grid, int codes) const;

    /// The zero point's tensor; a constant 0 of the codes' type where it is left out.
    core::Expected<int> zeroPointOf(const Coded &coded);
    core::Expected<int> zeroPointFor(int zero, core::DType codes);
    /// The bias as int32 with the scale of x times that of w, one value a channel: the file's own codes where their scale is that product (within 1e-6),
    /// otherwise the nearest integers. -1 where it is no constant of `channels` values, or leaves int32.
    core::Expected<int> integerBias(int bias, const Coded *biasCodes, const Coded &x, const Coded &w, std::int64_t channels);
    /// Sets code_low and code_high of `step` from those of `quantize` and from the bounds of the value.
    void limit(ProgramStep &step, const ProgramStep &quantize, const Coded &grid, float low, float high) const;

private:
    [[nodiscard]] float scaleOf(const Coded &coded, std::int64_t channel) const;
    [[nodiscard]] std::int32_t zeroOf(const Coded &coded, core::DType type, std::int64_t channel) const;

    Program &m_program;
    std::map<core::DType, int> m_zeros;
};

} // namespace nordlys::runtime::passes
