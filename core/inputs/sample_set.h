// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "preprocess.h"

#include <core/graph/graph.h>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nordlys::core {

/// One sample: a tensor per graph input, in the order of Graph::inputs.
using Sample = std::vector<HostTensor>;

/// Where samples come from.
struct SampleOptions {
    std::optional<PreprocessRecipe> recipe; ///< nothing: PreprocessRecipe::forInput
    std::size_t limit = 0;                  ///< 0: all
};

/// Many samples, read one at a time: a folder of images, .npy, .pb or .raw files in name order (subfolders are not entered); one
/// such file; a vendor input_list.txt; or "random:SEED:N" (uniform in [0, 1), integer and bool inputs 0 or 1; the same on every
/// machine).
class SampleSet {
public:
    /// BadInput: nothing there, no readable kind, several inputs where the files feed one. The graph must have known input dims.
    static Expected<SampleSet> open(const std::string &spec, const Graph &graph, const SampleOptions &options = {});
    /// Several inputs, each from a set of its own: specs of the form NAME=SPEC, one for every graph input; sample i takes element i of each. Sets of one
    /// element serve every sample, others must be equally long (BadInput). One spec that names no input is open()'s.
    static Expected<SampleSet> openSets(const std::vector<std::string> &specs, const Graph &graph, const SampleOptions &options = {});
    [[nodiscard]] std::size_t size() const { return m_names.size(); }
    /// File name (or "random 3") of sample `index`, for messages and labels.
    [[nodiscard]] const std::string &name(std::size_t index) const { return m_names[index]; }
    /// Full path of the sample's (first) file; empty for random samples.
    [[nodiscard]] std::filesystem::path path(std::size_t index) const;
    /// All files of the sample, in the order of the inputs; empty for random samples.
    [[nodiscard]] std::vector<std::filesystem::path> paths(std::size_t index) const;
    /// Reads and preprocesses. Thread-safe. NaN in an image-derived or stored float tensor is BadInput naming the file.
    [[nodiscard]] Expected<Sample> load(std::size_t index) const;
    /// Text of the recipe in use; empty when the samples are tensors already.
    [[nodiscard]] std::string recipeText() const;

private:
    Expected<void> openFiles(const std::filesystem::path &path, const std::vector<std::string> &inputNames,
                             const SampleOptions &options);
    Expected<void> chooseRecipe(const SampleOptions &options);

    enum class Kind { Images, Tensors, List, Random };
    Kind m_kind = Kind::Images;
    std::vector<SampleSet> m_sets; // of openSets, per graph input; the other members but m_names are then unused
    std::vector<std::string> m_names;
    std::vector<std::vector<std::filesystem::path>> m_files; // per sample, per input
    std::vector<Dims> m_inputDims;
    std::vector<DType> m_inputTypes;
    PreprocessRecipe m_recipe;
    std::uint64_t m_seed = 0;
};

/// Labels: CSV with columns `file` (relative to the CSV) and `class_index`; further columns are ignored. Quoted fields, CRLF and
/// a byte order mark are read; BadInput names the row that is wrong.
struct LabelSet {
    std::vector<std::filesystem::path> files;
    std::vector<std::int64_t> classes;
    static Expected<LabelSet> read(const std::filesystem::path &csv);
    /// Class of a file by its resolved path (symbolic links followed).
    [[nodiscard]] std::optional<std::int64_t> classOf(const std::filesystem::path &file) const;

private:
    std::map<std::filesystem::path::string_type, std::size_t> m_rows; // resolved path to index
};

} // namespace nordlys::core
