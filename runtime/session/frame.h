// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <runtime/base/aligned_buffer.h>
#include <runtime/base/thread_pool.h>
#include <runtime/plan/bind_step.h>
#include <runtime/plan/call_inference.h>
#include <runtime/values/value.h>

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

namespace nordlys::runtime {

/// Bytes of a tensor, or of all tensors of a sequence.
std::uint64_t bytesOf(const Value &value);

/// What the frames of a session share. One frame runs at a time.
struct FrameShared {
    std::shared_ptr<ThreadPool> pool;
    AlignedBuffer scratch;               ///< of bound kernels
    std::vector<std::byte> lateScratch;  ///< of kernels that are bound while running
    std::uint64_t valueBudgetBytes = 0, valueBytes = 0; ///< of the values that live in all frames
    std::int64_t maxLoopIterations = 0;
    std::stop_token stop;                ///< of the present run
};

/// The memory of one program while it runs: arena, values, what others lend it; and the frames of its bodies, made when they are first entered.
class Frame {
public:
    /// `program` and `steps` outlive the frame.
    static core::Expected<std::unique_ptr<Frame>> create(const Program &program, const std::vector<BoundStep> &steps, FrameShared &shared);

    [[nodiscard]] std::byte *address(int tensor) { return m_arena.data() + m_program.tensor(tensor).arenaOffset; }
    /// Data of a tensor of fixed size.
    [[nodiscard]] const std::byte *readAddress(int tensor);
    /// Lends an External tensor; `data` stays until the run ends.
    void setExternal(int tensor, const std::byte *data);
    [[nodiscard]] const Value &value(int tensor) const { return m_values[static_cast<std::size_t>(tensor)]; }
    void setValue(int tensor, Value value);
    /// Any tensor as a value; those of fixed size are copied.
    core::Expected<Value> valueOf(int tensor);
    /// Forgets the values of the last run; inputs are set afterwards.
    void clearValues();

    /// Runs one step with its quantizers; BadInput names the node.
    core::Expected<void> runStep(std::size_t index);
    /// Values that nobody reads behind this step go.
    void releaseAfter(std::size_t index);

private:
    Frame(const Program &program, const std::vector<BoundStep> &steps, FrameShared &shared) : m_program(program), m_steps(steps), m_shared(shared) {}

    struct StepPointers {
        std::vector<const std::byte *> inputs;
        std::vector<std::byte *> outputs;
    };
    struct ExternalUse {
        std::size_t step, input;
    };

    core::Expected<void> runAll();
    core::Expected<void> runLate(std::size_t index);
    core::Expected<void> quantizeLate(const ProgramStep &step);
    // Control flow (frame_control.cpp).
    core::Expected<void> runControl(std::size_t index);
    core::Expected<void> runIf(std::size_t index);
    core::Expected<void> runLoop(std::size_t index);
    core::Expected<void> runScan(std::size_t index);
    core::Expected<void> runSequenceMap(std::size_t index);
    core::Expected<Frame *> childFrame(std::size_t step, std::size_t body);
    /// Sets formal inputs and captured ones, then runs the body.
    core::Expected<void> runBody(std::size_t step, std::size_t body, std::span<const Value> formals);
    core::Expected<void> storeOutput(std::size_t step, std::size_t output, Frame &child, int childTensor);
    core::Expected<void> storeValue(std::size_t step, std::size_t output, Value value);
    [[nodiscard]] core::Error broken(const ProgramStep &step, std::string why) const;

    const Program &m_program;
    const std::vector<BoundStep> &m_steps;
    FrameShared &m_shared;
    AlignedBuffer m_arena;
    std::vector<StepPointers> m_pointers;
    std::vector<const std::byte *> m_external;              ///< per tensor
    std::vector<std::vector<ExternalUse>> m_externalUses;   ///< per tensor
    std::vector<Value> m_values;                            ///< per tensor
    std::vector<std::vector<int>> m_release;                ///< per step
    std::vector<std::unique_ptr<CallInference>> m_inference; ///< per step
    std::vector<std::vector<std::unique_ptr<Frame>>> m_children; ///< per step and body
};

} // namespace nordlys::runtime
