// SPDX-License-Identifier: Apache-2.0
// Opens bytes as a model, infers its shapes and plans it. Nothing is executed but what planning folds. Whatever the bytes are, this gives a plan or an
// error: no crash, no undefined behaviour, no hang, no memory beyond the budget and a small multiple of the input.
#include "model_mutator.h"

#include <core/import/model.h>
#include <runtime/plan/plan.h>

#include <onnx/onnx_pb.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t *data, std::size_t size, std::size_t maxSize);

namespace {

using namespace nordlys;

/// The importer maps files; this one lies in memory.
class MemoryFile {
public:
    MemoryFile() : m_descriptor(memfd_create("model", MFD_CLOEXEC)), m_path("/proc/self/fd/" + std::to_string(m_descriptor)) {}

    [[nodiscard]] const std::string &path() const { return m_path; }
    void hold(const std::uint8_t *data, std::size_t size)
    {
        if (ftruncate(m_descriptor, 0) != 0 || pwrite(m_descriptor, data, size, 0) != static_cast<ssize_t>(size)) {
            std::perror("memory file");
            std::abort();
        }
    }

private:
    int m_descriptor;
    std::string m_path;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    static MemoryFile file;
    file.hold(data, size);
    const auto model = core::openModel(file.path());
    if (!model)
        return 0;
    runtime::PlanOptions options;
    options.memoryBudgetBytes = std::uint64_t(32) << 20;
    for (const bool optimize : {true, false}) {
        options.optimize = optimize;
        options.fastKernels = optimize;
        if (const auto plan = runtime::Plan::build(*model, options); !plan && plan.error().text().empty())
            std::abort(); // an error without words helps nobody
    }
    return 0;
}

/// Bytes that are changed at random are nearly always refused by the parser; most inputs are therefore changed as models.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t *data, std::size_t size, std::size_t maxSize, unsigned int seed)
{
    std::minstd_rand random(seed);
    onnx::ModelProto model;
    if (random() % 8 == 0 || !model.ParsePartialFromArray(data, static_cast<int>(size)))
        return LLVMFuzzerMutate(data, size, maxSize);
    const google::protobuf::LogSilencer quiet;
    for (auto changes = 1 + random() % 3; changes > 0; --changes)
        fuzz::changeModel(model, random);
    const std::string bytes = model.SerializePartialAsString();
    if (bytes.empty() || bytes.size() > maxSize)
        return LLVMFuzzerMutate(data, size, maxSize);
    std::memcpy(data, bytes.data(), bytes.size());
    return bytes.size();
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t *first, std::size_t firstSize, const std::uint8_t *second, std::size_t secondSize,
                                                 std::uint8_t *out, std::size_t maxSize, unsigned int seed)
{
    std::minstd_rand random(seed);
    onnx::ModelProto model, other;
    if (!model.ParsePartialFromArray(first, static_cast<int>(firstSize)) || !other.ParsePartialFromArray(second, static_cast<int>(secondSize)))
        return 0;
    fuzz::joinModels(model, other, random);
    const std::string bytes = model.SerializePartialAsString();
    if (bytes.size() > maxSize)
        return 0;
    std::memcpy(out, bytes.data(), bytes.size());
    return bytes.size();
}
