// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "passes.h"

#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace nordlys::runtime::passes {

/// A program while a pass looks for patterns in it and rewrites what it finds. Steps that vanish stay in their place until finish(), so
/// step numbers hold; producers and numbers of readers are kept up to date.
class Matcher {
public:
    Matcher(Program &program, const NameSet &keep);

    [[nodiscard]] Program &program() { return m_program; }
    [[nodiscard]] const Program &program() const { return m_program; }
    [[nodiscard]] int stepCount() const { return static_cast<int>(m_program.steps.size()); }
    [[nodiscard]] ProgramStep &step(int index) { return m_program.steps[static_cast<std::size_t>(index)]; }
    [[nodiscard]] const ProgramStep &step(int index) const { return m_program.steps[static_cast<std::size_t>(index)]; }
    [[nodiscard]] const ProgramTensor &tensor(int index) const { return m_program.tensor(index); }
    [[nodiscard]] bool isDropped(int step) const { return m_dropped[static_cast<std::size_t>(step)]; }

    /// An ordinary step of ai.onnx with known sizes: this operator (any, if empty), input and output 0 present, nothing fused into it yet.
    [[nodiscard]] bool isOp(int step, std::string_view op = {}) const;
    /// isOp, and input and output 0 are float32.
    [[nodiscard]] bool isFloatOp(int step, std::string_view op) const;
    /// The step that computes a tensor; -1: none.
    [[nodiscard]] int producer(int tensor) const { return tensor < 0 ? -1 : m_producer[static_cast<std::size_t>(tensor)]; }
    /// The same when it is a float step of this operator whose first output is the tensor; -1 otherwise.
    [[nodiscard]] int producerOf(int tensor, std::string_view op) const;
    /// The steps that read a tensor, one entry per read.
    [[nodiscard]] const std::vector<int> &readers(int tensor) const { return m_readers[static_cast<std::size_t>(tensor)]; }
    [[nodiscard]] bool mayVanish(int tensor) const { return tensor >= 0 && m_mayVanish[static_cast<std::size_t>(tensor)]; }
    /// A graph output, or a value that the caller wants to find under its name.
    [[nodiscard]] bool isKept(int tensor) const { return tensor >= 0 && !mayVanish(tensor); }
    /// May vanish and is read exactly once.
    [[nodiscard]] bool isInner(int tensor) const { return mayVanish(tensor) && readers(tensor).size() == 1; }

    /// The value of a float32 constant of one element.
    [[nodiscard]] std::optional<double> scalar(int tensor) const;
    /// A step of two operands of which one is such a constant: the other operand and the value. Sub, Div and Pow have the constant last.
    [[nodiscard]] std::optional<std::pair<int, double>> withScalar(int step) const;

    /// The values between these steps may vanish and are read by these steps alone. The step that runs last is the one that survives.
    [[nodiscard]] bool isClosed(std::span<const int> steps) const;
    /// Puts `made` in the place of the last of these steps: it takes its name, outputs and all source nodes; the other steps vanish.
    void fuse(std::span<const int> steps, ProgramStep made);
    void fuse(std::initializer_list<int> steps, ProgramStep made) { fuse(std::span(steps.begin(), steps.size()), std::move(made)); }

    /// Takes a step out; its source nodes go to step `into`, or to the removed nodes where that is -1.
    void drop(int step, int into);
    /// Every reader of `tensor` reads `other` from now on.
    void replaceReaders(int tensor, int other);
    void setInput(int step, std::size_t input, int tensor);
    void setOutput(int step, std::size_t output, int tensor);
    int addTensor(ProgramTensor tensor);
    /// A value that only the plan has.
    int addInner(std::string name, core::DType type, core::Dims dims);
    /// An int64 vector that only the plan has; -1 without memory.
    int addInts(std::string name, const std::vector<std::int64_t> &values);
    /// Float32 values that only the plan has; -1 without memory.
    int addFloats(std::string name, core::Dims dims, const std::vector<float> &values);

    /// Takes the dropped steps out of the program. The matcher is of no use afterwards.
    void finish();

private:
    void addReads(int step);
    void removeReads(int step);

    Program &m_program;
    std::vector<int> m_producer;
    std::vector<std::vector<int>> m_readers; ///< steps, one entry per read
    std::vector<bool> m_mayVanish, m_dropped;
};

/// A step of ai.onnx at this version, to be filled with inputs and attributes.
ProgramStep makeStep(std::string_view op, int opset, std::vector<int> inputs);

bool isNear(double a, double b, double tolerance);

} // namespace nordlys::runtime::passes
