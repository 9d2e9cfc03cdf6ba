// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>
#include <core/profile/run_profile.h>
#include <core/quantization/encoding_set.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nordlys::runtime {

/// How numbers are computed. Float32: as the model says (a QDQ file dequantizes, computes in float and quantizes). QuantSim: float with quantize-dequantize
/// at every encoded tensor. Integer: integer arithmetic, bit for bit as runtime/kernels/reference/integer.h states it, for QDQ and QLinear files and for
/// encoded float models, in plain scalar code (plan/integer_form.h).
enum class Precision { Float32, QuantSim, Integer };
std::string_view nameOf(Precision precision); ///< "float32", "quantsim", "integer"
std::optional<Precision> precisionFromName(std::string_view name);

struct PlanOptions {
    Precision precision = Precision::Float32;
    core::EncodingSet encodings;   ///< used by QuantSim and Integer
    /// False: no fusion and no folding, so that every tensor of the source model exists while running.
    bool optimize = true;
    /// False: reference kernels only (the oracle of the fast ones). Integer always uses them.
    bool fastKernels = true;
    int threads = 1;               ///< scratch memory is planned for this many threads
    /// Weights, arena, scratch memory and, while a model with data-dependent shapes runs, the values that live at one time.
    std::uint64_t memoryBudgetBytes = std::uint64_t(4) << 30;
    /// A Loop that goes on longer ends the run with BadInput.
    std::int64_t maxLoopIterations = std::int64_t(10) * 1000 * 1000;
    /// Tensors of the source model that must exist while running although `optimize` would fuse them away (QuantSim adds every encoded one).
    std::vector<std::string> keepTensors;
};

struct PortInfo {
    std::string name;
    core::DType dtype = core::DType::Undefined;
    core::Dims dims;             ///< empty when not fixed
    bool isFixed = true;         ///< false: its dims are only known while running, or it is no tensor
    core::ValueKind kind = core::ValueKind::Tensor;
};

/// An executable form of a model. Where the shapes are known it is a flat list of steps with arena offsets; steps whose sizes depend on data, and the
/// bodies of If, Loop and Scan, are bound while running. Flat list of steps, packed weights, arena offsets. Immutable, shared by sessions, thread-safe to read.
class Plan {
public:
    /// Model must have known dims for every input (openModel's bindings see to that). NotSupported lists every operator that has no kernel;
    /// BadInput names node, input and rule; memory over budget is BadInput before anything is allocated.
    static core::Expected<std::shared_ptr<const Plan>> build(std::shared_ptr<const core::Model> model, const PlanOptions &options = {},
                                                             const core::JobContext &job = {});
    ~Plan();
    Plan(const Plan &) = delete;
    Plan &operator=(const Plan &) = delete;

    [[nodiscard]] const std::vector<PortInfo> &inputs() const;
    [[nodiscard]] const std::vector<PortInfo> &outputs() const;
    /// One per step, in execution order: built name, op ("Conv+Relu"), kernel, source nodes (the name map), outputs by source name, MACs.
    [[nodiscard]] const std::vector<core::LayerInfo> &layers() const;
    /// Source nodes that are in no layer: their values became constants, or nothing needs them.
    [[nodiscard]] const std::vector<std::string> &foldedNodes() const;
    [[nodiscard]] const std::vector<std::string> &removedNodes() const;
    [[nodiscard]] std::size_t arenaBytes() const;
    [[nodiscard]] std::size_t weightBytes() const;
    [[nodiscard]] Precision precision() const;

    struct Data; ///< steps and buffers; plan/plan_data.h, for the session and the artifact writer only
    [[nodiscard]] const Data &data() const { return *m_data; }
    explicit Plan(std::unique_ptr<Data> data);

private:
    std::unique_ptr<Data> m_data;
};

} // namespace nordlys::runtime
