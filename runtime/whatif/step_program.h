// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "value_key.h"

#include <core/import/model.h>
#include <runtime/plan/plan.h>
#include <runtime/quantization/evaluate.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace nordlys::runtime {

/// A bound program whose steps are run one at a time, with keys for all of its values. Immutable.
struct StepProgram {
    std::shared_ptr<const void> owner; ///< of program and steps
    const Program *program = nullptr;
    const std::vector<BoundStep> *steps = nullptr;
    std::vector<ValueKey> keys; ///< per tensor
    std::vector<int> producers; ///< per tensor: step, -1

    [[nodiscard]] const ProgramTensor &tensor(int index) const { return program->tensor(index); }
    [[nodiscard]] const ValueKey &key(int index) const { return keys[static_cast<std::size_t>(index)]; }
};

/// Is every step bound and every size known before running? Else steps cannot be run alone.
bool runsStepByStep(const Program &program, const std::vector<BoundStep> &steps);

/// Makes the QuantSim program of one model for one encoding set after the other: what a set has in common with the one before (passes, quantized and packed
/// weights) is not done again. The programs are those of Plan::build.
class QuantSimPrograms {
public:
    explicit QuantSimPrograms(std::shared_ptr<const core::Model> model) : m_model(std::move(model)) {}

    /// BadInput where an encoding does not fit its tensor; the next call starts from the last set that did.
    core::Expected<StepProgram> build(const core::EncodingSet &encodings);
    /// Errors of the encoded constants of the last program that was built, as evaluateQuantized lists them.
    [[nodiscard]] std::vector<TensorError> weightErrors(ThreadPool &pool);

private:
    struct Weight {
        core::Encoding encoding;
        ConstantBytes rounded;
        std::optional<TensorError> error;
    };
    struct Packed {
        ConstantBytes weight, bias, packed;
    };

    core::Expected<void> optimize(const core::EncodingSet &encodings);

    std::shared_ptr<const core::Model> m_model;
    std::set<std::string, std::less<>> m_names; ///< tensors with an encoding: they decide what is fused
    std::optional<Program> m_optimized;         ///< before encodings
    std::map<int, Weight> m_weights;            ///< by tensor of m_optimized
    std::vector<int> m_listed;                  ///< those of m_weights that weightErrors lists
    std::unordered_map<std::string, Packed> m_packed; ///< by step
    ConstantKeys m_constants;
};

/// The float program in which the stored tensors of a QuantSim program exist.
class ExactPrograms {
public:
    explicit ExactPrograms(std::shared_ptr<const core::Model> model) : m_model(std::move(model)) {}
    core::Expected<StepProgram> build(const std::vector<std::string> &keepTensors);
    /// Of the last build.
    [[nodiscard]] const std::vector<PortInfo> &outputs() const { return m_plan->outputs(); }
    [[nodiscard]] const std::vector<PortInfo> &inputs() const { return m_plan->inputs(); }

private:
    std::shared_ptr<const core::Model> m_model;
    std::vector<std::string> m_names;
    std::shared_ptr<const Plan> m_plan;
    ConstantKeys m_constants;
    StepProgram m_program;
};

} // namespace nordlys::runtime
