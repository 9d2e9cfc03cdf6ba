// SPDX-License-Identifier: Apache-2.0
#include "arena.h"

#include <algorithm>
#include <limits>
#include <numeric>

namespace nordlys::runtime {

namespace {

struct Life {
    int first = std::numeric_limits<int>::max(), last = -1;
    [[nodiscard]] bool exists() const { return last >= 0; }
};

/// First and last step (counted from 1; 0 is the feeding of inputs) in which each tensor is needed.
std::vector<Life> livesOf(const Program &program)
{
    std::vector<Life> lives(program.tensors.size());
    const auto touch = [&lives](int tensor, int when) {
        if (tensor < 0)
            return;
        Life &life = lives[static_cast<std::size_t>(tensor)];
        life.first = std::min(life.first, when);
        life.last = std::max(life.last, when);
    };
    for (const int in : program.inputs)
        touch(in, 0);
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        for (const auto *list : {&program.steps[s].inputs, &program.steps[s].outputs}) {
            for (const int tensor : *list)
                touch(tensor, static_cast<int>(s) + 1);
        }
    }
    for (const int out : program.outputs)
        touch(out, static_cast<int>(program.steps.size()) + 1);
    for (std::size_t t = 0; t < lives.size(); ++t) {
        if (program.tensors[t].storage != Storage::Arena)
            lives[t] = {};
    }
    return lives;
}

std::size_t rounded(std::size_t bytes)
{
    return (bytes + AlignedBuffer::alignment - 1) / AlignedBuffer::alignment * AlignedBuffer::alignment;
}

/// The input whose place output 0 of step `s` may take, or -1.
int inPlaceSource(const Program &program, const BoundStep &bound, std::size_t s, const std::vector<Life> &lives)
{
    const ProgramStep &step = program.steps[s];
    const int which = bound.kernel.inPlaceInput;
    if (which < 0 || static_cast<std::size_t>(which) >= step.inputs.size() || step.outputs.empty() || step.outputs[0] < 0)
        return -1;
    const int in = step.inputs[static_cast<std::size_t>(which)], out = step.outputs[0];
    if (in < 0 || in == out || program.tensor(in).storage != Storage::Arena || program.tensor(out).storage != Storage::Arena
        || rounded(program.tensor(in).bytes) != rounded(program.tensor(out).bytes) || program.isOutput(in) || program.isOutput(out))
        return -1;
    return lives[static_cast<std::size_t>(in)].last == static_cast<int>(s) + 1 ? in : -1;
}

} // namespace

core::Expected<void> planArena(Program &program, const std::vector<BoundStep> &bound, std::uint64_t budgetBytes)
{
    std::vector<Life> lives = livesOf(program);
    // Tensors that share a place by writing over each other form one block with a common life.
    std::vector<int> blockOf(program.tensors.size());
    std::iota(blockOf.begin(), blockOf.end(), 0);
    std::vector<Life> blocks = lives;
    for (std::size_t s = 0; s < program.steps.size(); ++s) {
        const int in = inPlaceSource(program, bound[s], s, lives);
        if (in < 0)
            continue;
        const int out = program.steps[s].outputs[0], block = blockOf[static_cast<std::size_t>(in)];
        blockOf[static_cast<std::size_t>(out)] = block;
        blocks[static_cast<std::size_t>(block)].last = std::max(blocks[static_cast<std::size_t>(block)].last, lives[static_cast<std::size_t>(out)].last);
        blocks[static_cast<std::size_t>(out)] = {};
    }
    std::vector<int> order;
    for (std::size_t t = 0; t < blocks.size(); ++t) {
        if (blocks[t].exists() && program.tensors[t].bytes > 0)
            order.push_back(static_cast<int>(t));
    }
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return program.tensor(a).bytes > program.tensor(b).bytes; });

    struct Placed {
        std::size_t offset, size;
        Life life;
    };
    std::vector<Placed> placed; // by offset
    std::size_t top = 0;
    for (const int t : order) {
        const std::size_t size = rounded(program.tensor(t).bytes);
        const Life &life = blocks[static_cast<std::size_t>(t)];
        std::size_t at = 0, best = std::numeric_limits<std::size_t>::max(), bestGap = best;
        for (const Placed &other : placed) {
            if (other.life.last < life.first || other.life.first > life.last)
                continue;
            if (other.offset >= at && other.offset - at >= size && other.offset - at < bestGap) {
                best = at;
                bestGap = other.offset - at;
            }
            at = std::max(at, other.offset + other.size);
        }
        if (best == std::numeric_limits<std::size_t>::max())
            best = at;
        std::size_t end = 0;
        if (__builtin_add_overflow(best, size, &end) || end > budgetBytes)
            return core::badInput("model", "its activations need more than " + std::to_string(budgetBytes) + " bytes", "Use a smaller input size or batch");
        top = std::max(top, end);
        const Placed entry{best, size, life};
        placed.insert(std::upper_bound(placed.begin(), placed.end(), entry, [](const Placed &a, const Placed &b) { return a.offset < b.offset; }), entry);
        program.tensor(t).arenaOffset = best;
    }
    for (std::size_t t = 0; t < blockOf.size(); ++t)
        program.tensors[t].arenaOffset = program.tensor(blockOf[t]).arenaOffset;
    program.arenaBytes = top;
    return {};
}

core::Expected<void> checkArena(const Program &program, const std::vector<BoundStep> &bound)
{
    const std::vector<Life> lives = livesOf(program);
    struct Event {
        std::size_t offset, end;
        Life life;
        int tensor;
    };
    std::vector<Event> events;
    for (std::size_t t = 0; t < lives.size(); ++t) {
        const ProgramTensor &tensor = program.tensors[t];
        if (!lives[t].exists() || tensor.bytes == 0)
            continue;
        if (tensor.arenaOffset % AlignedBuffer::alignment != 0 || tensor.arenaOffset > program.arenaBytes
            || tensor.bytes > program.arenaBytes - tensor.arenaOffset)
            return core::badInput("tensor " + tensor.name, "its place lies outside the arena");
        events.push_back({tensor.arenaOffset, tensor.arenaOffset + tensor.bytes, lives[t], static_cast<int>(t)});
    }
    std::sort(events.begin(), events.end(), [](const Event &a, const Event &b) { return a.life.first < b.life.first; });
    const auto sharesLegally = [&](const Event &early, const Event &late) {
        // The later one starts in the step in which the earlier one dies, at the same place, and its kernel allows it.
        if (early.life.last != late.life.first || early.offset != late.offset || late.life.first < 1)
            return false;
        const auto s = static_cast<std::size_t>(late.life.first) - 1;
        return inPlaceSource(program, bound[s], s, lives) == early.tensor && program.steps[s].outputs[0] == late.tensor;
    };
    std::vector<const Event *> alive;
    for (const Event &event : events) {
        std::erase_if(alive, [&](const Event *other) { return other->life.last < event.life.first; });
        for (const Event *other : alive) {
            if (other->offset < event.end && event.offset < other->end && !sharesLegally(*other, event))
                return core::badInput("tensor " + program.tensor(event.tensor).name,
                                      "its place overlaps that of " + program.tensor(other->tensor).name + " while both are needed");
        }
        alive.push_back(&event);
    }
    return {};
}

} // namespace nordlys::runtime
