// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "call_inference.h"
#include "evaluation_work.h"
#include "program.h"

#include <core/import/model.h>
#include <runtime/base/thread_pool.h>
#include <runtime/kernels/value_kernel.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace nordlys::runtime {

/// Builds one program out of a graph; bodies of control flow get builders of their own that look names up in this one. Used by programFromModel only.
class ProgramBuilder {
public:
    /// What all builders of a model share.
    struct Shared {
        const core::Model &model;
        bool fold = true;
        ThreadPool pool{1};
        std::vector<std::byte> scratch;
        std::map<std::string, int> missing; ///< operators without kernels and how often
        std::size_t evaluatedBytes = 0;
        double productsLeft = maxPlanningProducts;
    };
    /// What is known of an input of a body.
    struct Formal {
        core::DType dtype = core::DType::Undefined;
        bool isFixed = false;
        core::Dims dims;
    };

    ProgramBuilder(Shared &shared, ProgramBuilder *outer, int depth) : m_shared(shared), m_outer(outer), m_depth(depth) {}

    /// Top graph of a model.
    core::Expected<void> buildModel(const core::Graph &graph);
    /// Body of control flow; formals as many as the graph has inputs.
    core::Expected<void> buildBody(const core::Graph &graph, const std::vector<Formal> &formals);

    [[nodiscard]] Program takeProgram() { return std::move(m_program); }
    [[nodiscard]] const Program &program() const { return m_program; }
    /// The outer program's tensors that the inputs behind the formal ones stand for.
    [[nodiscard]] const std::vector<int> &captures() const { return m_captures; }

private:
    /// A graph whose nodes go into this program: the program's own, or the taken branch of an If.
    struct Scope {
        const core::Graph &graph;
        Scope *outer = nullptr;
        std::string prefix; ///< for names that are in use already
        std::vector<int> indexOf;
        std::unordered_map<std::string_view, core::TensorId> byName;
        std::unordered_set<std::string_view> captured; ///< names that the graphs below read
        bool inferred = false;                         ///< core's shape inference has seen this graph
    };
    struct Output {
        core::DType dtype = core::DType::Undefined;
        bool isFixed = false;
        core::Dims dims; ///< when not fixed: what is known, -1 elsewhere
    };

    void prepare(Scope &scope, bool inferred);
    core::Expected<void> addGraphOutputs(Scope &scope);
    core::Expected<void> lowerNodes(Scope &scope);
    core::Expected<void> lowerNode(Scope &scope, core::NodeId id);
    core::Expected<int> use(Scope &scope, core::TensorId id);
    core::Expected<int> useByName(Scope &scope, std::string_view name);
    core::Expected<int> capture(std::string_view name);
    core::Expected<int> addSource(Scope &scope, core::TensorId id);
    core::Expected<int> addOutput(Scope &scope, core::NodeId node, core::TensorId id, const Output &output, bool wanted);
    [[nodiscard]] std::string uniqueName(const Scope &scope, std::string_view name) const;
    [[nodiscard]] bool isRead(const Scope &scope, core::TensorId id) const;
    [[nodiscard]] ProgramStep stepOf(Scope &scope, core::NodeId id) const;
    [[nodiscard]] KernelCall callOf(const ProgramStep &step) const;

    core::Expected<std::vector<Output>> outputsOf(Scope &scope, core::NodeId id, const ProgramStep &step);
    core::Expected<bool> tryEvaluate(Scope &scope, core::NodeId id, ProgramStep &step);
    core::Expected<void> finishStep(Scope &scope, core::NodeId id, ProgramStep step, const std::vector<Output> &outputs, bool late);
    core::Expected<void> finishValues(Scope &scope, core::NodeId id, ProgramStep step, const std::vector<Value> &values);

    // Control flow (program_builder_control.cpp).
    core::Expected<bool> lowerControl(Scope &scope, core::NodeId id, ProgramStep &step);
    core::Expected<void> lowerIf(Scope &scope, core::NodeId id, ProgramStep &step);
    core::Expected<void> lowerLoop(Scope &scope, core::NodeId id, ProgramStep &step);
    core::Expected<void> lowerScan(Scope &scope, core::NodeId id, ProgramStep &step);
    core::Expected<void> lowerSequenceMap(Scope &scope, core::NodeId id, ProgramStep &step);
    core::Expected<void> inlineBranch(Scope &scope, core::NodeId id, const core::Graph &branch);
    core::Expected<std::vector<Output>> addBody(ProgramStep &step, const core::Graph &graph, std::string_view attribute, const std::vector<Formal> &formals);
    /// Where the carried values of a Loop or Scan stand among the formal inputs and the outputs of its body.
    struct Carried {
        std::size_t firstFormal = 0, firstOutput = 0, count = 0;
    };
    /// The same for a body that carries values from one round to the next: one has a fixed size when the body gives back the size that it was given. Otherwise
    /// its size is known while running, and its formal says so afterwards.
    core::Expected<std::vector<Output>> addCarryingBody(ProgramStep &step, const core::Graph &body, std::vector<Formal> &formals, const Carried &carried);
    [[nodiscard]] Formal formalOf(int tensor) const;
    [[nodiscard]] Output outputOf(const Program &program, int tensor) const;

    [[nodiscard]] const std::byte *known(int tensor) const;
    [[nodiscard]] core::Expected<void> checkArity(const Scope &scope, core::NodeId id) const;
    [[nodiscard]] core::Error brokenNode(const Scope &scope, core::NodeId id, const std::string &rule) const;

    Shared &m_shared;
    ProgramBuilder *m_outer;
    int m_depth;
    Scope *m_top = nullptr;   ///< while building: the innermost scope, for bodies that capture
    Program m_program;
    std::vector<ConstantBytes> m_known; ///< per tensor: its values, though it is computed in every run
    std::unordered_set<std::string> m_tensorNames, m_stepNames;
    std::unordered_map<std::string, int> m_captured;
    std::vector<int> m_captures;
};

} // namespace nordlys::runtime
