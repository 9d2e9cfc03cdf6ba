// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "step_program.h"

#include <core/tensor/host_tensor.h>
#include <runtime/base/aligned_buffer.h>

#include <map>
#include <unordered_set>

namespace nordlys::runtime {

using KeySet = std::unordered_set<ValueKey, ValueKeyHash>;

/// Values of one sample that are kept between edits, by what they were computed from.
class SampleValues {
public:
    /// Takes the sample's inputs over.
    explicit SampleValues(std::vector<core::HostTensor> inputs) : m_inputs(std::move(inputs)) {}

    [[nodiscard]] const core::HostTensor &input(std::size_t index) const { return m_inputs[index]; }
    /// Null: not kept.
    [[nodiscard]] const std::byte *find(const ValueKey &key) const
    {
        const auto it = m_values.find(key);
        return it == m_values.end() ? nullptr : it->second.data();
    }
    void put(const ValueKey &key, AlignedBuffer buffer) { m_values.insert_or_assign(key, std::move(buffer)); }
    /// Drops what is not in `keep`; the memory serves the next values.
    void retain(const KeySet &keep);

    /// Memory of a new value, never empty.
    core::Expected<AlignedBuffer> take(std::size_t bytes);
    void giveBack(AlignedBuffer buffer);
    /// Memory that no value needs goes back to the system.
    void trim() { m_free.clear(); }
    [[nodiscard]] std::uint64_t keptBytes() const;

private:
    std::vector<core::HostTensor> m_inputs;
    std::unordered_map<ValueKey, AlignedBuffer, ValueKeyHash> m_values;
    std::multimap<std::size_t, AlignedBuffer> m_free; ///< by size
};

/// Runs those steps of a program that are needed for some of its values of one sample, in order and no further than asked.
class StepRun {
public:
    StepRun(const StepProgram &program, SampleValues &values, const KeySet &keep);

    /// Names a tensor that will be asked for; all of them before the first ensure().
    void want(int tensor);
    void plan();
    /// Runs steps until the tensor has its value; Interrupted between two steps after a stop request.
    core::Expected<void> ensure(int tensor, std::byte *scratch, ThreadPool &pool, const std::stop_token &stop);
    /// After ensure() and until done().
    [[nodiscard]] const std::byte *data(int tensor) const;
    /// One of the wants has been served.
    void done(int tensor) { release(tensor); }
    [[nodiscard]] std::size_t stepsRun() const { return m_stepsRun; }

private:
    core::Expected<void> runStep(std::size_t index, std::byte *scratch, ThreadPool &pool);
    [[nodiscard]] bool isRawInput(int tensor) const;
    void release(int tensor);

    const StepProgram &m_program;
    SampleValues &m_values;
    const KeySet &m_keep;
    std::vector<int> m_uses;               ///< per tensor: who will still read it
    std::vector<bool> m_needed;            ///< per step
    std::vector<AlignedBuffer> m_temporary; ///< per tensor
    std::size_t m_next = 0, m_stepsRun = 0;
};

} // namespace nordlys::runtime
