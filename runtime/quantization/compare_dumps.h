// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <core/base/error.h>
#include <core/base/progress.h>
#include <core/import/model.h>
#include <core/inputs/sample_set.h>
#include <core/quantization/encoding_set.h>
#include <runtime/plan/plan.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace nordlys::runtime {

/// Names as vendors' tools write them into files: everything but [A-Za-z0-9_] becomes '_'.
std::string sanitizedName(std::string_view name);

/// A tensor and its dump from elsewhere.
struct DumpError {
    std::string name;
    std::string file;           ///< relative to the folder; of the last sample
    bool renamed = false;       ///< joined by the sanitised name
    bool channelsLast = false;  ///< the dump has the channels in the last place and was turned
    bool codes = false;         ///< the dump holds codes of the tensor's encoding
    double sqnrDb = 0, cosine = 1, maxAbsError = 0; ///< over all samples; signal: our values
    std::uint64_t values = 0;
};
struct DumpComparison {
    std::vector<DumpError> tensors; ///< in the order in which they are computed
    std::optional<std::size_t> firstDivergence; ///< first of them below the wanted SQNR
    /// Files that could not be joined or read, and why.
    struct Unused { std::string file, why; };
    std::vector<Unused> unused;
    std::size_t withoutFile = 0;    ///< stored tensors of ours that have no dump
    std::size_t samples = 0;
};
struct DumpOptions {
    Precision precision = Precision::Float32;
    core::EncodingSet encodings; ///< of QuantSim and Integer; also for dumps that hold codes
    double divergesBelowDb = 30;
};

/// Compares our tensors with those of a device or another engine: `.raw` (little endian float32, float16, or codes of the tensor's encoding, told by the
/// size) or `.npy` files. Joined by `index.json` (what `infer --tensors all` writes), by the tensor's name, or by its sanitised name, perhaps behind a '_'.
/// Channels in the last place are found by the shape; where the shape fits both ways or is not known, the order with the smaller error is taken. A folder with
/// `Result_0`, `Result_1` ... holds one dump a sample, any other folder that of the only sample. Usage error where samples and folders do not fit.
core::Expected<DumpComparison> compareDumps(std::shared_ptr<const core::Model> model, const core::SampleSet &samples, const std::filesystem::path &folder,
                                            const DumpOptions &options, const core::JobContext &job = {});

} // namespace nordlys::runtime
