// SPDX-License-Identifier: Apache-2.0
#include "output_guard.h"

#include <algorithm>
#include <system_error>

namespace nordlys::cli {
namespace {

bool isInside(const std::filesystem::path &file, const std::filesystem::path &folder)
{
    std::error_code error;
    const auto whole = std::filesystem::canonical(file, error);
    if (error)
        return false;
    const auto root = std::filesystem::canonical(folder, error);
    return !error && std::mismatch(root.begin(), root.end(), whole.begin(), whole.end()).first == root.end();
}

} // namespace

core::Expected<void> refuseToOverwriteInputs(const std::filesystem::path &output, const std::vector<std::filesystem::path> &inputs)
{
    std::error_code error;
    if (output.empty() || !std::filesystem::is_regular_file(output, error))
        return {};
    for (const std::filesystem::path &input : inputs) {
        if (input.empty() || !std::filesystem::exists(input, error))
            continue;
        const bool isFolder = std::filesystem::is_directory(input, error);
        if (isFolder ? isInside(output, input) : std::filesystem::equivalent(output, input, error))
            return core::usageError(output.string(), "it is read as an input and would be overwritten", "Choose another name for the output.");
    }
    return {};
}

core::Expected<void> refuseToOverwriteSources(const std::filesystem::path &output, const core::Model &model, const core::SampleSet *samples)
{
    std::error_code error;
    if (output.empty() || !std::filesystem::is_regular_file(output, error))
        return {};
    std::vector<std::filesystem::path> read{model.path};
    read.insert(read.end(), model.externalFiles.begin(), model.externalFiles.end());
    for (std::size_t i = 0; samples != nullptr && i < samples->size(); ++i) {
        const auto files = samples->paths(i);
        read.insert(read.end(), files.begin(), files.end());
    }
    return refuseToOverwriteInputs(output, read);
}

} // namespace nordlys::cli
